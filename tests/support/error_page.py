"""docs/errors.md: what three say to the same mistakes, found by asking all three."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import aws_cdk as cdk
import botocore.session
from botocore.validate import ParamValidator

from cdk_personalize import InvalidSolutionError, Solution
from documents import ROOT
from native_words import native_words

PAGE = ROOT / "docs" / "errors.md"

Request = dict[str, Any]

_GROUP = "arn:aws:personalize:us-east-1:123456789012:dataset-group/movies"
_RECIPE = "arn:aws:personalize:::recipe/aws-"
_RIGHT: Request = {"name": "movies", "datasetGroupArn": _GROUP, "recipeArn": f"{_RECIPE}user-personalization"}
_V2 = {"recipeArn": f"{_RECIPE}user-personalization-v2"}
_EVENTS = {"eventParametersList": [{"eventType": "watch", "weight": 1.0}]}
_ONE_RANGE = {"integerHyperParameterRanges": [{"name": "bptt", "minValue": 2, "maxValue": 22}]}


@dataclass(frozen=True)
class Mistake:
    """A mistake that people make.

    Attributes:
        title: What it is.
        request: A CreateSolution request with nothing else wrong.
    """

    title: str
    request: Mapping[str, Any]

    @property
    def wrong(self) -> Request:
        """The members in which it differs from a request that is right."""
        return {name: value for name, value in self.request.items() if _RIGHT.get(name) != value}


@dataclass(frozen=True)
class Answers:
    """What is said to a mistake; nothing where it is let through."""

    botocore: str
    native: str
    ours: str


def _config(**members: Any) -> Request:
    return {"solutionConfig": members}


MISTAKES = [
    Mistake(title, {**_RIGHT, **wrong})
    for title, wrong in (
        ("A name with a space", {"name": "my movies"}),
        ("A name in place of an ARN", {"datasetGroupArn": "movies"}),
        ("A recipe that is retired", {"recipeArn": f"{_RECIPE}hrnn"}),
        ("A recipe for recommenders", {"recipeArn": f"{_RECIPE}vod-top-picks"}),
        ("A hyperparameter misspelt", _config(algorithmHyperParameters={"hiden_dimension": "55"})),
        ("A hyperparameter as a number", _config(algorithmHyperParameters={"hidden_dimension": 55})),
        ("A hyperparameter out of range", _config(algorithmHyperParameters={"hidden_dimension": "512"})),
        ("A member misspelt", {"eventtype": "watch"}),
        ("HPO where there is none", {"recipeArn": f"{_RECIPE}item-affinity", "performHPO": True}),
        (
            "HPO configured, and not asked for",
            _config(hpoConfig={"algorithmHyperParameterRanges": _ONE_RANGE}),
        ),
        ("Weights of events in the wrong place", {**_V2, "eventsConfig": _EVENTS}),
        (
            "A weight above 1",
            {
                **_V2,
                **_config(eventsConfig={"eventParametersList": [{"eventType": "watch", "weight": 10.0}]}),
            },
        ),
        (
            "A schedule in hours",
            {
                "performAutoTraining": True,
                **_config(autoTrainingConfig={"schedulingExpression": "rate(12 hours)"}),
            },
        ),
        (
            "A sensitivity that there is not",
            _config(optimizationObjective={"itemAttribute": "PRICE", "objectiveSensitivity": "MID"}),
        ),
        ("Tags as CloudFormation has them", {"tags": [{"Key": "team", "Value": "search"}]}),
    )
]

_HEAD = """# Errors, side by side

What three say to the same mistakes before anything is deployed. `make docs` asks them, and writes the page:

- **botocore** {botocore}: what boto3 checks before it sends `create_solution(**request)`.
- **CfnSolution** of aws-cdk-lib {cdk}: the native type with the same request in its own spelling, through the
  synthesis with CDK's validation of templates. A warning stops nothing. A member that the type does not have
  is refused, right or wrong.
- **Solution**: `Solution.from_api_request` with the same request, whose error points at the line that calls.

What is let through, the service refuses once the deploy is under way, or it does what nobody meant.
In the requests, what is not shown is as it should be.

"""


def page() -> str:
    """The whole page."""
    answers = _answers()
    head = _HEAD.format(botocore=version("botocore"), cdk=version("aws-cdk-lib"))
    said = list(zip(MISTAKES, answers, strict=True))
    table = ["| Mistake | botocore | CfnSolution | Solution |", "|---|---|---|---|"]
    for mistake, answer in said:
        verdicts = map(_verdict, (answer.botocore, answer.native, answer.ours))
        table.append(f"| [{mistake.title}](#{_anchor(mistake.title)}) | {' | '.join(verdicts)} |")
    return head + "\n".join([*table, "", *(_section(mistake, answer) for mistake, answer in said)])


def _answers() -> list[Answers]:
    native = native_words([dict(mistake.request) for mistake in MISTAKES])
    return [
        Answers(_botocore_words(mistake.request), said, _our_words(mistake.request))
        for mistake, said in zip(MISTAKES, native, strict=True)
    ]


def _botocore_words(request: Mapping[str, Any]) -> str:
    model = botocore.session.get_session().get_service_model("personalize")
    shape = model.operation_model("CreateSolution").input_shape
    return str(ParamValidator().validate(dict(request), shape).generate_report())


def _our_words(request: Mapping[str, Any]) -> str:
    try:
        Solution.from_api_request(cdk.Stack(cdk.App(), "Movies"), "Recommender", request)
    except InvalidSolutionError as error:
        return str(error)
    return ""


def _verdict(said: str) -> str:
    if not said:
        return "silent"
    if "unexpected keyword argument" in said:
        return "no such member"
    return "warning" if said.startswith("warning") else "error"


def _section(mistake: Mistake, answers: Answers) -> str:
    parts = [f"## {mistake.title}\n", _block("json", json.dumps(mistake.wrong, indent=2))]
    for who, said in (
        ("botocore", answers.botocore),
        ("CfnSolution", answers.native),
        ("Solution", answers.ours),
    ):
        parts.append(f"**{who}**" + ("\n\n" + _block("text", said) if said else " says nothing.\n"))
    return "\n".join(parts)


def _block(kind: str, text: str) -> str:
    return f"```{kind}\n{text}\n```\n"


def _anchor(title: str) -> str:
    return title.lower().replace(",", "").replace(" ", "-")
