"""Runs of a pipeline in virtual time: what each way through the state machine does."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextvars import Context
from typing import Any

import pytest
from ministack.services import stepfunctions

from cdk_personalize.pipeline.definition.plan import ApprovalPlan, BakePlan, GatePlan, ImportPlan, SignalPlan
from support.virtual_time.imported_data import small
from support.virtual_time.pipeline_runs import (
    BASELINE,
    CAMPAIGN,
    DATASET,
    NDCG,
    SOLUTION,
    TOPIC,
    Pipeline,
    pipeline,
)
from support.virtual_time.state_machines import SCOPE, StateFault

HOUR, DAY = 3600, 24 * 3600
BETTER = {"metric": NDCG, "kind": "better_than_baseline", "value": 0.1, "baseline": 0}
# An execution ends by an exception that ends its threads in silence, but for pytest.
ENDS_THREADS = pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
STALE = "no longer gets the free updates"


def gate(*checks: Mapping[str, Any], promotes_unknown: bool = False) -> GatePlan:
    return GatePlan(checks=checks, promotes_unknown=promotes_unknown)


@pytest.fixture
def runs() -> Iterator[Pipeline]:
    """A pipeline that promotes what trained, on data with tastes."""
    with pipeline() as found:
        yield found


def judged(runs: Pipeline, *checks: Mapping[str, Any], **more: Any) -> Pipeline:
    return runs.with_plan(gate=gate(*checks, **more), baselines=[BASELINE])


def test_first_run__creates_the_campaign_as_declared(runs: Pipeline) -> None:
    record = runs.run()
    (version,) = runs.versions()
    assert (record["outcome"], record["solutionVersionArn"]) == ("PROMOTED", version["solutionVersionArn"])
    campaign = runs.campaign()
    assert (campaign["status"], campaign["minProvisionedTPS"]) == ("ACTIVE", 2)
    tags = runs.machines.sim.call("ListTagsForResource", resourceArn=CAMPAIGN)["tags"]
    assert tags == (runs.plan.campaign and runs.plan.campaign.tags)
    assert runs.champion() == version["solutionVersionArn"]
    assert runs.events() == ["Training Promoted"]


def test_second_run__updates_the_campaign__and_notes_the_previous_version(runs: Pipeline) -> None:
    first = runs.run()["solutionVersionArn"]
    record = runs.run()
    assert record["previousVersionArn"] == first
    assert runs.campaign()["solutionVersionArn"] == record["solutionVersionArn"] != first
    assert runs.campaign()["latestCampaignUpdate"]["minProvisionedTPS"] == 2


def test_run__says_who_started_it__and_what_it_measured(runs: Pipeline) -> None:
    record = runs.run("schedule")
    assert record["startedBy"] == "schedule"
    assert runs.run()["startedBy"] == "person"
    assert runs.run("s" * 200_000)["startedBy"] == "s" * 256
    assert record["metrics"]["candidate"][NDCG] > 0.3
    (counted, *_) = runs.machines.called("PutMetricData")
    assert counted["MetricData"][0]["MetricName"] == "PROMOTED"
    assert {"coverage", NDCG} < {entry["MetricName"] for entry in counted["MetricData"]}
    assert runs.machines.called("Publish")[0]["Message"].startswith("PROMOTED: Films/Weekly")


def test_run__may_not_publish__is_promoted_and_says_so(runs: Pipeline) -> None:
    runs.machines.faults = [StateFault("Publish the outcome", "AuthorizationErrorException", times=None)]
    record = runs.run()
    assert record["outcome"] == "PROMOTED"
    (reason,) = record["reasons"]
    assert reason.startswith("Publish the outcome failed: SNS.AuthorizationErrorException: ")
    assert reason.endswith("injected by a test")


def test_cleanup__may_not_publish__says_so(runs: Pipeline) -> None:
    runs.machines.faults = [
        StateFault("Start training the candidate", "InvalidInputException", times=None),
        StateFault("Publish the outcome", "AuthorizationErrorException", times=None),
    ]
    record = runs.run()
    assert record["outcome"] == "FAILED"
    assert len(record["reasons"]) == 2
    assert "Publish the outcome failed" in record["reasons"][1]


def test_run__signal_is_refused__says_nothing(runs: Pipeline) -> None:
    """After the first deploy nothing waits for it."""
    waiting = runs.with_plan(signal=SignalPlan(stack_id="arn:of-the-stack", logical_id="FirstRun"))
    runs.machines.faults = [StateFault("Signal the stack", "ValidationError", times=None)]
    assert waiting.run()["reasons"] == []


def test_gate__model_beats_the_baseline__is_promoted(runs: Pipeline) -> None:
    record = judged(runs, {"metric": "coverage", "kind": "at_least", "value": 0.2}, BETTER).run()
    assert (record["outcome"], record["verdict"]) == ("PROMOTED", "PASS")
    assert [check["outcome"] for check in record["checks"]] == ["PASS", "PASS"]
    assert record["metrics"]["baselines"][0][NDCG] < record["metrics"]["candidate"][NDCG]
    assert len(runs.versions(BASELINE)) == 1


def test_gate__shuffled_data__is_rejected_with_reasons_and_the_campaign_stays(runs: Pipeline) -> None:
    """No user of the new data has a taste, so the model can't beat popularity."""
    judging = judged(runs, BETTER)
    first = judging.run()
    runs.data(small().shuffled())
    record = judging.run()
    assert (record["outcome"], record["verdict"]) == ("REJECTED", "FAIL")
    assert record["reasons"][0].startswith(f"{NDCG} is ")
    assert "10 % above" in record["reasons"][0]
    assert STALE in record["reasons"][1]
    assert runs.campaign()["solutionVersionArn"] == first["solutionVersionArn"] == runs.champion()
    assert runs.events() == ["Training Promoted", "Training Rejected"]


