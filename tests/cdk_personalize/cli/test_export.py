"""`cdk-personalize export` against a simulated service."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import Result

from cdk_personalize.solution import api_request
from personalize_local.simulator.kinds.solution.state import Solution as SimulatedSolution
from personalize_local.testing.in_process import SimulatedPersonalize
from personalize_provider.engine.identity import ADOPTED_TAG, CONFIG_HASH_TAG, Owner

Run = Callable[..., Result]


@pytest.fixture
def solution(personalize: SimulatedPersonalize) -> Callable[..., str]:
    """Create a solution, by which its ARN is returned."""
    group = personalize.client.create_dataset_group(name="films")["datasetGroupArn"]
    personalize.advance(1)

    def create(name: str, **members: Any) -> str:
        request = {
            "recipeArn": "arn:aws:personalize:::recipe/aws-sims",
            "performAutoTraining": False,
            **members,
        }
        arn: str = personalize.client.create_solution(name=name, datasetGroupArn=group, **request)[
            "solutionArn"
        ]
        personalize.advance(1)
        return arn

    return create


EXPECTED = '''\
from aws_cdk import Stack, Tags
from cdk_personalize import AutoTraining, Recipe, Solution
from constructs import Construct


def declare_watch_next(scope: Construct) -> Solution:
    """Declare the solution, and take over the one that exists already."""
    solution = Solution(
        scope,
        "WatchNext",
        solution_name="watch-next",
        adopt_existing=True,
        dataset_group=Stack.of(scope).format_arn(
            service="personalize",
            resource="dataset-group",
            resource_name="films",
        ),
        recipe=Recipe.SIMS,
        auto_training=AutoTraining.every(days=7),
    )
    Tags.of(solution).add("team", "search")
    return solution
'''


def test_export__by_arn_or_by_name__prints_the_declaration(run: Run, solution: Callable[..., str]) -> None:
    arn = solution("watch-next", performAutoTraining=True, tags=[{"tagKey": "team", "tagValue": "search"}])

    for name in (arn, "watch-next"):
        result = run("export", name)
        assert (result.exit_code, result.stdout, result.stderr) == (0, EXPECTED, "")


def test_export__as_json__has_a_request_that_check_takes(run: Run, solution: Callable[..., str]) -> None:
    arn = solution("watch-next", tags=[{"tagKey": "team", "tagValue": "search"}])
    exported = json.loads(run("export", arn, "--json").stdout)

    assert exported.keys() == {"arn", "request", "code", "owner"}
    assert exported["owner"] is None
    assert exported["arn"] == arn
    assert exported["code"].startswith("from aws_cdk import Stack, Tags\n")
    assert exported["request"] == {
        "name": "watch-next",
        "datasetGroupArn": arn.replace("solution/watch-next", "dataset-group/films"),
        "performAutoTraining": False,
        "recipeArn": "arn:aws:personalize:::recipe/aws-sims",
        "tags": [{"tagKey": "team", "tagValue": "search"}],
    }
    assert api_request.read(exported["request"]).findings() == []
    assert run("check", "-", input=json.dumps(exported["request"])).exit_code == 0


def test_export__name_on_a_later_page__is_found(run: Run, solution: Callable[..., str]) -> None:
    for number in range(3):
        solution(f"other-{number}")
    solution("wanted")

    assert 'solution_name="wanted"' in run("export", "wanted").stdout


def test_export__unknown_name_or_arn__says_what_was_perhaps_meant_and_what_there_is(
    run: Run, solution: Callable[..., str]
) -> None:
    arn = solution("watch-next")
    for number in range(2):
        solution(f"other-{number}")

    for name in ("watch-nxt", arn.replace("watch-next", "watch-nxt")):
        result = run("export", name)
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr == (
            f"Error: There is no solution {name} in us-east-1; did you mean watch-next? "
            "there are other-0, other-1, watch-next\n"
        )


def test_export__refusal_of_the_service__is_told_in_its_words_with_what_to_do(
    run: Run, personalize: SimulatedPersonalize
) -> None:
    personalize.fail_next("DescribeSolution", "AccessDeniedException", "no, you may not")
    result = run("export", "arn:aws:personalize:us-east-1:123456789012:solution/none")

    assert result.exit_code == 1
    first, then = result.stderr.splitlines()
    assert first.startswith("Error: An error occurred (AccessDeniedException)")
    assert "personalize:ListTagsForResource" in then


def test_export__solution_of_another_stack__warns_that_a_deploy_is_refused_and_says_how_to_go_on(
    run: Run, solution: Callable[..., str], personalize: SimulatedPersonalize
) -> None:
    stack = "arn:aws:cloudformation:us-east-1:000000000000:stack/Movies/0afd46f6"
    owner = Owner(stack, "Recommender")
    tags = {**owner.tags, CONFIG_HASH_TAG: "0123", ADOPTED_TAG: "true"}
    arn = solution("movies", tags=[{"tagKey": key, "tagValue": value} for key, value in tags.items()])

    result = run("export", arn)
    assert (result.exit_code, "Tags" in result.stdout) == (0, False)
    warning, command = result.stderr.splitlines()
    assert warning.startswith(
        f"Warning: this solution belongs to the resource Recommender of the stack {stack}."
    )
    assert json.loads(run("export", arn, "--json").stdout)["owner"] == {
        "stackId": stack,
        "logicalId": "Recommender",
    }

    begin, _, keys = command.partition(" --tag-keys ")
    assert begin == f"  aws personalize untag-resource --resource-arn {arn}"
    personalize.client.untag_resource(resourceArn=arn, tagKeys=keys.split())
    assert run("export", arn).stderr == ""


def test_export__region__is_that_of_the_arn_or_the_one_asked_for(
    run: Run, personalize: SimulatedPersonalize, monkeypatch: pytest.MonkeyPatch
) -> None:
    del personalize
    monkeypatch.setenv("AWS_REGION", "eu-central-1")

    assert "There is no solution none in eu-central-1" in run("export", "none").stderr
    assert "There is no solution none in eu-west-1" in run("export", "none", "--region", "eu-west-1").stderr


def test_export__without_the_profile__says_so(run: Run) -> None:
    result = run("export", "none", "--profile", "nobody")

    assert (result.exit_code, result.stdout) == (1, "")
    first, then = result.stderr.splitlines()
    assert first == "Error: The config profile (nobody) could not be found"
    assert "name another profile with --profile (" in then
    assert "`personalize-local exec -- cdk-personalize ...`" in then


def test_export__endpoint_that_does_not_answer__says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    result = run("export", "none", "--endpoint-url", "http://127.0.0.1:9")

    assert result.exit_code == 1
    assert 'Could not connect to the endpoint URL: "http://127.0.0.1:9/"' in result.stderr
    assert "nothing answers there; for the local AWS: `personalize-local start`" in result.stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ["--region", "not a region"],
            "Provided region_name 'not a region' doesn't match a supported format.",
        ),
        (["--endpoint-url", "no-url"], "Invalid endpoint: no-url"),
    ],
)
def test_export__option_that_makes_no_client__is_told(run: Run, options: list[str], message: str) -> None:
    result = run("export", "none", *options)

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"Error: {message}")


def test_export__solution_that_can_not_be_declared__lists_why(
    run: Run, solution: Callable[..., str], personalize: SimulatedPersonalize
) -> None:
    arn = solution("old")
    account = next(iter(personalize.simulator._accounts.values()))
    account[SimulatedSolution].get(arn, personalize.now).recipe_arn = "arn:aws:personalize:::recipe/aws-hrnn"
    result = run("export", arn)

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"Error: {arn} cannot be declared:\n  recipeArn is no longer available")
