"""Every name of ministack that is used, so that an upgrade says here what it moved."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import ministack.app as gateway
import pytest
from ministack.core import iam_actions, iam_evaluator, lambda_runtime, responses, router
from ministack.services import cloudformation, eventbridge, iam, lambda_svc, s3, tagging
from ministack.services.cloudformation import changesets, custom_resource, handlers, provisioners, stacks

from personalize_local.ministack import workers

ROOT = Path(__file__).parents[2]

TABLES = [
    (gateway, "SERVICE_REGISTRY"),
    (gateway, "SERVICE_HANDLERS"),
    (gateway, "_loaded_modules"),
    (router, "SERVICE_PATTERNS"),
    (provisioners, "_RESOURCE_HANDLERS"),
    (provisioners, "_REPLACING_PROPERTIES"),
    (handlers, "_ACTION_HANDLERS"),
    (custom_resource, "_pending"),
    (tagging, "_COLLECTORS"),
]

FUNCTIONS: list[tuple[Callable[..., Any], list[str]]] = [
    (gateway.app, ["scope", "receive", "send"]),
    (gateway._lazy_handler, ["module_name"]),
    (responses.get_region, []),
    (responses.get_account_id, []),
    (router.extract_access_key_id, ["headers", "query_params"]),
    (
        iam_evaluator.enforce,
        ["access_key_id", "iam_action", "service", "region", "resource_arn", "service_context"],
    ),
    (iam_actions.identity_denial_message, ["action", "principal_arn", "resource", "explicit_deny"]),
    (
        iam_actions.extract_resource_arn,
        ["service", "method", "path", "headers", "body", "query_params", "region", "account_id"],
    ),
    (eventbridge._delete_rule, ["data"]),
    (eventbridge._list_targets_by_rule, ["data"]),
    (eventbridge._rule_key, ["rule_name", "bus_name"]),
    (responses.error_response_json, ["code", "message", "status", "extra", "message_key", "content_type"]),
    (eventbridge._rules.get, ["key", "default"]),
    (eventbridge._targets.get, ["key", "default"]),
    (tagging._normalise_ecs, ["tag_list"]),
    (lambda_runtime.reset, []),
    (lambda_runtime.invalidate_worker, ["func_name", "qualifier", "account", "region"]),
    (stacks._runs_on_worker_thread, ["resource_type"]),
    (stacks._roll_back_operation, ["stack_name", "stack_id", "stack", "operation", "reason_override"]),
    (stacks._with_dependencies, ["logical_ids", "res_defs", "remaining"]),
    (
        stacks._add_event,
        [
            "stack_id",
            "stack_name",
            "logical_id",
            "resource_type",
            "status",
            "reason",
            "physical_id",
            "detailed_status",
        ],
    ),
    (
        stacks._resolve_stack_outputs,
        [
            "outputs_defs",
            "conditions",
            "resources",
            "param_values",
            "mappings",
            "stack_name",
            "stack_id",
        ],
    ),
    (
        stacks._resolve_refs,
        ["value", "resources", "params", "conditions", "mappings", "stack_name", "stack_id"],
    ),
    (handlers._imported_export_names, ["stack", "stack_name"]),
    (handlers._ACTION_HANDLERS["DeleteStack"], ["params"]),
    (handlers._xml, ["status", "root_tag", "inner"]),
    (lambda_svc._execute_function_warm, ["func", "event", "request_id"]),
    (lambda_svc._execute_function_with_config_scope, ["func", "event"]),
    (lambda_runtime._worker_class_for, ["config"]),
    (lambda_runtime._signal, ["proc"]),
    (lambda_runtime._collect, ["proc", "deadline"]),
    (lambda_runtime.Worker._spawn, ["self"]),
    (lambda_runtime.Worker._drain_stderr, ["self"]),
    (s3._bucket_has_versions, ["name"]),
    (s3._put_object, ["bucket_name", "key", "body", "headers"]),
    (responses.set_request_account_id, ["access_key_id"]),
    (s3._get_object_data, ["bucket_name", "key", "version_id"]),
    (iam._roles.get_scoped, ["account_id", "region", "key", "default"]),
    (iam_evaluator.evaluate, ["ctx", "policies", "limits"]),
    (iam_evaluator.evaluate_resource_policy, ["doc", "ctx", "service", "named_only", "direct_only"]),
    (iam_evaluator._gather_role_policies, ["role_name", "account_id"]),
    (iam_evaluator._service_principal_matches, ["principal", "service"]),
    (provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"]["create"], ["logical_id", "props", "stack_name"]),
    (
        provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"]["update"],
        ["physical_id", "old_props", "new_props", "stack_name"],
    ),
    (provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"]["delete"], ["physical_id", "props"]),
    (stacks._delete_stack_async, ["stack_name", "stack_id", "retain_resources", "force"]),
    (handlers._resolve_stack, ["stack_name"]),
    (handlers._ACTION_HANDLERS["CancelUpdateStack"], ["params"]),
    (custom_resource.register_token, ["token"]),
    (custom_resource.deliver_response, ["token", "response"]),
    (
        custom_resource.invoke_custom_resource,
        [
            "request_type",
            "logical_id",
            "props",
            "stack_name",
            "stack_id",
            "resource_type",
            "physical_id",
            "old_props",
        ],
    ),
    (
        provisioners._update_resource,
        [
            "resource_type",
            "physical_id",
            "old_props",
            "new_props",
            "stack_name",
            "logical_id",
            "old_attrs",
        ],
    ),
    (
        provisioners._delete_resource,
        ["resource_type", "physical_id", "props", "stack_name", "logical_id"],
    ),
    (provisioners._provision_resource, ["resource_type", "logical_id", "props", "stack_name"]),
    (provisioners._delete_predecessor, ["delete_fn", "args", "kwargs"]),
    (provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"]["delete"], ["physical_id", "props"]),
    (provisioners._RESOURCE_HANDLERS["AWS::SQS::Queue"]["create"], ["logical_id", "props", "stack_name"]),
]

# The members that the project reads from the record of a failed operation.
OPERATION = ("failed_logical_id", "failed_update", "created", "replaced_ids", "template")


def test_version__is_the_one_that_is_pinned() -> None:
    assert f"ministack=={version('ministack')}" in (ROOT / "requirements-local.txt").read_text().splitlines()


@pytest.mark.parametrize(("module", "name"), TABLES, ids=lambda value: getattr(value, "__name__", value))
def test_table__is_a_dict_of_the_module(module: object, name: str) -> None:
    assert isinstance(getattr(module, name), dict)


@pytest.mark.parametrize(
    ("function", "parameters"), FUNCTIONS, ids=lambda value: getattr(value, "__name__", "")
)
def test_function__takes_what_it_is_given(function: Callable[..., Any], parameters: list[str]) -> None:
    assert list(inspect.signature(function).parameters) == parameters


def test_rollback__is_looked_up_when_it_is_called() -> None:
    assert "await _roll_back_operation(" in inspect.getsource(stacks._deploy_stack_async)
    assert "_runs_on_worker_thread(" in inspect.getsource(stacks._deploy_stack_async)


def test_operations__are_looked_up_when_they_are_begun() -> None:
    assert "_delete_stack_async(" in inspect.getsource(handlers._delete_stack)
    assert "_deploy_stack_async(" in inspect.getsource(handlers._create_stack)
    assert "_deploy_stack_async(" in inspect.getsource(handlers._update_stack)
    assert "_deploy_stack_async(" in inspect.getsource(changesets._execute_change_set)
    assert "_delete_resource" in vars(stacks)


def test_update__its_functions_and_tables_are_looked_up_when_they_are_used() -> None:
    source = inspect.getsource(stacks._deploy_stack_async)
    outputs, cleanup = source.index("= _resolve_stack_outputs("), source.index("# Replacement cleanup")
    assert outputs < cleanup < source.index("_exports.update(new_exports)")
    assert "_update_resource(" in inspect.getsource(stacks._update_keeping_seed)
    assert "_provision_resource(" in inspect.getsource(stacks._provision_keeping_seed)
    assert "_provision_resource(" in inspect.getsource(provisioners._cfn_nested_stack_deploy)
    assert "import _add_event, " in inspect.getsource(provisioners._cfn_nested_stack_deploy)
    assert "in _imported_export_names(" in inspect.getsource(handlers._list_imports)
    assert {"_exports", "_stack_events", "_stacks"} <= vars(cloudformation).keys()


def test_worker__is_what_workers_expects() -> None:
    spawn, invoke = (inspect.getsource(getattr(lambda_runtime.Worker, name)) for name in ("_spawn", "invoke"))
    assert "raise RuntimeError(f\"Worker init failed: {response.get('error')}\")" in spawn
    assert "self._stderr_thread = threading.Thread(" in spawn
    assert '"error": "Worker process died"' in invoke
    assert "_execute_function_warm(func, event, request_id)" in inspect.getsource(
        lambda_svc._execute_function_dispatch
    )
    assert "log_text.splitlines()" in inspect.getsource(lambda_svc._emit_lambda_logs)
    assert "_execute_function_with_config_scope(" in inspect.getsource(custom_resource.invoke_custom_resource)
    assert {"_buckets", "_bucket_policies", "_bucket_tags"} <= vars(s3).keys()


def test_scripts_of_workers__have_every_text_that_is_edited_once() -> None:
    assert "_ms_failed(e)" in workers._python_script(lambda_runtime._PYTHON_WORKER_SCRIPT)
    assert "_msFailed(err)" in workers._node_script(lambda_runtime._NODEJS_WORKER_SCRIPT)
    with pytest.raises(RuntimeError, match="this is not the ministack that is pinned"):
        workers._node_script("")


def test_request__is_registered_in_the_thread_that_waits_for_its_answer() -> None:
    source = inspect.getsource(custom_resource.invoke_custom_resource)
    assert source.index("= register_token(token)") < source.index("event_obj.wait(")
    assert 'entry["result"] is None' in source


def test_cancellation__is_noted_on_the_stack() -> None:
    assert 'stack["_cancel_requested"] = True' in inspect.getsource(handlers._cancel_update_stack)


def test_nested_stacks__are_updated_through_the_module_and_know_their_parent() -> None:
    source = inspect.getsource(provisioners._cfn_nested_stack_deploy)
    assert "= _update_resource(" in source
    assert '"_parent_stack_name": parent_stack_name' in source
    assert "_update_resource" in vars(stacks)


def test_failed_operation__has_what_the_rollback_is_told_with() -> None:
    operation = stacks._failed_operation(
        True, {}, ["A"], ("B", "T", "id", {}, {}, {}), "B", [], False, {}, {}, False, [], []
    )
    assert set(OPERATION) <= operation.keys()
    assert isinstance(operation["created"], list)
    assert isinstance(operation["replaced_ids"], list)
    assert operation["failed_update"][2] == "id"


def test_enforcement__knows_whether_it_is_on() -> None:
    assert gateway.AUTH is False
    assert {"code", "message"} <= set(inspect.signature(iam_evaluator.AuthError).parameters)
    asked = {"principal_arn", "principal_type", "principal_account", "action", "resource_arn", "region"}
    assert asked <= set(inspect.signature(iam_evaluator.EvalContext).parameters)
    assert {"decision", "principal_arn"} <= set(inspect.signature(iam_evaluator.EvalResult).parameters)


def test_reset__asks_every_module_of_the_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    class Module:
        def reset(self) -> None:
            asked.append("reset")

    monkeypatch.setitem(gateway.SERVICE_REGISTRY, "ours", {"module": "ours"})
    monkeypatch.setitem(gateway._loaded_modules, "ours", Module())
    gateway._reset_all_state()
    assert asked == ["reset"]
