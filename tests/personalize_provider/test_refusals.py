"""What a refusal must not lead to: a rollback or a delete that fails for what it could do without."""

from __future__ import annotations

import io
from email.utils import format_datetime
from typing import Any

import pytest

from personalize_local.simulator import Durations, Failure, Response, Scope
from personalize_provider.aws.errors import LifecycleError
from personalize_provider.engine.steps import Done
from support.virtual_time.provider_world import GROUP, SimulatedTime, World, client_of, tag_list, world

FOR_EVER = 10_000
DENIED = "AccessDeniedException"
REFUSALS = [DENIED, "InvalidInputException", "LimitExceededException", "InternalFailure"]


def user_tags(at: World, arn: str) -> dict[str, str]:
    return {key: value for key, value in at.tags(arn).items() if not key.startswith("cdk-personalize:")}


def effects(at: World) -> list[str]:
    """The changes that the service has taken since the last look."""
    made = [call for call in at.simulator.calls() if not call.operation.startswith(("Describe", "List"))]
    at.simulator.clear_calls()
    return [call.operation for call in made if call.outcome == "ok"]


def rolled_back(at: World, arn: str, new: dict[str, Any], **old: Any) -> None:
    """The reverse Update, while whatever is wrong still is."""
    at.stacks.roll_back({})
    assert at.update(arn, new, **old).finish()["status"] == "ACTIVE"


# Tags


FULL = {f"t{i}": "x" for i in range(47)}
SWAPS = [
    ({"a": "1"}, {"b": "1"}),
    ({"a": "1"}, {}),
    ({}, {"b": "1"}),
    ({"a": "1"}, {"a": "2"}),
    (FULL, {**dict(list(FULL.items())[1:]), "new": "x"}),
]


@pytest.mark.parametrize(("old", "new"), SWAPS)
@pytest.mark.parametrize("operation", ["TagResource", "UntagResource"])
@pytest.mark.parametrize("code", [DENIED, "InvalidInputException"])
def test_tags__refused_for_good__the_rollback_finds_everything_in_place(
    old: dict[str, str], new: dict[str, str], operation: str, code: str
) -> None:
    at = world()
    before, after = {"tags": tag_list(**old)}, {"tags": tag_list(**new)}
    arn = at.created(**before)
    at.fault(operation, code, times=FOR_EVER)
    is_needed = operation == "TagResource" or bool(old.keys() - new.keys())
    if not is_needed:
        at.update(arn, before, **after).finish()
        assert user_tags(at, arn) == new
        return
    with pytest.raises(LifecycleError, match=f"{operation} failed"):
        at.update(arn, before, **after).finish()
    assert user_tags(at, arn) == old
    rolled_back(at, arn, after, **before)
    assert user_tags(at, arn) == old


def test_tags__added_by_an_update_that_failed_elsewhere_and_untag_denied__are_left_and_the_log_says_so(
    log: io.StringIO,
) -> None:
    """To add them took no right to take them off."""
    at = world()
    before, after = {"tags": tag_list(a="1")}, {"tags": tag_list(a="2", b="1")}
    arn = at.created(**before)
    at.update(arn, before, **after).finish()
    at.fault("UntagResource", DENIED, times=FOR_EVER)
    rolled_back(at, arn, after, **before)
    assert user_tags(at, arn) == {"a": "1", "b": "1"}
    assert "tags are left on it" in log.getvalue()
    assert arn in log.getvalue()


def test_tags__no_room_and_never_any__are_refused_before_anything_is_taken_off() -> None:
    at = world()
    before = {"tags": tag_list(a="1")}
    after = {"tags": tag_list(b="1", c="1")}
    arn = at.created(**before)
    at.call("TagResource", resourceArn=arn, tags=tag_list(**{f"theirs{i}": "x" for i in range(46)}))
    with pytest.raises(LifecycleError, match="TooManyTags"):
        at.update(arn, before, **after).finish()
    rolled_back(at, arn, after, **before)
    assert user_tags(at, arn)["a"] == "1"


# Precautions of a delete


