"""Assertions about the solutions in a template, in the arguments of `Solution`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aws_cdk import App, RemovalPolicy, Stack
from aws_cdk.assertions import Matcher, Template

from cdk_personalize import AutoTraining, IPersonalizeProvider, Recipe, Solution, SolutionConfig
from cdk_personalize.model import value_types
from cdk_personalize.model.structures import Structure, members
from cdk_personalize.model.tokens import is_token
from cdk_personalize.model.value_types import ListOf, MapOf, Text, ValueType
from cdk_personalize.solution.request import SolutionRequest

_DELETION_POLICIES = {
    RemovalPolicy.DESTROY: "Delete",
    RemovalPolicy.RETAIN: "Retain",
    RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE: "RetainExceptOnCreate",
}

_TAG = Text(max=256)


@dataclass(frozen=True)
class _Difference:
    argument: str
    expected: object
    found: object

    def __str__(self) -> str:
        found = "nothing" if self.found is None else repr(self.found)
        return f"{self.argument}: expected {self.expected!r}, found {found}"


def solutions_of(template: Template | Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the properties of a template's solutions, in the API's names, by logical id."""
    return {name: resource["Properties"] for name, resource in _solution_resources(template).items()}


def has_solution(
    template: Template | Mapping[str, Any],
    *,
    dataset_group: object = None,
    recipe: object = None,
    solution_name: object = None,
    event_type: object = None,
    perform_auto_ml: object = None,
    perform_hpo: object = None,
    perform_incremental_update: object = None,
    auto_training: AutoTraining | None = None,
    solution_config: SolutionConfig | Matcher | None = None,
    wait_for_training_on_delete: object = None,
    adopt_existing: object = None,
    removal_policy: RemovalPolicy | None = None,
    provider: IPersonalizeProvider | None = None,
    tags: Mapping[str, object] | None = None,
) -> None:
    """Assert that a template has a solution with these arguments, whatever its other arguments.

    The arguments are those of `Solution`; omitted ones are not compared. Pass the value that you passed to
    `Solution`, which may be a token such as `dataset_group.attr_dataset_group_arn`; or the value in the
    template, such as `{"Ref": ...}`; or a matcher of the CDK, such as `Match.absent()`. In a
    `solution_config` only the members and keys that you pass are compared; a list is compared as a whole.

    Args:
        template: A `Template` of the CDK, or the result of `template_of`.
        dataset_group: The dataset group with the training data: a construct or an ARN.
        recipe: A `Recipe`, or a matcher for its ARN.
        solution_name: The explicit name.
        event_type: The type of the events to train on.
        perform_auto_ml: Whether the service chooses the recipe.
        perform_hpo: Whether each training optimizes hyperparameters.
        perform_incremental_update: Whether the model is kept current between trainings.
        auto_training: Whether and how often it trains automatically.
        solution_config: How it is trained.
        wait_for_training_on_delete: Whether a deletion waits for a training.
        adopt_existing: Whether it takes over an existing solution.
        removal_policy: What happens to it when it leaves the stack.
        provider: The provider that manages it.
        tags: Tags that it has, among others.

    Raises:
        AssertionError: No solution has all of them. It names the closest solution and each difference.
    """
    __tracebackhide__ = True  # pytest then shows the test, not this function
    arguments = {
        "dataset_group": dataset_group,
        "recipe": recipe,
        "solution_name": solution_name,
        "event_type": event_type,
        "perform_auto_ml": perform_auto_ml,
        "perform_hpo": perform_hpo,
        "perform_incremental_update": perform_incremental_update,
        "auto_training": auto_training,
        "solution_config": solution_config,
        "wait_for_training_on_delete": wait_for_training_on_delete,
        "adopt_existing": adopt_existing,
    }
    expected = {name: value for name, value in arguments.items() if value is not None}
    solutions = _solution_resources(template)
    if not solutions:
        raise AssertionError("the template has no solution")
    differences = {
        name: [
            *_differences(expected, solution["Properties"]),
            *_tag_differences(tags or {}, solution["Properties"].get("tags", [])),
            *_policy_differences(removal_policy, solution.get("DeletionPolicy", "Delete")),
            *_provider_differences(provider, solution["Properties"]["ServiceToken"]),
        ]
        for name, solution in solutions.items()
    }
    closest = min(differences, key=lambda name: len(differences[name]))
    if differences[closest]:
        lines = [f"no solution is as expected; the closest is {closest}:"]
        lines += [f"  {difference}" for difference in differences[closest]]
        others = [name for name in solutions if name != closest]
        lines += [f"others: {', '.join(others)}"] if others else []
        raise AssertionError("\n".join(lines))