def test_gate__drop_against_the_version_in_service__is_rejected(runs: Pipeline) -> None:
    judging = judged(runs, {"metric": NDCG, "kind": "no_drop", "value": 0.05})
    first = judging.run()
    assert first["outcome"] == "PROMOTED"
    assert "nothing to be compared with" in first["checks"][0]["reason"]
    assert judging.run()["outcome"] == "PROMOTED"  # the same data: no drop
    runs.data(small().shuffled())
    record = judging.run()
    assert record["outcome"] == "REJECTED"
    assert "of the version in service" in record["reasons"][0]


@pytest.mark.parametrize(("promotes", "outcome"), [(False, "REJECTED"), (True, "PROMOTED")])
def test_gate__metric_is_missing__is_unknown(runs: Pipeline, promotes: bool, outcome: str) -> None:
    missing = {"metric": "serendipity", "kind": "at_least", "value": 0.1}
    record = judged(runs, missing, promotes_unknown=promotes).run()
    assert (record["verdict"], record["outcome"]) == ("UNKNOWN", outcome)
    assert "serendipity is not among the metrics of the candidate: coverage, " in record["reasons"][0]


def test_gate__baseline_fails__is_unknown(runs: Pipeline) -> None:
    runs.machines.sim.fail("solution_version", "too popular", name="popular")
    record = judged(runs, BETTER).run()
    assert (record["verdict"], record["outcome"]) == ("UNKNOWN", "REJECTED")
    assert "too popular" in record["reasons"][0]


def test_baseline__cannot_be_looked_at__is_stopped_and_unknown(runs: Pipeline) -> None:
    runs.machines.faults.append(StateFault("Look at the baseline 1", "InvalidInputException"))
    record = judged(runs, BETTER).run()
    assert (record["verdict"], record["outcome"]) == ("UNKNOWN", "REJECTED")
    assert runs.versions(BASELINE)[0]["status"].startswith("CREATE STOP")