@pytest.mark.parametrize("code", REFUSALS)
@pytest.mark.parametrize("name", [None, "movies"])
def test_delete__automatic_training_can_not_be_switched_off__is_deleted_all_the_same(
    name: str | None, code: str
) -> None:
    at = world(total_timeout=120)
    arn = at.created(name=name, performAutoTraining="true")
    at.fault("UpdateSolution", code, times=FOR_EVER)
    at.delete(arn, name=name, performAutoTraining="true").finish()
    assert at.solutions() == []


@pytest.mark.parametrize("code", REFUSALS)
@pytest.mark.parametrize("name", [None, "movies"])
@pytest.mark.parametrize("operation", ["StopSolutionVersionCreation", "ListSolutionVersions"])
def test_delete__training_can_not_be_stopped__is_deleted_when_it_is_over(
    operation: str, name: str | None, code: str
) -> None:
    at = world(durations=Durations(solution_version=60), total_timeout=300)
    arn = at.created(name=name)
    at.call("CreateSolutionVersion", solutionArn=arn)
    at.fault(operation, code, times=FOR_EVER)
    at.delete(arn, name=name).finish()
    assert at.solutions() == []


@pytest.mark.parametrize("operation", ["UpdateSolution", "StopSolutionVersionCreation"])
def test_delete__precaution_that_fails_for_a_moment__is_taken_later(operation: str) -> None:
    at = world()
    arn = at.created(name="movies", performAutoTraining="true")
    at.call("CreateSolutionVersion", solutionArn=arn)
    at.fault(operation, "LimitExceededException", times=5)
    at.simulator.clear_calls()
    at.delete(arn, name="movies", performAutoTraining="true").finish()
    assert {"UpdateSolution", "StopSolutionVersionCreation"} <= set(effects(at))
    assert at.solutions() == []


# Looks of a delete


READS = ("ListTagsForResource", "DescribeSolution")


@pytest.mark.parametrize("delay", [0, 20])
def test_delete__may_not_look_and_the_name_proves_the_owner__is_deleted(delay: int) -> None:
    at = world(durations=Durations(delete=delay))
    arn = at.created(performAutoTraining="true")
    for operation in READS:
        at.fault(operation, DENIED, times=FOR_EVER)
    at.delete(arn, performAutoTraining="true").finish()
    at.simulator.clear_faults()
    assert at.solutions() == []


def test_create__may_not_look__fails_and_its_delete_cleans_up() -> None:
    at = world()
    at.fault("DescribeSolution", DENIED, times=FOR_EVER)
    deploy = at.create()
    with pytest.raises(LifecycleError, match="DescribeSolution failed"):
        deploy.finish()
    at.delete(deploy.arn).finish()
    at.simulator.clear_faults()
    assert at.solutions() == []


def test_delete__may_only_read_the_tags_which_prove_the_owner__is_deleted() -> None:
    at = world()
    arn = at.created(name="movies")
    at.fault("DescribeSolution", DENIED, times=FOR_EVER)
    at.delete(arn, name="movies").finish()
    at.simulator.clear_faults()
    assert at.solutions() == []


def test_delete__may_only_read_the_tags_and_they_are_nobodys__is_left_alone() -> None:
    at = world()
    made = at.call(
        "CreateSolution",
        name="movies",
        datasetGroupArn=GROUP,
        performAutoTraining=False,
        recipeArn="arn:aws:personalize:::recipe/aws-sims",
    )["solutionArn"]
    at.simulator.advance(60)
    at.fault("DescribeSolution", DENIED, times=FOR_EVER)
    at.simulator.clear_calls()
    at.delete(made, name="movies").finish()
    assert effects(at) == []


def test_delete__may_not_read_the_tags_of_an_explicit_name__fails_and_leaves_it() -> None:
    """Nothing tells whose it is by now."""
    at = world()
    arn = at.created(name="movies")
    at.fault("ListTagsForResource", DENIED, times=FOR_EVER)
    with pytest.raises(LifecycleError, match=r"ListTagsForResource failed.*allow this action"):
        at.delete(arn, name="movies").finish()
    assert effects(at) == []


