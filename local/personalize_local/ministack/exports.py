"""Exports that another stack imports: CloudFormation neither changes nor deletes them.

An update that would change or remove one fails when the outputs are resolved, and is rolled back. A deletion
is accepted and then ends: the stack has its old status again, with the reason. ministack publishes the new
value beside the old one in the importing stack, keeps removed exports, allows two stacks to export one name,
and refuses DeleteStack itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import handlers, stacks

Stack = dict[str, Any]  # ministack's record of a stack
Exports = dict[str, Mapping[str, str]]  # by name: the stack's id, and the value

_STACK = "AWS::CloudFormation::Stack"
_IMPORT_NOTHING = ("DELETE_COMPLETE", "ROLLBACK_COMPLETE", "REVIEW_IN_PROGRESS")


class ExportError(ValueError):
    """An output that cannot be exported."""


def register() -> None:
    """Protect exports that are in use. Call it after `rollback.register`."""
    exports = _Exports()
    handlers._imported_export_names = exports.imported_export_names
    handlers._ACTION_HANDLERS["DeleteStack"] = exports.delete_stack
    stacks._resolve_stack_outputs = exports.resolve_outputs
    stacks._roll_back_operation = exports.roll_back_operation


class _Exports:
    """The functions of ministack that this wraps, and the reasons of refusals."""

    def __init__(self) -> None:
        self._refused: dict[str, str] = {}  # the reason, by the stack's id
        self._imported_export_names = handlers._imported_export_names
        self._delete_stack = handlers._ACTION_HANDLERS["DeleteStack"]
        self._resolve_outputs = stacks._resolve_stack_outputs
        self._roll_back = stacks._roll_back_operation

    def imported_export_names(self, stack: Stack, stack_name: str) -> set[str]:
        """The names that a stack imports."""
        if stack.get("StackStatus") in _IMPORT_NOTHING:
            return set()
        names: set[str] = self._imported_export_names(stack, stack_name)
        return names

    def _importers(self, export: str) -> str:
        names = (
            name
            for name, stack in cloudformation._stacks.items()
            if export in self.imported_export_names(stack, name)
        )
        return " and ".join(sorted(names))

    def resolve_outputs(self, *arguments: Any) -> tuple[list[object], Exports]:
        """Resolve a stack's outputs.

        Raises:
            ExportError: An export is in use, or another stack has its name.
        """
        resolved: tuple[list[object], Exports] = self._resolve_outputs(*arguments)
        stack_id: str = arguments[-1]
        wanted = resolved[1]
        try:
            for name, export in list(cloudformation._exports.items()):
                if export["StackId"] == stack_id:
                    self._may_become(name, export, wanted.get(name))
                elif name in wanted:
                    _refuse_second(name, export)
        except ExportError as error:
            self._refused[stack_id] = str(error)
            raise
        for name, export in list(cloudformation._exports.items()):
            if export["StackId"] == stack_id and name not in wanted:
                cloudformation._exports.pop(name)
        return resolved

    def _may_become(self, name: str, now: Mapping[str, str], wanted: Mapping[str, str] | None) -> None:
        if wanted is not None and wanted["Value"] == now["Value"]:
            return
        importers = self._importers(name)
        if importers:
            verb = "deleted" if wanted is None else "updated"
            raise ExportError(f"Export {name} cannot be {verb} as it is in use by {importers}")

    async def roll_back_operation(
        self, stack_name: str, stack_id: str, stack: Stack, operation: dict[str, object], *rest: str
    ) -> None:
        """Undo a failed operation of a stack. Only the first event has the reason."""
        reason = self._refused.pop(stack_id, None)
        if reason is not None:
            events = cloudformation._stack_events[stack_id]
            if events[-1]["ResourceStatusReason"] == reason:
                events.pop()
            rest = (reason,)
        await self._roll_back(stack_name, stack_id, stack, operation, *rest)

    def delete_stack(self, parameters: Mapping[str, object]) -> tuple[int, dict[str, str], bytes]:
        """Answer DeleteStack."""
        stack = handlers._resolve_stack(handlers._p(parameters, "StackName"))
        reason = self._in_use(stack) if stack else None
        if stack is None or reason is None or stack.get("EnableTerminationProtection"):
            answer: tuple[int, dict[str, str], bytes] = self._delete_stack(parameters)
            return answer
        stack["StackStatusReason"] = reason
        for status, why in (("DELETE_IN_PROGRESS", "User Initiated"), (stack["StackStatus"], reason)):
            stack_id, name = stack["StackId"], stack["StackName"]
            stacks._add_event(stack_id, name, name, _STACK, status, why, stack_id)
        accepted: tuple[int, dict[str, str], bytes] = handlers._xml(200, "DeleteStackResponse", "")
        return accepted

    def _in_use(self, stack: Stack) -> str | None:
        for name, export in cloudformation._exports.items():
            if export["StackId"] == stack["StackId"] and (importers := self._importers(name)):
                return f"Export {name} cannot be deleted as it is in use by {importers}"
        return None


def _refuse_second(name: str, export: Mapping[str, str]) -> None:
    owner = export["StackId"].split("/")[1]
    raise ExportError(
        f"Export with name {name} is already exported by stack {owner}. Rollback requested by user."
    )