def test_training__fails__run_fails_with_the_reason_of_the_service(runs: Pipeline) -> None:
    serving = runs.run()["solutionVersionArn"]
    runs.machines.sim.fail("solution_version", "Dataset has fewer than 1000 interactions", name="for-you")
    execution = runs.start()
    record = runs.record(execution)
    assert record["outcome"] == "FAILED"
    assert "Dataset has fewer than 1000 interactions" in record["reasons"][0]
    assert "Dataset has fewer than 1000" in runs.machines.execution(execution)["cause"]
    assert runs.campaign()["solutionVersionArn"] == serving
    assert runs.events()[-1] == "Training Failed"


def answer(runs: Pipeline, **reply: str) -> None:
    """Answer each request for approval."""

    def answered(operation: str, request: Mapping[str, Any]) -> None:
        if operation != "Publish" or request["Subject"] != "Approve a new version?":
            return
        message = json.loads(request["Message"])
        assert "send-task-success" in message["question"]
        call = stepfunctions._send_task_failure if "error" in reply else stepfunctions._send_task_success
        status, _, body = call({"taskToken": message["token"], "output": "{}", **reply})
        assert status == 200, body

    runs.machines.answer = answered


@pytest.mark.parametrize(
    ("reply", "outcome", "reason"),
    [
        pytest.param({}, "PROMOTED", None, id="given"),
        pytest.param(
            {"error": "Rejected", "cause": "holidays"}, "REJECTED", "it was not approved: holidays", id="no"
        ),
        pytest.param(
            {"error": "Oops", "cause": "a bug"}, "FAILED", "Oops: Ask for approval: a bug", id="error"
        ),
        pytest.param({"error": "Oops"}, "FAILED", "Oops: Ask for approval: ", id="no cause"),
    ],
)
def test_approval__answered(runs: Pipeline, reply: dict[str, str], outcome: str, reason: str | None) -> None:
    answer(runs, **reply)
    record = runs.with_plan(approval=ApprovalPlan(topic_arn=TOPIC, timeout=DAY)).run()
    assert record["outcome"] == outcome
    assert record["reasons"][:1] == ([reason] if reason else [])


def test_approval__without_an_answer__is_rejected(runs: Pipeline) -> None:
    record = runs.with_plan(approval=ApprovalPlan(topic_arn=TOPIC, timeout=7 * DAY)).run()
    assert record["outcome"] == "REJECTED"
    assert record["reasons"][0] == f"nobody approved it within {7 * DAY} seconds"


def baked(runs: Pipeline) -> Pipeline:
    return runs.with_plan(bake=BakePlan(duration=1800, alarm_names=["errors"]))


def test_bake__no_alarm__is_promoted_after_the_whole_time(runs: Pipeline) -> None:
    runs.machines.alarms = {"errors": "OK"}
    baking = baked(runs)
    baking.run()
    assert runs.machines.called("DescribeAlarms") == []  # the first version has nothing to go back to
    before = runs.machines.clock.now()
    assert baking.run()["outcome"] == "PROMOTED"
    assert (runs.machines.clock.now() - before).total_seconds() > 1200 + 1800


def test_bake__alarm__goes_back_to_the_previous_version(runs: Pipeline) -> None:
    baking = baked(runs)
    first = baking.run()
    runs.machines.alarms = {"errors": "ALARM"}
    record = baking.run()
    assert record["outcome"] == "ROLLED_BACK"
    assert record["reasons"][0] == "alarms after the promotion: errors"
    assert runs.campaign()["solutionVersionArn"] == first["solutionVersionArn"] == runs.champion()
    assert runs.events()[-1] == "Training Rejected"


def test_dry_run__judges_and_changes_nothing(runs: Pipeline) -> None:
    runs.run()
    serving = runs.champion()
    record = judged(runs, BETTER).with_plan(dry_run=True).run()
    assert (record["outcome"], record["verdict"]) == ("DRY_RUN", "PASS")
    assert runs.campaign()["solutionVersionArn"] == serving == runs.champion()


