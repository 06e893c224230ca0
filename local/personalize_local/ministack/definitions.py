"""Definitions of state machines are checked before they are taken, and by ValidateStateMachineDefinition.

ministack takes any definition whose JSONata can be parsed, and finds every one valid. Checked here: the JSON,
transitions, the fields of each type of state and of its query language, error names, and what SDK
integrations call.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ministack.core.responses import json_response
from ministack.services import stepfunctions
from ministack.services.cloudformation import provisioners

from personalize_local.ministack import sdk_names, sdk_tasks

State = Mapping[str, Any]

_COMMON = {"Type", "Comment", "QueryLanguage"}
_ONWARD = {"Next", "End"}
_JSONPATH = {"InputPath", "OutputPath"}
_RESULT = {"ResultPath", "ResultSelector"}
_ERRORS = {"Retry", "Catch"}
_TASK = {"Resource", "TimeoutSeconds", "HeartbeatSeconds", "Credentials", *_ONWARD, *_ERRORS}
_MAP = {"ItemProcessor", "Iterator", "MaxConcurrency", "ItemSelector", "ItemReader", "ItemBatcher", "Label"}
_MAP |= {"ResultWriter", "ToleratedFailureCount", "ToleratedFailurePercentage", *_ONWARD, *_ERRORS}

# The fields of each type: in both query languages, in JSONPath only, and in JSONata only.
_FIELDS: Mapping[str, tuple[set[str], set[str], set[str]]] = {
    "Pass": (_ONWARD | {"Assign"}, {"Result", "Parameters", *_JSONPATH, *_RESULT}, {"Output"}),
    "Task": (
        _TASK | {"Assign"},
        {"Parameters", "TimeoutSecondsPath", "HeartbeatSecondsPath", *_JSONPATH, *_RESULT},
        {"Arguments", "Output"},
    ),
    "Choice": ({"Choices", "Default", "Assign"}, _JSONPATH, {"Output"}),
    "Wait": (
        {"Seconds", "Timestamp", "Assign", *_ONWARD},
        {"SecondsPath", "TimestampPath", *_JSONPATH},
        {"Output"},
    ),
    "Succeed": (set(), _JSONPATH, {"Output"}),
    "Fail": ({"Error", "Cause"}, {"ErrorPath", "CausePath"}, set()),
    "Parallel": (
        {"Branches", "Assign", *_ONWARD, *_ERRORS},
        {"Parameters", *_JSONPATH, *_RESULT},
        {"Arguments", "Output"},
    ),
    "Map": (
        _MAP | {"Assign"},
        {"ItemsPath", "MaxConcurrencyPath", "ToleratedFailureCountPath", "Parameters", *_JSONPATH, *_RESULT}
        | {"ToleratedFailurePercentagePath"},
        {"Items", "Output"},
    ),
}
_REQUIRED = {"Task": "Resource", "Choice": "Choices", "Parallel": "Branches"}
_WAITS = {"Seconds", "Timestamp", "SecondsPath", "TimestampPath"}


class InvalidDefinitionError(Exception):
    """A template has a state machine that Step Functions refuses."""


@dataclass(frozen=True)
class Finding:
    """What is wrong in a definition.

    Attributes:
        code: Which kind of fault, in the service's words.
        message: What is wrong.
        location: A JSON pointer to where.
    """

    code: str
    message: str
    location: str


def register() -> None:
    """Refuse what Step Functions refuses."""
    handlers = provisioners._RESOURCE_HANDLERS["AWS::StepFunctions::StateMachine"]
    create_machine = handlers["create"]

    def refusal(text: object) -> str | None:
        found = findings(text) if isinstance(text, str) else []
        told = ", ".join(f"{one.code}: {one.message} at {one.location}" for one in found)
        return f"Invalid State Machine Definition: '{told}'" if found else None

    def validate(data: Mapping[str, Any]) -> tuple[int, dict[str, str], bytes]:
        diagnostics = [asdict(one) | {"severity": "ERROR"} for one in findings(data.get("definition", ""))]
        answer: tuple[int, dict[str, str], bytes] = json_response(
            {"result": "FAIL" if diagnostics else "OK", "diagnostics": diagnostics, "truncated": False}
        )
        return answer

    def create(logical_id: str, properties: Mapping[str, Any], stack_name: str) -> Any:
        refused = refusal(provisioners._sfn_definition(properties))
        if refused:
            raise InvalidDefinitionError(f"{refused} (Service: Sfn, Status Code: 400)")
        return create_machine(logical_id, properties, stack_name)

    stepfunctions._validate_definition_jsonata = refusal
    stepfunctions._validate_state_machine_definition = validate
    handlers["create"] = create


def findings(text: str) -> list[Finding]:
    """What is wrong in a definition, in the order of its text."""
    try:
        definition = json.loads(text)
    except ValueError as error:
        return [Finding("INVALID_JSON_DESCRIPTION", str(error), "/")]
    if not isinstance(definition, Mapping):
        return [Finding("INVALID_JSON_DESCRIPTION", "The definition must be a JSON object", "/")]
    language = definition.get("QueryLanguage", "JSONPath")
    try:
        found = list(_machine(definition, "", language))
    except (AttributeError, TypeError) as error:
        return [_schema(f"A field has a value of the wrong type: {error}", "/States")]
    return found or [*_scopes(definition, "", frozenset()), *_expressions(definition, "")]


def _schema(message: str, location: str) -> Finding:
    return Finding("SCHEMA_VALIDATION_FAILED", message, location)


def _machine(machine: Mapping[str, Any], at: str, language: str) -> Iterator[Finding]:
    states = machine.get("States")
    if not isinstance(states, Mapping) or not states:
        yield _schema("The field 'States' is required and must not be empty", f"{at}/States")
        return
    start = machine.get("StartAt")
    targets = {start}
    if start not in states:
        yield _missing(start, f"{at}/StartAt")
    for name, state in states.items():
        where = f"{at}/States/{name}"
        if not isinstance(state, Mapping):
            yield _schema("A state must be a JSON object", where)
            continue
        yield from _state(state, where, state.get("QueryLanguage", language))
        for target, field in _targets(state):
            targets.add(target)
            if target not in states:
                yield _missing(target, f"{where}/{field}")
    for name in states if start in states else ():
        if name not in targets:
            yield Finding("UNREACHABLE_STATE", f"State '{name}' can't be reached", f"{at}/States/{name}")


def _missing(target: object, at: str) -> Finding:
    return Finding("MISSING_TRANSITION_TARGET", f"Missing 'Next' target: {target}", at)


def _state(state: State, at: str, language: str) -> Iterator[Finding]:
    kind = str(state.get("Type"))
    if kind not in _FIELDS:
        yield _schema(f"Unknown type of state: {kind}", f"{at}/Type")
        return
    both, jsonpath, jsonata = _FIELDS[kind]
    allowed = _COMMON | both | (jsonata if language == "JSONata" else jsonpath)
    for field in state:
        if field not in allowed:
            yield _schema(
                f"The field '{field}' is not supported in a {kind} state in {language}", f"{at}/{field}"
            )
    yield from _required(state, kind, at)
    for field in ("Retry", "Catch"):
        yield from _error_names(state.get(field) or [], f"{at}/{field}")
    if kind == "Task":
        yield from _integration(state, at)
    for index, branch in enumerate(state.get("Branches") or []):
        yield from _machine(branch, f"{at}/Branches/{index}", language)
    if kind == "Map":
        field = "ItemProcessor" if "ItemProcessor" in state else "Iterator"
        yield from _machine(state.get(field) or {}, f"{at}/{field}", language)


def _required(state: State, kind: str, at: str) -> Iterator[Finding]:
    required = _REQUIRED.get(kind)
    if required and not state.get(required):
        yield _schema(f"The field '{required}' is required", at)
    if kind == "Wait" and len(_WAITS & set(state)) != 1:
        yield _schema(f"Exactly one of {', '.join(sorted(_WAITS))} is required", at)
    goes_on = kind not in {"Choice", "Succeed", "Fail"}
    if goes_on and ("Next" in state) is (state.get("End") is True):
        yield _schema("Exactly one of 'Next' and 'End' is required", at)


def _targets(state: State) -> Iterator[tuple[object, str]]:
    for field in ("Next", "Default"):
        if field in state:
            yield state[field], field
    for field in ("Choices", "Catch"):
        for index, rule in enumerate(state.get(field) or []):
            yield rule.get("Next"), f"{field}/{index}/Next"


def _error_names(rules: list[Mapping[str, Any]], at: str) -> Iterator[Finding]:
    for index, rule in enumerate(rules):
        names = rule.get("ErrorEquals")
        if not names:
            yield _schema("The field 'ErrorEquals' is required and must not be empty", f"{at}/{index}")
        elif "States.ALL" in names and (len(names) > 1 or index < len(rules) - 1):
            yield _schema(
                "States.ALL must appear alone, and in the last element", f"{at}/{index}/ErrorEquals"
            )


def _integration(state: State, at: str) -> Iterator[Finding]:
    resource = str(state.get("Resource")).removesuffix(".waitForTaskToken")
    if not resource.startswith(sdk_tasks.SDK):
        return
    try:
        model, _prefix = sdk_tasks.operation(resource)
    except sdk_tasks.UnknownOperationError:
        yield _schema(f"The resource provided {resource} is not recognized", f"{at}/Resource")
        return
    field = "Arguments" if "Arguments" in state else "Parameters"
    given = state.get(field)
    members = {sdk_names.member(name) for name in (model.input_shape.members if model.input_shape else {})}
    for name in given if isinstance(given, Mapping) else ():
        if name.removesuffix(".$") not in members:
            yield _schema(f"The field '{name}' is not supported by Step Functions", f"{at}/{field}")


def _scopes(machine: Mapping[str, Any], at: str, outside: frozenset[str]) -> Iterator[Finding]:
    """Variables that a branch or an iteration assigns, and a state outside of it too."""
    own: set[str] = set()
    for name, state in machine["States"].items():
        for rule in (state, *(state.get("Catch") or ()), *(state.get("Choices") or ())):
            names = {variable.removesuffix(".$") for variable in rule.get("Assign") or ()}
            own |= names
            for taken in sorted(names & outside):
                message = f"The variable '{taken}' is assigned in an outer scope as well"
                yield _schema(message, f"{at}/States/{name}/Assign/{taken}")
    for name, state in machine["States"].items():
        inner = [(f"Branches/{number}", one) for number, one in enumerate(state.get("Branches") or ())]
        inner += [(f, state[f]) for f in ("ItemProcessor", "Iterator") if f in state]
        for field, one in inner:
            yield from _scopes(one, f"{at}/States/{name}/{field}", outside | own)


def _expressions(value: Any, at: str) -> Iterator[Finding]:
    """JSONata that can't be parsed."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _expressions(item, f"{at}/{name}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _expressions(item, f"{at}/{index}")
    elif isinstance(value, str) and value.startswith("{%") and value.endswith("%}"):
        try:
            stepfunctions.jsonata.Jsonata.jsonata(value[2:-2].strip())
        except Exception as error:
            yield Finding("INVALID_JSONATA_EXPRESSION", str(error), at or "/")
