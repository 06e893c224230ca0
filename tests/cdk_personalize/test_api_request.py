"""A solution from the arguments of boto3's create_solution."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Annotations, Match

from cdk_personalize import AutoTraining, InvalidSolutionError, Recipe, Solution, SolutionConfig
from cdk_personalize.solution import api_request as api

GROUP = "arn:aws:personalize:us-east-1:123456789012:dataset-group/movies"
RECIPE = "arn:aws:personalize:::recipe/aws-"
Find = Callable[[cdk.Stack], dict[str, dict[str, Any]]]

EVERYTHING: dict[str, Any] = {
    "name": "movies",
    "performHPO": True,
    "performAutoML": False,
    "performAutoTraining": True,
    "performIncrementalUpdate": False,
    "recipeArn": f"{RECIPE}user-personalization",
    "datasetGroupArn": GROUP,
    "eventType": "watch",
    "solutionConfig": {
        "eventValueThreshold": ".05",
        "hpoConfig": {
            "hpoResourceConfig": {"maxNumberOfTrainingJobs": "10", "maxParallelTrainingJobs": "2"},
            "algorithmHyperParameterRanges": {
                "integerHyperParameterRanges": [{"name": "bptt", "minValue": 2, "maxValue": 32}],
                "continuousHyperParameterRanges": [],
                "categoricalHyperParameterRanges": [{"name": "recency_mask", "values": ["true", "false"]}],
            },
        },
        "algorithmHyperParameters": {"hidden_dimension": "55"},
        "featureTransformationParameters": {"max_user_history_length_percentile": "0.95"},
        "optimizationObjective": {"itemAttribute": "PRICE", "objectiveSensitivity": "LOW"},
        "trainingDataConfig": {"excludedDatasetColumns": {"ITEMS": ["TITLE"]}},
        "autoTrainingConfig": {"schedulingExpression": "rate(3 days)"},
    },
    "tags": [{"tagKey": "team", "tagValue": "search"}, {"tagKey": "cost", "tagValue": ""}],
}


def request(**members: Any) -> dict[str, Any]:
    given = {"name": "movies", "datasetGroupArn": GROUP, "recipeArn": f"{RECIPE}user-personalization-v2"}
    return {key: value for key, value in {**given, **members}.items() if value is not ...}


def config(**members: Any) -> dict[str, Any]:
    return {"solutionConfig": members}


def events(**members: Any) -> dict[str, Any]:
    return config(eventsConfig={"eventParametersList": [members]})


def schedule(expression: Any, **more: Any) -> dict[str, Any]:
    return {**config(autoTrainingConfig={"schedulingExpression": expression}), **more}


def problems(of: Any) -> list[str]:
    return [str(problem) for problem in api.read(of).all_problems()]


def properties(stack: cdk.Stack, solutions: Find) -> dict[str, Any]:
    [resource] = solutions(stack).values()
    return {k: v for k, v in resource["Properties"].items() if not k.startswith("Service")}


def said(stack: cdk.Stack) -> list[str]:
    return [str(info.entry.data) for info in Annotations.from_stack(stack).find_info("*", Match.any_value())]


def test_solution__from_every_member__is_that_request(stack: cdk.Stack, solutions: Find) -> None:
    Solution.from_api_request(stack, "Movies", EVERYTHING)

    rendered = properties(stack, solutions)

    by_key = sorted(EVERYTHING["tags"], key=lambda tag: tag["tagKey"])
    assert rendered == {**EVERYTHING, "tags": by_key}
    assert said(stack) == []


def test_solution__from_a_request__takes_nothing_out_of_it(stack: cdk.Stack) -> None:
    given = request(**events(eventType="buy", weight=Decimal("0.5")))
    copy = {**given, "solutionConfig": {**given["solutionConfig"]}}

    Solution.from_api_request(stack, "Movies", given)

    assert given == copy


def test_solution__from_a_request_with_a_decimal__has_a_number(stack: cdk.Stack, solutions: Find) -> None:
    Solution.from_api_request(stack, "Movies", request(**events(eventType="buy", weight=Decimal("0.5"))))

    assert (
        properties(stack, solutions)["solutionConfig"]
        == events(eventType="buy", weight=0.5)["solutionConfig"]
    )


def test_solution__with_overrides__has_those(stack: cdk.Stack, solutions: Find) -> None:
    Solution.from_api_request(
        stack,
        "Movies",
        EVERYTHING,
        solution_name=None,
        recipe=Recipe.SIMS,
        auto_training=AutoTraining.DISABLED,
        solution_config=SolutionConfig(),
        perform_hpo=False,
        removal_policy=cdk.RemovalPolicy.RETAIN,
    )

    [resource] = solutions(stack).values()
    rendered = resource["Properties"]
    assert resource["DeletionPolicy"] == "Retain"
    assert "name" not in rendered
    assert rendered["performAutoTraining"] is False
    assert rendered["solutionConfig"] == {}
    assert rendered["eventType"] == "watch"


def test_solution__with_overrides__is_not_judged_by_what_they_replace(stack: cdk.Stack) -> None:
    wrong = request(
        name=5, **schedule("rate(12 hours)"), performAutoTraining=True, recipeArn=f"{RECIPE}hrnn", eventType=7
    )

    Solution.from_api_request(
        stack,
        "Movies",
        wrong,
        solution_name="movies",
        auto_training=AutoTraining.every(days=2),
        recipe=Recipe.SIMS,
        event_type=None,
    )


def test_solution__with_an_override_that_is_wrong__is_refused(stack: cdk.Stack) -> None:
    with pytest.raises(InvalidSolutionError, match="name must have only letters"):
        Solution.from_api_request(stack, "Movies", request(), solution_name="a b")
    with pytest.raises(TypeError, match="colour"):
        Solution.from_api_request(stack, "Movies", request(), colour="red")


@pytest.mark.parametrize(
    "given", [schedule("rate(12 hours)"), schedule("rate(2 days)", performAutoTraining=False)]
)
def test_solution__with_another_configuration__is_still_judged_by_the_schedule(
    stack: cdk.Stack, given: dict[str, Any]
) -> None:
    with pytest.raises(InvalidSolutionError, match="autoTrainingConfig"):
        Solution.from_api_request(stack, "Movies", request(**given), solution_config=SolutionConfig())


def test_solution__from_a_request_silent_on_training__does_not_train_and_says_so(
    stack: cdk.Stack, solutions: Find
) -> None:
    Solution.from_api_request(stack, "Movies", request())

    assert properties(stack, solutions)["performAutoTraining"] is False
    [info] = said(stack)
    assert "The request does not set performAutoTraining. The service would train every 7 days" in info


@pytest.mark.parametrize(
    ("given", "expression"),
    [
        ({"performAutoTraining": True}, "rate(7 days)"),
        (schedule("rate(1 day)"), "rate(1 day)"),
        (schedule("rate(1 days)", performAutoTraining=True), "rate(1 day)"),
        ({**config(autoTrainingConfig={}), "performAutoTraining": True}, "rate(7 days)"),
        ({"performAutoTraining": False}, None),
    ],
)
def test_solution__from_a_request_that_speaks_of_training__does_what_it_says(
    stack: cdk.Stack, solutions: Find, given: dict[str, Any], expression: str | None
) -> None:
    Solution.from_api_request(stack, "Movies", request(**given))

    rendered = properties(stack, solutions)
    assert rendered["performAutoTraining"] is (expression is not None)
    expected = expression and {"autoTrainingConfig": {"schedulingExpression": expression}}
    assert rendered.get("solutionConfig") == expected
    assert said(stack) == []


def test_solution__from_a_request_with_tokens__leaves_them_to_the_deploy(
    stack: cdk.Stack, solutions: Find
) -> None:
    text = cdk.CfnParameter(stack, "Text")
    given = request(
        name=text.value_as_string,
        datasetGroupArn=text.value_as_string,
        recipeArn=cdk.Fn.get_att("Other", "recipeArn"),
        eventType=text.value_as_string,
        performHPO=cdk.Fn.condition_if("Big", True, False),
        **config(
            algorithmHyperParameters={"a": text.value_as_string},
            hpoConfig={"hpoResourceConfig": {"maxParallelTrainingJobs": text.value_as_string}},
        ),
    )

    Solution.from_api_request(stack, "Movies", given)

    rendered, ref = properties(stack, solutions), {"Ref": "Text"}
    assert rendered["name"] == rendered["datasetGroupArn"] == rendered["eventType"] == ref
    assert rendered["recipeArn"] == {"Fn::GetAtt": ["Other", "recipeArn"]}
    assert rendered["performHPO"] == {"Fn::If": ["Big", True, False]}
    assert rendered["solutionConfig"] == {
        "algorithmHyperParameters": {"a": ref},
        "hpoConfig": {"hpoResourceConfig": {"maxParallelTrainingJobs": ref}},
    }


def test_solution__the_tags_of_a_request__go_the_way_of_cdks_tags(stack: cdk.Stack, solutions: Find) -> None:
    solution = Solution.from_api_request(stack, "Movies", EVERYTHING)
    cdk.Tags.of(stack).add("team", "platform")
    cdk.Tags.of(solution).remove("cost")

    assert properties(stack, solutions)["tags"] == [{"tagKey": "team", "tagValue": "search"}]


REFUSED: list[tuple[Any, str]] = [
    (None, "request must be a mapping"),
    ([request()], "request must be a mapping"),
    (request(name=...), ""),
    (request(datasetGroupArn=...), "datasetGroupArn is required"),
    (request(recipeArn=...), "recipeArn is required unless performAutoML is True"),
    (request(name="a b"), "name must have only letters"),
    (request(name=None), "name must not be None: got None; leave it out"),
    (request(name=7), "name must be a string: got 7"),
    (request(performHPO="true"), "performHPO must be True or False: got 'true'"),
    (
        request(performHpo=True),
        "performHpo is not a member of CreateSolution at this level: got True; did you mean performHPO?",
    ),
    (request(event_type="buy"), "did you mean eventType?"),
    (request(DatasetGroupArn=GROUP), "did you mean datasetGroupArn?"),
    (request(autoTraining=True), "autoTraining is not a member of CreateSolution at this level"),
    (request(waitForTrainingOnDelete=True), "waitForTrainingOnDelete is not a member"),
    (request(adoptExisting=True), "adoptExisting is not a member"),
    (request(eventsConfig={"eventParametersList": []}), "it belongs at solutionConfig.eventsConfig"),
    (request(autoTrainingConfig={}), "it belongs at solutionConfig.autoTrainingConfig"),
    (
        request(**config(performHPO=True)),
        "solutionConfig.performHPO is not a member of CreateSolution at this level",
    ),
    (request(**config(performHPO=True)), "it belongs at performHPO"),
    (request(**config(eventValueTreshold="1")), "did you mean eventValueThreshold?"),
    (request(**events(eventTypes="buy")), "eventsConfig.eventParametersList[0].eventTypes is not a member"),
    (request(recipeArn=5), "recipeArn must be the ARN of a recipe: got 5"),
    (request(recipeArn=None, performAutoML=True), "recipeArn must not be None: got None; leave it out"),
    (
        request(performAutoML=True),
        "recipeArn must be left out when performAutoML is True: AutoML chooses the",
    ),
    (request(recipeArn="aws-sims"), "recipeArn must be the ARN of a recipe"),
    (request(recipeArn=f"{RECIPE}hrnn"), "recipeArn is no longer available"),
    (request(solutionConfig="{}"), "solutionConfig must be a mapping: got '{}'; give a mapping, as in"),
    (
        request(**config(eventValueThreshold=0.5)),
        'eventValueThreshold must be a string: got 0.5; write "0.5"',
    ),
    (request(**config(eventValueThreshold="high")), "eventValueThreshold must be a number"),
    (
        request(**config(algorithmHyperParameters={"apply_recency_bias": True})),
        "algorithmHyperParameters['apply_recency_bias'] must be a string: got True; write \"true\"",
    ),
    (request(**config(algorithmHyperParameters=[])), "algorithmHyperParameters must be a mapping"),
    (request(**config(eventsConfig={"eventParametersList": {}})), "eventParametersList must be a list"),
    (request(**events(eventType="buy", weight="1")), "eventParametersList[0].weight must be a number"),
    (request(**events(eventType="buy", weight=2)), "eventParametersList[0].weight must be 0 to 1"),
    (
        request(performHPO=True, **config(hpoConfig={"hpoResourceConfig": {"maxParallelTrainingJobs": 2}})),
        "maxParallelTrainingJobs must be a string that holds a whole number: got 2",
    ),
    (
        request(
            performHPO=True, **config(hpoConfig={"hpoResourceConfig": {"maxParallelTrainingJobs": "11"}})
        ),
        "maxParallelTrainingJobs must be 1 to 10: got 11",
    ),
    (request(**config(hpoConfig={})), "solutionConfig.hpoConfig needs performHPO=True"),
    (
        request(
            recipeArn=f"{RECIPE}user-personalization",
            **config(optimizationObjective={"objectiveSensitivity": "low"}),
        ),
        "objectiveSensitivity must be one of LOW, MEDIUM, HIGH, OFF: got 'low'; did you mean LOW?",
    ),
    (request(performAutoTraining="yes"), "performAutoTraining must be True or False: got 'yes'"),
    (request(performAutoTraining=None), "performAutoTraining must be True or False: got None"),
    (request(**schedule("rate(12 hours)")), "schedulingExpression must be rate(N days), with N from 1 to 30"),
    (request(**schedule("rate(0 days)")), "with N from 1 to 30: got 'rate(0 days)'"),
    (request(**schedule("rate(31 days)")), "with N from 1 to 30: got 'rate(31 days)'"),
    (request(**schedule(7)), "with N from 1 to 30: got 7"),
    (request(**schedule("rate(" + "1" * 5000 + " days)")), "with N from 1 to 30"),
    (
        request(**config(autoTrainingConfig=None)),
        "solutionConfig.autoTrainingConfig must be a mapping: got None",
    ),
    (request(**config(autoTrainingConfig={"rate": 1})), "autoTrainingConfig.rate is not a member"),
    (
        request(**schedule("rate(2 days)", performAutoTraining=False)),
        "solutionConfig.autoTrainingConfig must be left out while performAutoTraining is False",
    ),
    (request(tags={"team": "search"}), "tags must be a list"),
    (request(tags=["team"]), "tags[0] must be a mapping"),
    (request(tags=[{"Key": "a", "tagKey": "a", "tagValue": "b"}]), "did you mean tagKey?"),
    (request(tags=[{"tagKey": "a"}]), "tags[0].tagValue is required"),
    (request(tags=[{"tagKey": "a", "tagValue": 1}]), "tags[0].tagValue must be a string: got 1"),
    (request(tags=[{"tagKey": "a", "tagValue": "1"}, {"tagKey": "a", "tagValue": "2"}]), "each tagKey once"),
    (request(tags=[{"tagKey": "aws:a", "tagValue": "1"}]), "a tag's key must not begin with aws:"),
    (request(tags=[{"tagKey": str(n), "tagValue": ""} for n in range(48)]), "tags must be at most 47"),
]


@pytest.mark.parametrize(("given", "message"), REFUSED, ids=lambda value: str(value)[:60])
def test_request__that_can_not_be__has_one_problem_in_the_apis_names(given: Any, message: str) -> None:
    found = problems(given)

    if not message:  # a name is generated where there is none
        assert found == []
        return
    [problem] = found
    assert message in problem


def test_request__with_several_mistakes_of_all_kinds__tells_all_at_once(stack: cdk.Stack) -> None:
    given = {
        "nam": "movies",
        "recipeArn": f"{RECIPE}sims",
        "performHPO": "yes",
        "solutionConfig": {
            "eventsConfig": {"eventParametersList": [{"weight": 2}]},
            "algorithmHyperParameters": {"bptt": 5},
        },
        "tags": "none",
    }

    with pytest.raises(InvalidSolutionError) as raised:
        Solution.from_api_request(stack, "Movies", given)

    assert raised.value.path == "Stack/Movies"
    assert [problem.argument for problem in raised.value.problems] == [
        "nam",
        "tags",
        "performHPO",
        "solutionConfig.eventsConfig.eventParametersList[0].weight",
        "datasetGroupArn",
        "solutionConfig.eventsConfig",
        "solutionConfig.algorithmHyperParameters['bptt']",
    ]


@pytest.mark.parametrize(
    "declare",
    [
        lambda stack: Solution(stack, "Movies", dataset_group="movies"),
        lambda stack: Solution.from_api_request(stack, "Movies", {}),
    ],
)
def test_error__its_traceback__begins_at_the_users_line_and_is_short(
    stack: cdk.Stack, declare: Callable[[cdk.Stack], Solution]
) -> None:
    with pytest.raises(InvalidSolutionError) as raised:
        declare(stack)

    _, users, *rest = traceback.extract_tb(raised.value.__traceback__)
    assert users.filename == __file__
    assert "Solution" in str(users.line)
    assert len(rest) <= 2  # jsii's metaclass, and the constructor
    assert rest[-1].filename.endswith("solution/construct.py")
    assert raised.value.__cause__ is None
    assert raised.value.__context__ is None