def test_run__without_a_campaign__measures(runs: Pipeline) -> None:
    record = runs.with_plan(campaign=None).run()
    assert record["outcome"] == "MEASURED"
    assert record["metrics"]["candidate"]["coverage"] > 0
    assert runs.champion() == record["solutionVersionArn"]


def importing(runs: Pipeline, location: str = "s3://films/new.csv") -> Pipeline:
    runs.machines.sim.service.put_object(location, small().shuffled().interactions_csv)
    one = ImportPlan(
        dataset_arn=DATASET,
        location=location,
        role_arn="arn:aws:iam::000000000000:role/import",
        mode="FULL",
        job_arn_prefix=SCOPE.arn("dataset-import-job", ""),
    )
    return runs.with_plan(imports=[one])


def test_import__before_the_training__changes_what_is_trained(runs: Pipeline) -> None:
    before = runs.run()["metrics"]["candidate"][NDCG]
    record = importing(runs).run()
    (job,) = record["imports"]
    assert job["importMode"] == "FULL"
    assert record["metrics"]["candidate"][NDCG] < before / 1.5


def test_import__fails__run_fails_and_trains_nothing(runs: Pipeline) -> None:
    runs.machines.sim.fail("dataset_import_job", "no such column")
    record = importing(runs).run()
    assert record["outcome"] == "FAILED"
    (reason,) = record["reasons"]
    assert "no such column (import of s3://" in reason
    assert f"into {DATASET}); check each file with `cdk-personalize check-data " in reason
    assert runs.versions() == []


def test_runs__three_at_once__one_works_one_waits_one_is_skipped(runs: Pipeline) -> None:
    with runs.machines.still():
        started = [runs.start() for _ in range(3)]
    records = [runs.record(execution) for execution in started]
    assert sorted(record["outcome"] for record in records) == ["PROMOTED", "PROMOTED", "SKIPPED"]
    first, second = runs.versions()
    assert second["creationDateTime"] >= first["lastUpdatedDateTime"]


def first_deploy(runs: Pipeline) -> list[dict[str, Any]]:
    """The records of the runs that three events of one wait condition start, by their outcomes."""
    waiting = runs.with_plan(signal=SignalPlan(stack_id="arn:of-the-stack", logical_id="FirstRun"))
    with runs.machines.still():
        started = [waiting.start("deploy", once=True) for _ in range(3)]
    records = [waiting.record(execution) for execution in started]
    return sorted(records, key=lambda record: str(record["outcome"]))


def test_first_deploy__three_events_start_runs__the_skipped_ones_send_no_signal(runs: Pipeline) -> None:
    """A resource can have several events with one status, and EventBridge can deliver each twice."""
    assert [record["outcome"] for record in first_deploy(runs)] == ["PROMOTED", "SKIPPED", "SKIPPED"]
    signals = runs.machines.called("SignalResource")
    assert [signal["Status"] for signal in signals] == ["SUCCESS"]


@pytest.mark.parametrize("fails", ["training", "promotion"])
def test_first_deploy__run_fails__no_other_event_trains_again_or_signals_success(
    runs: Pipeline, fails: str
) -> None:
    """The run fails half a minute before its cleanup sends the signal that ends the deploy."""
    if fails == "training":
        runs.machines.sim.fail("solution_version", "too few interactions", name="for-you")
    else:
        runs.machines.faults = [StateFault("Create the campaign", "InvalidInputException", times=None)]
    assert [record["outcome"] for record in first_deploy(runs)] == ["FAILED", "SKIPPED", "SKIPPED"]
    assert len(runs.versions()) == 1
    signals = runs.machines.called("SignalResource")
    assert [signal["Status"] for signal in signals] == ["FAILURE"]


def test_first_deploy__an_older_run_works__waits_for_it(runs: Pipeline) -> None:
    """The older run can be one of a definition that sends no signal."""
    waiting: list[str] = []
    looks: list[str] = []

    def deploy(operation: str, _: Mapping[str, Any]) -> None:
        looks.append(operation)
        if looks.count("DescribeSolutionVersion") == 6 and not waiting:
            waiting.append(Context().run(runs.start, "deploy", once=True))

    runs.machines.before = deploy
    assert runs.run()["outcome"] == "PROMOTED"
    assert runs.record(waiting[0])["outcome"] == "NOTHING_TO_TRAIN"


