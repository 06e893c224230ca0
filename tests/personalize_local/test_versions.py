from __future__ import annotations

import re

import pytest

from support.virtual_time.simulated import Simulated


def test_create__right_after_the_solution__is_accepted(sim: Simulated) -> None:
    arn = sim.train(sim.create())
    assert sim.version(arn)["status"] == "CREATE PENDING"


def test_create__of_an_active_solution__trains_for_its_time(sim: Simulated) -> None:
    solution = sim.active(eventType="buy")
    arn = sim.train(solution, name="first", tags=[{"tagKey": "a", "tagValue": "b"}])
    assert re.fullmatch(re.escape(solution) + "/[0-9a-f]{8}", arn)
    seen = []
    for seconds in (119, 1, 1079, 1):
        seen.append(sim.version(arn)["status"])
        assert "trainingHours" not in sim.version(arn)
        sim.advance(seconds)
    assert seen == ["CREATE PENDING", "CREATE PENDING", "CREATE IN_PROGRESS", "CREATE IN_PROGRESS"]
    version = sim.version(arn)
    dates = {name: version.pop(name) for name in ("creationDateTime", "lastUpdatedDateTime")}
    assert (dates["lastUpdatedDateTime"] - dates["creationDateTime"]).total_seconds() == 1200
    assert version == {
        "name": "first",
        "solutionVersionArn": arn,
        "solutionArn": solution,
        "status": "ACTIVE",
        "datasetGroupArn": sim.group,
        "recipeArn": sim.recipe("aws-user-personalization-v2"),
        "eventType": "buy",
        "performAutoML": False,
        "performHPO": False,
        "performIncrementalUpdate": False,
        "solutionConfig": {},
        "trainingHours": 2.106,
        "trainingMode": "FULL",
        "trainingType": "MANUAL",
    }


@pytest.mark.usefixtures("a_second_to_create")
def test_create__of_a_solution_that_is_not_active__is_refused(sim: Simulated) -> None:
    solution = sim.create()
    code, message = sim.refusal("CreateSolutionVersion", solutionArn=solution)
    assert code == "ResourceInUseException"
    assert "CREATE PENDING" in message
    assert sim.refusal("CreateSolutionVersion", solutionArn=f"{solution}-2")[0] == "ResourceNotFoundException"


def test_create__twice__trains_twice_and_the_solution_shows_the_latest(sim: Simulated) -> None:
    solution = sim.active()
    first = sim.train(solution)
    sim.advance(60)
    second = sim.train(solution)
    assert first != second
    latest = sim.solution(solution)["latestSolutionVersion"]
    assert latest["solutionVersionArn"] == second
    assert set(latest) == {
        "solutionVersionArn",
        "status",
        "trainingMode",
        "trainingType",
        "creationDateTime",
        "lastUpdatedDateTime",
    }
    assert [version["solutionVersionArn"] for version in sim.versions(solution)] == [first, second]


def test_describe__of_a_version_without_a_name__has_one_made_of_its_arn(sim: Simulated) -> None:
    arn = sim.train(sim.active())
    assert sim.version(arn)["name"] == f"watch-next/{arn.rpartition('/')[2]}"


def test_training_hours__of_trainings__are_billed_and_not_elapsed(sim: Simulated) -> None:
    solution = sim.active()
    for seconds, hours in ((0, 0), (2400, 4.212)):
        sim.service.set_durations(solution_version=seconds)
        arn = sim.train(solution)
        sim.advance(seconds)
        assert sim.version(arn)["trainingHours"] == hours


def test_describe__of_a_version_with_hpo__tells_what_was_found_within_the_ranges(sim: Simulated) -> None:
    ranges = {
        "integerHyperParameterRanges": [{"name": "hidden_dimension", "minValue": 32, "maxValue": 64}],
        "categoricalHyperParameterRanges": [{"name": "recency_mask", "values": ["true"]}],
    }
    solution = sim.active(
        recipeArn=sim.recipe("aws-user-personalization"),
        performHPO=True,
        solutionConfig={"hpoConfig": {"algorithmHyperParameterRanges": ranges}},
    )
    arn = sim.train(solution)
    assert "tunedHPOParams" not in sim.version(arn)
    sim.advance(1200)
    found = {"hidden_dimension": "48", "recency_mask": "true"}
    assert sim.version(arn)["tunedHPOParams"] == {"algorithmHyperParameters": found}


def test_describe__of_a_version_with_hpo_and_no_ranges__has_found_nothing(sim: Simulated) -> None:
    unnamed = {"algorithmHyperParameterRanges": {"integerHyperParameterRanges": [{"minValue": 1}]}}
    for solution in (
        sim.active(recipeArn=sim.recipe("aws-sims"), performHPO=True),
        sim.active(name="auto", recipeArn=None, performAutoML=True, solutionConfig={"hpoConfig": unnamed}),
    ):
        assert sim.version(sim.trained(solution))["tunedHPOParams"] == {"algorithmHyperParameters": {}}


