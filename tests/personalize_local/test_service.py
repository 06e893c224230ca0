from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from personalize_local.simulator import Clock, Durations, Fault, Personalize, Response, Scope
from personalize_local.simulator.engine.model import service_model
from personalize_local.simulator.engine.operations import operations, rate_limited
from support.virtual_time.simulated import DAY, START, Simulated


def respond(sim: Simulated, operation: str, body: bytes = b"{}") -> Response:
    return sim.service.respond(f"AmazonPersonalize.{operation}", body, sim.scope)


def test_respond__success__is_json_with_epoch_seconds(sim: Simulated) -> None:
    body = json.dumps({"datasetGroupArn": sim.group}).encode()
    response = respond(sim, "DescribeDatasetGroup", body)
    assert (response.status, response.headers) == (200, {"content-type": "application/x-amz-json-1.1"})
    assert json.loads(response.body)["datasetGroup"]["creationDateTime"] == START.timestamp()


def test_respond__refusal__names_the_error_in_header_and_body(sim: Simulated) -> None:
    body = json.dumps({"solutionArn": sim.scope.arn("solution", "none")}).encode()
    response = respond(sim, "DescribeSolution", body)
    assert response.status == 400
    assert response.headers["x-amzn-errortype"] == "ResourceNotFoundException"
    answer = json.loads(response.body)
    assert answer["__type"] == "ResourceNotFoundException"
    assert "solution/none" in answer["message"]


@pytest.mark.parametrize(
    "body", [b"{", b"\xff", b'{"maxResults": NaN}', b'{"maxResults": Infinity}', b"[]", b"7", b"[" * 100_000]
)
def test_respond__body_that_is_no_json_object__is_a_serialization_error(sim: Simulated, body: bytes) -> None:
    assert respond(sim, "ListSolutions", body).headers["x-amzn-errortype"] == "SerializationException"


def test_respond__empty_body__is_an_empty_request(sim: Simulated) -> None:
    assert json.loads(respond(sim, "ListSolutions", b"").body) == {"solutions": []}


@pytest.mark.parametrize(
    "target", ["", "DynamoDB_20120810.ListTables", "AmazonPersonalize.ListTables", "ListSolutions"]
)
def test_respond__target_of_nobody__is_an_unknown_operation(sim: Simulated, target: str) -> None:
    response = sim.service.respond(target, b"{}", sim.scope)
    assert response.status == 400
    assert response.headers["x-amzn-errortype"] == "UnknownOperationException"


@pytest.mark.parametrize("operation", sorted(set(service_model().operation_names) - set(operations())))
def test_respond__operation_that_is_not_simulated__says_so(sim: Simulated, operation: str) -> None:
    response = respond(sim, operation)
    assert response.status == 501
    assert json.loads(response.body) == {
        "__type": "NotImplementedException",
        "message": f"{operation} is not simulated",
    }


def test_call__answer_changed_by_the_caller__changes_nothing_inside(sim: Simulated) -> None:
    config = {"algorithmHyperParameters": {"apply_recency_bias": "true"}}
    arn = sim.active(solutionConfig=config)
    config["algorithmHyperParameters"]["apply_recency_bias"] = "false"
    sim.solution(arn)["solutionConfig"]["algorithmHyperParameters"].clear()
    assert sim.solution(arn)["solutionConfig"] == {"algorithmHyperParameters": {"apply_recency_bias": "true"}}


def test_ids__of_the_same_seed_and_calls__are_the_same() -> None:
    def version(seed: int) -> str:
        sim = Simulated(Personalize(Clock.frozen(START), seed=seed))
        sim.create_group("films")
        return sim.train(sim.active())

    assert version(1) == version(1) != version(2)


def test_calls__all_and_refused_ones_too__are_logged(sim: Simulated) -> None:
    sim.service.clear_calls()
    sim.call("ListSolutions", maxResults=5)
    sim.refusal("DescribeSolution", solutionArn="x")
    sim.refusal("DescribeAlgorithm")
    seen = [(call.operation, call.outcome, call.request) for call in sim.service.calls()]
    assert seen == [
        ("ListSolutions", "ok", {"maxResults": 5}),
        ("DescribeSolution", "ValidationException", {"solutionArn": "x"}),
        ("DescribeAlgorithm", "NotImplementedException", {}),
    ]
    assert {(call.scope, call.time) for call in sim.service.calls()} == {(sim.scope, sim.service.clock.now())}


def test_calls__very_many__keeps_the_latest(sim: Simulated) -> None:
    for _ in range(10_001):
        sim.service.respond("", b"", sim.scope)
        sim.service.respond("AmazonPersonalize.ListSolutions", b"", sim.scope)
    calls = sim.service.calls()
    assert len(calls) == 10_000
    assert {call.operation for call in calls} == {"ListSolutions"}


def test_state__of_everything__is_json_and_has_what_no_operation_tells(sim: Simulated) -> None:
    arn = sim.active(performAutoTraining=True, tags=[{"tagKey": "a", "tagValue": "b"}])
    sim.trained(arn)
    sim.service.inject(Fault("CreateSolution", "LimitExceededException"))
    sim.fail("solution")
    state = json.loads(json.dumps(sim.service.state()))
    [account] = state["accounts"]
    [solution] = account["solutions"]
    assert (account["region"], account["datasetGroups"][0]["name"]) == ("us-east-1", "films")
    assert (solution["tags"], solution["versions"][0]["status"]) == ({"a": "b"}, "ACTIVE")
    assert datetime.fromisoformat(solution["nextTraining"]).tzinfo
    assert (len(state["faults"]), len(state["outcomes"])) == (1, 1)
    assert state["durations"]["solution_version"] == 1200
    assert state["now"] == sim.service.clock.now().isoformat()