def test_run__someone_else_trains__waits(runs: Pipeline) -> None:
    other = runs.machines.sim.train(SOLUTION)
    record = runs.run()
    assert record["outcome"] == "PROMOTED"
    _, own = runs.versions()
    assert own["creationDateTime"] >= runs.machines.sim.version(other)["lastUpdatedDateTime"]


def test_deploy__same_configuration__trains_nothing(runs: Pipeline) -> None:
    assert runs.run("deploy")["outcome"] == "PROMOTED"
    assert runs.run("deploy")["outcome"] == "NOTHING_TO_TRAIN"
    assert len(runs.versions()) == 1
    assert runs.events() == ["Training Promoted"]


def test_deploy__other_configuration__trains(runs: Pipeline) -> None:
    runs.run("deploy")
    assert runs.with_plan(configuration="11111111").run("deploy")["outcome"] == "PROMOTED"


def test_deploy__last_training_failed__trains_again(runs: Pipeline) -> None:
    runs.machines.sim.fail("solution_version", name="for-you")
    assert runs.run("deploy")["outcome"] == "FAILED"
    assert runs.run("deploy")["outcome"] == "PROMOTED"


def interrupted(runs: Pipeline, trainings: int = 1) -> str:
    """A run that is stopped while it trains this many versions."""

    def stop(operation: str, _request: Mapping[str, Any]) -> None:
        if operation == "DescribeSolutionVersion" and len(runs.training()) == trainings:
            for running in runs.machines.executions():
                runs.machines.stop(running["executionArn"])

    runs.machines.before = stop
    execution = runs.start()
    runs.machines.ended(execution)
    runs.machines.before = lambda _operation, _request: None
    return execution


@ENDS_THREADS
def test_run__aborted__cleanup_stops_both_trainings(runs: Pipeline) -> None:
    judging = judged(runs, BETTER)
    execution = interrupted(judging, trainings=2)
    assert runs.machines.execution(execution)["status"] == "ABORTED"
    assert len(runs.training()) == 2
    record = judging.cleaned_up(execution)
    assert (record["outcome"], record["reasons"], len(record["stopped"])) == ("FAILED", ["ABORTED"], 2)
    assert runs.training() == []


@ENDS_THREADS
def test_cleanup__leaves_what_others_train(runs: Pipeline) -> None:
    execution = interrupted(runs)
    other = runs.machines.sim.train(SOLUTION, name="mine")
    runs.cleaned_up(execution)
    assert runs.training() == [other]


def test_training__takes_too_long__is_stopped(runs: Pipeline) -> None:
    runs.machines.sim.service.set_durations(solution_version=3 * DAY)
    record = runs.run()
    assert record["outcome"] == "FAILED"
    assert "still CREATE IN_PROGRESS" in record["reasons"][0]
    assert runs.training() == []


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("Start training the candidate", "ThrottlingException"),
        ("Create the campaign", "ThrottlingException"),
    ],
)
def test_call__answered_too_late__has_its_effect_once(runs: Pipeline, state: str, code: str) -> None:
    runs.machines.faults.append(StateFault(state, code, after=True))
    assert runs.run()["outcome"] == "PROMOTED"
    assert len(runs.versions()) == 1
    assert len(runs.machines.sim.call("ListCampaigns")["campaigns"]) == 1


def test_update_of_the_campaign__fails__previous_version_serves(runs: Pipeline) -> None:
    first = runs.run()
    runs.machines.sim.fail("campaign_update", "no capacity")
    record = runs.run()
    assert record["outcome"] == "FAILED"
    assert "no capacity" in record["reasons"][0]
    assert runs.campaign()["solutionVersionArn"] == first["solutionVersionArn"] == runs.champion()