def _solution_resources(template: Template | Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    resources = (template.to_json() if isinstance(template, Template) else template).get("Resources", {})
    return {name: item for name, item in resources.items() if item["Type"] == Solution.RESOURCE_TYPE}


def _differences(expected: Mapping[str, Any], properties: Mapping[str, Any]) -> Iterator[_Difference]:
    known = members(SolutionRequest)
    for name, value in expected.items():
        found = properties.get(known[name].api_name)
        if name == "recipe" and isinstance(value, Recipe):
            yield from _recipe_differences(value, found)
        elif name == "auto_training":
            yield from _auto_training_differences(value, properties)
        elif name in ("wait_for_training_on_delete", "adopt_existing") and value is False:
            # The template leaves False out.
            yield from [] if found is None else [_Difference(name, value, found)]
        else:
            yield from _value_differences(known[name].type, value, found, name)


def _value_differences(type_: ValueType, expected: Any, found: Any, at: str) -> Iterator[_Difference]:
    """Compare a value with what the template has in its place, part by part where it has parts."""
    parts = _parts(type_, expected, found, at)
    if parts is not None:
        for part in parts:
            yield from _value_differences(*part)
    elif isinstance(expected, Matcher):
        result = expected.test(found)
        if result.has_failed():
            yield _Difference(at, " and ".join(result.to_human_strings()), found)
    else:
        wanted = _as_in_template(
            expected if isinstance(expected, Mapping) else value_types.wire(type_, expected)
        )
        if wanted != found:
            yield _Difference(at, wanted, found)


def _parts(
    type_: ValueType, expected: Any, found: Any, at: str
) -> list[tuple[ValueType, Any, Any, str]] | None:
    """What to compare one by one: type_, expected, found and argument; None for a value without parts."""
    members_found = {} if found is None else found
    if (
        isinstance(type_, Structure)
        and isinstance(expected, type_.type)
        and isinstance(members_found, Mapping)
    ):
        return [
            (member.type, getattr(expected, name), members_found.get(member.api_name), f"{at}.{name}")
            for name, member in members(type_.type).items()
            if getattr(expected, name) is not None
        ]
    if isinstance(type_, MapOf) and isinstance(expected, Mapping) and isinstance(found, Mapping):
        return [(type_.value, value, found.get(key), f"{at}[{key!r}]") for key, value in expected.items()]
    are_lists = isinstance(expected, list | tuple) and isinstance(found, list) and not is_token(expected)
    if isinstance(type_, ListOf) and are_lists and len(found) == len(expected):
        pairs = enumerate(zip(expected, found, strict=True))
        return [(type_.item, item, other, f"{at}[{index}]") for index, (item, other) in pairs]
    return None


def _recipe_differences(recipe: Recipe, found: Any) -> Iterator[_Difference]:
    """Compare recipes by name where they are the service's own: the partition is the stack's affair."""
    arn = recipe.arn(partition="aws")
    if is_token(arn):
        if _as_in_template(arn) != found:
            yield _Difference("recipe", _as_in_template(arn), found)
        return
    text = _joined(found)
    _, _, wanted = arn.partition(":personalize:")
    if text.partition(":personalize:")[2] != wanted:
        yield _Difference("recipe", recipe.name, text.rpartition("/")[2] or None)


def _auto_training_differences(value: AutoTraining, properties: Mapping[str, Any]) -> Iterator[_Difference]:
    config = properties.get("solutionConfig", {}).get("autoTrainingConfig", {})
    found = config.get("schedulingExpression") if properties["performAutoTraining"] is True else "off"
    expected = _as_in_template(value.schedule_expression) or "off"
    if expected != found:
        yield _Difference("auto_training", expected, found)


def _tag_differences(
    expected: Mapping[str, object], found: Sequence[Mapping[str, Any]]
) -> Iterator[_Difference]:
    tags = {tag["tagKey"]: tag["tagValue"] for tag in found}
    for key, value in expected.items():
        yield from _value_differences(_TAG, value, tags.get(key), f"tags[{key!r}]")


def _policy_differences(policy: RemovalPolicy | None, found: str) -> Iterator[_Difference]:
    if policy is not None and _DELETION_POLICIES.get(policy) != found:
        yield _Difference("removal_policy", _DELETION_POLICIES.get(policy, str(policy)), found)


def _provider_differences(provider: IPersonalizeProvider | None, found: Any) -> Iterator[_Difference]:
    if provider is not None and _as_in_template(provider.service_token) != found:
        yield _Difference("provider", _as_in_template(provider.service_token), found)


def _as_in_template(value: Any) -> Any:
    """A token as the template has it; anything else as it is."""
    return Stack(App()).resolve(value) if is_token(value) else value


def _joined(value: Any) -> str:
    """A string that may be an `Fn::Join`, with `${...}` for what is known only at deploy time."""
    if not isinstance(value, Mapping):
        return str(value or "")
    if "Fn::Join" in value:
        separator, parts = value["Fn::Join"]
        return str(separator.join(map(_joined, parts)))
    return f"${{{next(iter(value.values()), '')}}}"