def test_create__taken_version_name__is_refused(sim: Simulated) -> None:
    solution = sim.active()
    sim.train(solution, name="one")
    code, _ = sim.refusal("CreateSolutionVersion", solutionArn=solution, name="one")
    assert code == "ResourceAlreadyExistsException"
    assert len(sim.versions(solution)) == 1


def test_create__during_an_update__trains_with_the_old_configuration(sim: Simulated) -> None:
    solution = sim.active()
    events = {"eventParametersList": [{"eventType": "buy"}]}
    sim.call("UpdateSolution", solutionArn=solution, solutionUpdateConfig={"eventsConfig": events})
    old = sim.train(solution)
    sim.advance(2)
    new = sim.train(solution)
    assert sim.version(old)["solutionConfig"] == {}
    assert sim.version(new)["solutionConfig"] == {"eventsConfig": events}


def test_create__told_to_fail__says_why_everywhere(sim: Simulated) -> None:
    solution = sim.active()
    reason = "Dataset has fewer than 1000 interactions after filtering by event type"
    sim.fail("solution_version", reason=reason, name="watch-next")
    arn = sim.trained(solution)
    version = sim.version(arn)
    assert (version["status"], version["failureReason"]) == ("CREATE FAILED", reason)
    assert "trainingHours" not in version
    assert sim.solution(solution)["latestSolutionVersion"]["failureReason"] == reason
    assert sim.solution(solution)["status"] == "ACTIVE"


def test_create__beyond_the_quota_of_trainings__is_refused_until_one_ends(sim: Simulated) -> None:
    solution = sim.active()
    for _ in range(20):
        sim.train(solution)
    code, message = sim.refusal("CreateSolutionVersion", solutionArn=solution)
    assert code == "LimitExceededException"
    assert message == "More than 20 resources with PENDING or IN_PROGRESS status"
    sim.advance(1200)
    sim.train(solution)


def test_create__mode_update__needs_the_recipe_and_a_full_version(sim: Simulated) -> None:
    v2, v1 = sim.active(name="v2"), sim.active(name="v1", recipeArn=sim.recipe("aws-user-personalization"))
    sim.trained(v2)
    code, message = sim.refusal("CreateSolutionVersion", solutionArn=v2, trainingMode="UPDATE")
    assert (code, "aws-user-personalization" in message) == ("InvalidInputException", True)
    code, message = sim.refusal("CreateSolutionVersion", solutionArn=v1, trainingMode="UPDATE")
    assert (code, "trained FULL" in message) == ("InvalidInputException", True)
    sim.trained(v1, trainingMode="AUTOTRAIN")
    assert "trained FULL" in sim.refusal("CreateSolutionVersion", solutionArn=v1, trainingMode="UPDATE")[1]
    sim.trained(v1)
    assert sim.version(sim.train(v1, trainingMode="UPDATE"))["trainingMode"] == "UPDATE"


def test_stop__pending_training__is_stopped_at_once(sim: Simulated) -> None:
    arn = sim.train(sim.active())
    assert sim.call("StopSolutionVersionCreation", solutionVersionArn=arn) == {}
    assert sim.version(arn)["status"] == "CREATE STOPPED"


def test_stop__running_training__stops_after_a_while_and_stays_describable(sim: Simulated) -> None:
    arn = sim.train(sim.active())
    sim.advance(600)
    sim.call("StopSolutionVersionCreation", solutionVersionArn=arn)
    assert sim.version(arn)["status"] == "CREATE STOPPING"
    sim.advance(2)
    assert sim.version(arn)["status"] == "CREATE STOPPED"
    sim.advance(1200)
    assert sim.version(arn)["status"] == "CREATE STOPPED"


def test_stop__of_a_training_that_is_over_or_stopping__is_refused(sim: Simulated) -> None:
    solution = sim.active()
    over, stopping = sim.trained(solution), sim.train(solution)
    sim.advance(600)
    sim.call("StopSolutionVersionCreation", solutionVersionArn=stopping)
    for arn in (over, stopping):
        code, message = sim.refusal("StopSolutionVersionCreation", solutionVersionArn=arn)
        assert code == "ResourceInUseException"
        assert "only a version in training" in message


def test_describe__version_of_nobody__is_not_found(sim: Simulated) -> None:
    solution = sim.active()
    for arn in (f"{solution}/00000000", solution, f"{solution}-2/00000000"):
        assert (
            sim.refusal("DescribeSolutionVersion", solutionVersionArn=arn)[0] == "ResourceNotFoundException"
        )


def test_list__without_a_solution__has_the_whole_account_oldest_first(sim: Simulated) -> None:
    one, two = sim.active(name="one"), sim.active(name="two")
    arns = []
    for solution in (two, one, two):
        arns.append(sim.train(solution))
        sim.advance(1)
    listed = sim.call("ListSolutionVersions")["solutionVersions"]
    assert [version["solutionVersionArn"] for version in listed] == arns