def test_delete__adopted_and_may_only_read_the_tags__is_let_go() -> None:
    at = world()
    made = at.call(
        "CreateSolution",
        name="movies",
        datasetGroupArn=GROUP,
        performAutoTraining=False,
        recipeArn="arn:aws:personalize:::recipe/aws-user-personalization-v2",
    )["solutionArn"]
    at.simulator.advance(60)
    adopted = {"name": "movies", "adoptExisting": "true"}
    at.create(**adopted).finish()
    at.fault("DescribeSolution", DENIED, times=FOR_EVER)
    at.delete(made, **adopted).finish()
    at.simulator.clear_faults()
    assert at.tags(made) == {}
    assert at.solution(made)["status"] == "ACTIVE"


# What may pass at first


@pytest.mark.parametrize("code", ["UnrecognizedClientException", "ResourceNotFoundException"])
def test_create__new_role_or_new_dataset_group_not_known_yet__is_waited_for(code: str) -> None:
    at = world()
    at.fault("CreateSolution", code, times=15)
    assert at.create().finish()["status"] == "ACTIVE"


def test_create__dataset_group_that_is_not_there__fails_within_a_minute_and_names_it() -> None:
    at = world()
    deploy = at.create(datasetGroupArn=f"{GROUP}-nowhere")
    with pytest.raises(LifecycleError, match=r"nowhere.*\(ResourceNotFoundException\); check that the ARNs"):
        deploy.finish()
    assert at.time.now() - deploy.attempt.started_at < 60


# Clocks that differ


class Ahead(SimulatedTime):
    """The provider's clock, which is not the service's."""

    def __init__(self, of: World, seconds: float) -> None:
        super().__init__(of.simulator.clock)
        self._seconds = seconds

    def now(self) -> float:
        return super().now() + self._seconds


def apart(seconds: float, **durations: float) -> World:
    """A world whose provider is so many seconds ahead of the service, which dates its answers."""
    at = world(durations=Durations(**durations))  # type: ignore[arg-type]

    def respond(target: str, body: bytes, scope: Scope) -> Response:
        answer = at.simulator.respond(target, body, scope)
        dated = format_datetime(at.simulator.clock.now(), usegmt=True)
        return Response(answer.status, {**answer.headers, "date": dated}, answer.body)

    at.client = client_of(respond)
    at.time = Ahead(at, seconds)
    return at


@pytest.mark.parametrize("seconds", [-300, -3, 0, 3, 300])
@pytest.mark.parametrize("takes", [1, 50])
def test_create_failed__clocks_that_differ__is_made_once_and_fails(seconds: float, takes: float) -> None:
    at = apart(seconds, solution_create=takes)
    for _ in range(20):
        at.simulator.fail_next(Failure("solution", "films-*", "no data"))
    with pytest.raises(LifecycleError, match="CREATE FAILED"):
        at.create().finish()
    assert effects(at) == ["CreateSolution", "DeleteSolution"]


@pytest.mark.parametrize("seconds", [-300, 300])
def test_create_failed_before__clocks_that_differ__is_made_again(seconds: float) -> None:
    at = apart(seconds)
    at.simulator.fail_next(Failure("solution", "films-*", "no data"))
    at.fault("DeleteSolution", DENIED)
    with pytest.raises(LifecycleError):
        at.create().finish()
    at.simulator.advance(600)
    assert at.create().finish()["status"] == "ACTIVE"


@pytest.mark.parametrize("seconds", [-300, 300])
def test_update__clocks_that_differ_and_it_fails__is_sent_once(seconds: float) -> None:
    at = apart(seconds)
    arn = at.created()
    for _ in range(20):
        at.simulator.fail_next(Failure("solution_update", "films-*", "no"))
    with pytest.raises(LifecycleError, match="UpdateSolution failed: no"):
        at.update(arn, {}, performAutoTraining="true").finish()
    assert effects(at) == ["UpdateSolution"]


def test_answer__without_a_date__counts_as_the_same_time() -> None:
    at = world()
    assert isinstance(at.create().invoke(), Done)
