"""What CreateSolution accepts and refuses, and the defaults that it fills in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conformance.account import ACCEPTED, INVALID, NOT_FOUND, TAKEN
from conformance.question import Question, Seen
from conformance.shared import Shared, once

_V1, _POPULARITY, _SIMILAR = "aws-user-personalization", "aws-popularity-count", "aws-similar-items"
_EVENTS = {"eventsConfig": {"eventParametersList": [{"eventType": "watch", "weight": 1.0}]}}


def _create(
    label: str,
    rules: tuple[int, ...],
    text: str,
    expected: str,
    recipe: str | None = "aws-user-personalization-v2",
    config: dict[str, Any] | None = None,
    **changes: object,
) -> Question:
    """A question whether the service accepts a CreateSolution request."""

    def ask(shared: Shared) -> Seen:
        arn = shared.account.recipe(recipe) if recipe else None
        return shared.try_solution(label, recipeArn=arn, solutionConfig=config, **changes)

    return Question(f"solution-{label.replace(' ', '-')}", rules, f"CreateSolution: {text}", expected, ask)


def _schedule(expression: str) -> dict[str, Any]:
    return {"autoTrainingConfig": {"schedulingExpression": expression}}


def _range(name: str) -> dict[str, Any]:
    limits = {"name": name, "minValue": 32, "maxValue": 64}
    return {"hpoConfig": {"algorithmHyperParameterRanges": {"integerHyperParameterRanges": [limits]}}}


def _jobs(number: str) -> dict[str, Any]:
    return {"hpoConfig": {"hpoResourceConfig": {"maxNumberOfTrainingJobs": number}}}


def _without_datasets(shared: Shared) -> Seen:
    return shared.try_solution("no-datasets", datasetGroupArn=shared.empty_group())


def _unknown_group(shared: Shared) -> Seen:
    shared.empty_group()
    return shared.try_solution(
        "no-group", datasetGroupArn=shared.account.arn(f"dataset-group/{shared.account.named('absent')}")
    )


def _two_broken_constraints(shared: Shared) -> Seen:
    seen = shared.try_solution("two broken", eventType="x" * 257)
    return Seen("both" if seen.message.startswith("2 validation errors detected") else "one", seen.message)


def _taken_and_invalid(shared: Shared) -> Seen:
    name = shared.solution().rpartition("/")[2]
    return shared.try_solution("taken-and-invalid", name=name, recipeArn=None)


def _name_in_another_group(shared: Shared) -> Seen:
    name = shared.solution().rpartition("/")[2]
    return shared.try_solution("other-group", name=name, datasetGroupArn=shared.empty_group())


def _taken_text(shared: Shared) -> Seen:
    arn = shared.solution()
    seen = shared.account.outcome("CreateSolution", **shared.solution_request("solution"))
    return Seen(seen.message.replace(arn, "ARN"), seen.message)


def _default(member: str) -> Callable[[Shared], Seen]:
    def ask(shared: Shared) -> Seen:
        described = defaults(shared)
        if member == "schedule":
            config = described.get("solutionConfig", {}).get("autoTrainingConfig", {})
            return Seen(config.get("schedulingExpression", "absent"))
        return Seen(str(described.get(member, "absent")).lower())

    return ask


@once
def defaults(shared: Shared) -> dict[str, Any]:
    """The description of a solution that was created with the required members only.

    Automatic training is on by default (rule 33), so it is deleted at once. There is no data to train on.
    """
    arn = shared.create_solution("defaults", performAutoTraining=None)
    try:
        shared.account.wait_until_active("Solution", arn)
        return shared.described("Solution", arn)
    finally:
        shared.discard(arn)


def _soon_active(shared: Shared) -> Seen:
    arn = shared.create_solution("soon-active")
    start = shared.account.clock()
    shared.account.wait_until_active("Solution", arn)
    seconds = shared.account.clock() - start
    shared.discard(arn)
    return Seen("yes" if seconds < 15 else "no", f"{seconds:.0f} s")  # noqa: PLR2004 (as the question says)


QUESTIONS: tuple[Question, ...] = (
    Question(
        "solution-without-datasets",
        (55, 56),
        "Can a solution be created in a dataset group without datasets?",
        ACCEPTED,
        _without_datasets,
    ),
    Question(
        "solution-soon-active", (56,), "Is a new solution ACTIVE within 15 seconds?", "yes", _soon_active
    ),
    Question(
        "default-auto-training",
        (33,),
        "Default of performAutoTraining",
        "true",
        _default("performAutoTraining"),
    ),
    Question(
        "default-schedule", (33,), "Default of autoTrainingConfig", "rate(7 days)", _default("schedule")
    ),
    Question("default-hpo", (23,), "Default of performHPO", "false", _default("performHPO")),
    Question("default-auto-ml", (19,), "Default of performAutoML", "false", _default("performAutoML")),
    Question(
        "default-incremental",
        (35, 141),
        "Default of performIncrementalUpdate",
        "false",
        _default("performIncrementalUpdate"),
    ),
    Question(
        "default-update",
        (49,),
        "latestSolutionUpdate before the first update",
        "absent",
        _default("latestSolutionUpdate"),
    ),
    Question("describe-tags", (100,), "Tags in DescribeSolution", "absent", _default("tags")),
    Question(
        "solution-name-taken-text",
        (18, 97),
        "What does the service say of a solution's name that is taken?",
        "Another resource with Arn ARN already exists.",
        _taken_text,
    ),
    Question(
        "solution-name-other-group",
        (97,),
        "Can a solution have the name of one in another dataset group?",
        TAKEN,
        _name_in_another_group,
    ),
    Question(
        "solution-no-group",
        (18,),
        "CreateSolution in a dataset group that does not exist",
        NOT_FOUND,
        _unknown_group,
    ),
    Question(
        "solution-two-broken",
        (5,),
        "Does a refusal name both of two broken constraints?",
        "both",
        _two_broken_constraints,
    ),
    Question(
        "solution-taken-and-invalid",
        (18, 19),
        "Which comes first if the name is taken and the request breaks a rule?",
        INVALID,
        _taken_and_invalid,
    ),
    _create("bad name", (2,), "a name with a space", "ValidationException"),
    _create("no-recipe", (19,), "no recipe, and no AutoML", INVALID, recipe=None),
    _create("recipe-and-automl", (19,), "a recipe and AutoML", INVALID, performAutoML=True),
    _create(
        "unknown-recipe",
        (4, 44),
        "a recipe that does not exist",
        NOT_FOUND,
        recipe="aws-absent",
    ),
    _create("domain-recipe", (42,), "a domain's recipe", INVALID, recipe="aws-ecomm-popular-items-by-views"),
    _create("retired-recipe", (43,), "a retired recipe, aws-hrnn", INVALID, recipe="aws-hrnn"),
    _create(
        "rate-0",
        (16,),
        "the schedule rate(0 days)",
        INVALID,
        config=_schedule("rate(0 days)"),
        performAutoTraining=True,
    ),
    _create(
        "rate-31",
        (16,),
        "the schedule rate(31 days)",
        INVALID,
        config=_schedule("rate(31 days)"),
        performAutoTraining=True,
    ),
    _create(
        "schedule-off",
        (34,),
        "a schedule with automatic training off",
        ACCEPTED,
        config=_schedule("rate(7 days)"),
    ),
    _create(
        "incremental",
        (35, 141),
        "performIncrementalUpdate with a v2 recipe",
        INVALID,
        performIncrementalUpdate=True,
    ),
    _create(
        "objective",
        (36,),
        "optimizationObjective with a v2 recipe",
        INVALID,
        config={"optimizationObjective": {"itemAttribute": "PRICE", "objectiveSensitivity": "LOW"}},
    ),
    _create("events-v1", (37,), "eventsConfig with a v1 recipe", INVALID, recipe=_V1, config=_EVENTS),
    _create(
        "events-empty",
        (12, 37),
        "eventsConfig with an empty list",
        ACCEPTED,
        config={"eventsConfig": {"eventParametersList": []}},
    ),
    _create(
        "events-and-type",
        (38,),
        "eventsConfig together with eventType",
        ACCEPTED,
        config=_EVENTS,
        eventType="watch",
    ),
    _create(
        "threshold-alone",
        (39,),
        "eventValueThreshold without eventType",
        ACCEPTED,
        config={"eventValueThreshold": "0.5"},
    ),
    _create(
        "threshold-text",
        (7,),
        "eventValueThreshold that is no number",
        INVALID,
        config={"eventValueThreshold": "high"},
    ),
    _create(
        "columns-upper",
        (15,),
        "trainingDataConfig for ITEMS",
        ACCEPTED,
        config={"trainingDataConfig": {"excludedDatasetColumns": {"ITEMS": ["PRICE"]}}},
    ),
    _create(
        "columns-title",
        (15,),
        "trainingDataConfig for Items",
        ACCEPTED,
        config={"trainingDataConfig": {"excludedDatasetColumns": {"Items": ["PRICE"]}}},
    ),
    _create(
        "columns-event-type",
        (40,),
        "EVENT_TYPE among the excluded columns",
        INVALID,
        config={"trainingDataConfig": {"excludedDatasetColumns": {"INTERACTIONS": ["EVENT_TYPE"]}}},
    ),
    _create(
        "columns-both",
        (41,),
        "a dataset type among both the excluded and the included columns",
        ACCEPTED,
        config={
            "trainingDataConfig": {
                "excludedDatasetColumns": {"ITEMS": ["PRICE"]},
                "includedDatasetColumns": {"ITEMS": ["GENRE"]},
            }
        },
    ),
    _create(
        "hpo-without-config", (25,), "performHPO without hpoConfig", ACCEPTED, recipe=_V1, performHPO=True
    ),
    _create("hpo-v2", (30,), "performHPO with a v2 recipe", ACCEPTED, performHPO=True),
    _create(
        "hpo-popularity",
        (30,),
        "performHPO with aws-popularity-count",
        INVALID,
        recipe=_POPULARITY,
        performHPO=True,
    ),
    _create(
        "hpo-config-without-hpo",
        (24,),
        "hpoConfig without performHPO",
        ACCEPTED,
        recipe=_V1,
        config=_range("hidden_dimension"),
    ),
    _create(
        "hpo-unknown",
        (26,),
        "a range for a parameter that the algorithm lacks",
        INVALID,
        recipe=_V1,
        config=_range("no_such_parameter"),
        performHPO=True,
    ),
    _create(
        "hpo-fixed-and-ranged",
        (28,),
        "a parameter with both a value and a range",
        ACCEPTED,
        recipe=_V1,
        config=_range("hidden_dimension") | {"algorithmHyperParameters": {"hidden_dimension": "40"}},
        performHPO=True,
    ),
    _create(
        "hpo-objective",
        (29,),
        "hpoObjective",
        INVALID,
        recipe=_V1,
        config={"hpoConfig": {"hpoObjective": {"type": "Maximize"}}},
        performHPO=True,
    ),
    _create(
        "hpo-jobs-41",
        (10,),
        "41 training jobs for HPO",
        INVALID,
        recipe=_V1,
        config=_jobs("41"),
        performHPO=True,
    ),
    _create(
        "hpo-jobs-0",
        (10,),
        "0 training jobs for HPO",
        INVALID,
        recipe=_V1,
        config=_jobs("0"),
        performHPO=True,
    ),
    _create(
        "range-only",
        (31,),
        "a value for item_id_hidden_dim of aws-similar-items",
        INVALID,
        recipe=_SIMILAR,
        config={"algorithmHyperParameters": {"item_id_hidden_dim": "40"}},
    ),
)
