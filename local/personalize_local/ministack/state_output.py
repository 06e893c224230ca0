"""What states in JSONata hand on, where ministack ignores their fields.

The `Output` of a Succeed, the `Arguments`, `Output` and `Assign` of a Parallel. And a variable that a branch
of a Parallel assigns is the branch's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ministack.services import stepfunctions

State = Mapping[str, Any]
Context = dict[str, Any]


def register() -> None:
    """Let every state in JSONata have its output."""
    output_path, branches, sub_machine = (
        stepfunctions._apply_output_path,
        stepfunctions._run_parallel_branches,
        stepfunctions._run_sub_machine,
    )

    def apply_output_path(state: State, data: Any, context: Context | None = None) -> Any:
        if state.get("Type") == "Succeed" and _is_jsonata(state, context):
            return stepfunctions._apply_jsonata_output(state, data, context, default=data)
        return output_path(state, data, context)

    def run_parallel_branches(
        state: State, raw_input: Any, execution: Mapping[str, Any], context: Context
    ) -> tuple[Any, str | None]:
        if not _is_jsonata(state, context):
            made: tuple[Any, str | None] = branches(state, raw_input, execution, context)
            return made
        arguments = stepfunctions._apply_jsonata_arguments(state, raw_input, context)
        results, following = branches(state, arguments, execution, context)
        output = stepfunctions._apply_jsonata_output(
            state, raw_input, context, result=results, default=results
        )
        stepfunctions._apply_state_assign(state, raw_input, context, result=results)
        return output, following

    def run_sub_machine(
        states: State, start_at: str, data: Any, execution: Mapping[str, Any], context: Context
    ) -> Any:
        own = {**context, "variables": dict(context.get("variables", {}))}
        return sub_machine(states, start_at, data, execution, own)

    stepfunctions._apply_output_path = apply_output_path
    stepfunctions._run_parallel_branches = run_parallel_branches
    stepfunctions._run_sub_machine = run_sub_machine


def _is_jsonata(state: State, context: Context | None) -> bool:
    return bool(stepfunctions._state_query_language(state, context) == "JSONata")