def test_state__after_a_push_of_the_clock__has_what_has_begun_since(sim: Simulated) -> None:
    sim.active(performAutoTraining=True)
    sim.advance(DAY)
    [account] = sim.service.state()["accounts"]
    [version] = account["solutions"][0]["versions"]
    assert version["trainingType"] == "AUTOMATIC"


def test_reset__of_everything__keeps_the_time_and_the_first_settings() -> None:
    sim = Simulated(Personalize(Clock.frozen(START), Durations(solution_create=9)))
    sim.create_group("films")
    sim.service.set_durations(solution_create=1)
    sim.service.set_limits(dataset_groups=1)
    sim.service.inject(Fault("ListSolutions", "LimitExceededException"))
    sim.fail("solution")
    sim.service.reset()
    state = sim.service.state()
    assert state["accounts"] == state["faults"] == state["outcomes"] == sim.service.calls() == []
    assert (sim.service.durations.solution_create, sim.service.limits.dataset_groups) == (9, 5)
    assert sim.service.clock.now() > START


def test_limits__set_lower__are_in_force_at_once(sim: Simulated) -> None:
    sim.service.set_limits(solutions_per_dataset_group=1)
    sim.active()
    assert sim.refusal("CreateSolution", **sim.request(name="b"))[0] == "LimitExceededException"


def test_durations__set_while_something_runs__are_for_what_begins_later(sim: Simulated) -> None:
    first = sim.create(name="first")
    sim.service.set_durations(solution_create=100)
    second = sim.create(name="second")
    sim.advance(1)
    assert (sim.status(first), sim.status(second)) == ("ACTIVE", "CREATE PENDING")


def test_rate_limit__off_by_default__admits_everything(sim: Simulated) -> None:
    for _ in range(50):
        sim.call("ListSolutions")


def test_rate_limit__of_one__is_for_each_operation_account_and_region(sim: Simulated) -> None:
    sim.service.set_limits(requests_per_second=1)
    sim.call("ListSolutions")
    assert sim.refusal("ListSolutions") == ("LimitExceededException", "Rate exceeded")
    sim.call("ListCampaigns")
    for scope in (Scope.of("eu-west-1", "123456789012"), Scope.of("us-east-1", "210987654321")):
        sim.service.call("ListSolutions", {}, scope)
    sim.advance(0.9)
    assert sim.refusal("ListSolutions")[0] == "LimitExceededException"
    sim.advance(0.1)
    sim.call("ListSolutions")


def test_rate_limit__of_operations_that_have_none__admits_everything(sim: Simulated) -> None:
    arn = sim.active()
    sim.service.set_limits(requests_per_second=1)
    for _ in range(3):
        sim.call("ListTagsForResource", resourceArn=arn)


def test_rate_limit__by_operation__is_of_those_that_the_service_lists() -> None:
    # Rule 118, as far as it is simulated: the listed operations, spelled out.
    listed = "CreateSolution DeleteSolution DescribeSolution ListSolutions"
    listed += " CreateSolutionVersion ListSolutionVersions"
    listed += " CreateCampaign UpdateCampaign DeleteCampaign DescribeCampaign ListCampaigns"
    listed += " CreateDatasetGroup DeleteDatasetGroup DescribeDatasetGroup ListDatasetGroups"
    listed += " CreateDataset UpdateDataset DeleteDataset DescribeDataset ListDatasets"
    listed += " CreateDatasetImportJob DescribeDatasetImportJob ListDatasetImportJobs"
    listed += " CreateEventTracker DeleteEventTracker DescribeEventTracker ListEventTrackers"
    listed += " CreateSchema DeleteSchema DescribeSchema ListSchemas"
    listed += " DescribeRecipe ListRecipes"
    assert set(listed.split()) == rate_limited()


def test_rate_limit__request_that_was_throttled__does_not_count(sim: Simulated) -> None:
    sim.service.set_limits(requests_per_second=2)
    sim.call("ListSolutions")
    sim.advance(0.5)
    sim.call("ListSolutions")
    for _ in range(4):
        assert sim.refusal("ListSolutions") == ("LimitExceededException", "Rate exceeded")
        sim.advance(0.1)
    sim.advance(0.1)  # a second after the first
    sim.call("ListSolutions")
    assert sim.refusal("ListSolutions") == ("LimitExceededException", "Rate exceeded")


def test_threads__many_at_once__lose_no_solution_and_make_none_twice(roomy: Simulated) -> None:
    def create(n: int) -> int:
        body = json.dumps(roomy.request(name=f"s{n % 50}")).encode()
        return respond(roomy, "CreateSolution", body).status

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(create, range(100)))
    assert sorted(statuses) == [200] * 50 + [400] * 50
    assert len(roomy.call("ListSolutions")["solutions"]) == 50


def test_real_clock__without_a_push__moves_by_itself() -> None:
    service = Personalize(durations=Durations(dataset_group=0))
    before = datetime.now(UTC)
    sim = Simulated(service)
    arn = sim.call("CreateDatasetGroup", name="films")["datasetGroupArn"]
    group = sim.call("DescribeDatasetGroup", datasetGroupArn=arn)["datasetGroup"]
    assert group["status"] == "ACTIVE"
    assert before <= group["creationDateTime"] <= datetime.now(UTC)
