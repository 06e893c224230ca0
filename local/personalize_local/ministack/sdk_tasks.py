"""SDK integrations of state machines, as calls of botocore to this server, signed by the machine's role.

ministack has a table of services with neither Personalize nor CloudFormation, folds capitals that the names
keep, turns empty lists into "", and makes the calls past its own policies. botocore's models know every
service and member, and the server checks these calls as it checks any other.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Mapping
from functools import cache
from typing import Any

import botocore.session
import ministack.app as gateway
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.model import OperationModel, ServiceModel
from ministack.core import responses
from ministack.services import stepfunctions, sts

from personalize_local.address import HOST
from personalize_local.ministack import executions, sdk_names

SDK = "arn:aws:states:::aws-sdk:"

# Services whose name in the Java SDK is not botocore's without hyphens.
_BOTOCORE = {
    "cloudwatchlogs": "logs",
    "cognitoidentityprovider": "cognito-idp",
    "efs": "efs",
    "eventbridge": "events",
    "elasticloadbalancingv2": "elbv2",
    "sfn": "stepfunctions",
}
# Integrations of their own, which take and answer the API's own names.
_OPTIMIZED = {
    "sns:publish": ("sns", "Publish", "SNS"),
    "events:putEvents": ("events", "PutEvents", "EventBridge"),
}

_lock = threading.Lock()


class UnknownOperationError(Exception):
    """There is no such service, or the service has no such operation."""


def register() -> None:
    """Let state machines call every service of this server by its role."""
    stepfunctions._invoke_aws_sdk_integration = _invoke
    for resource, (service, operation, prefix) in _OPTIMIZED.items():
        stepfunctions._SERVICE_DISPATCH[f"arn:aws:states:::{resource}"] = _optimized(
            service, operation, prefix
        )


def operation(resource: str) -> tuple[OperationModel, str]:
    """The operation that the ARN of an SDK integration names, and the service's name in errors.

    Raises:
        UnknownOperationError: There is none.
    """
    service, _, action = resource.removeprefix(SDK).partition(":")
    name = _services().get(service)
    if name is None:
        raise UnknownOperationError(resource)
    model = _model(name)
    api_name = action[:1].upper() + action[1:]
    if not action[:1].islower() or api_name not in model.operation_names:
        raise UnknownOperationError(resource)
    return model.operation_model(api_name), _prefix(service, model)


def call(resource: str, parameters: Any, role: str | None) -> Any:
    """Make the call of an SDK integration.

    Args:
        resource: Its ARN.
        parameters: The request, in the names of state machines.
        role: The ARN of the role that calls. Default: - the account's root.
    """
    try:
        model, prefix = operation(resource)
    except UnknownOperationError as error:
        raise _runtime_error(f"The resource {resource} is not known to Step Functions") from error
    try:
        request = sdk_names.request(parameters, model.input_shape)
    except sdk_names.FieldError as error:
        text = f"The Parameters '{json.dumps(parameters)}' could not be used to start the Task: [{error}]"
        raise _runtime_error(text) from error
    return sdk_names.answer(_send(model, prefix, request, role), model.output_shape)


def _invoke(resource: str, parameters: Any) -> Any:
    return call(resource.replace(".waitForTaskToken", ""), parameters, executions.role())


def _optimized(service: str, operation_name: str, prefix: str) -> Any:
    def invoke(_resource: str, parameters: Mapping[str, Any]) -> Any:
        model = _model(service).operation_model(operation_name)
        answer = _send(model, prefix, _texts(parameters), executions.role())
        if answer.get("FailedEntryCount"):
            cause = json.dumps(answer)
            raise stepfunctions._ExecutionError(f"{prefix}.FailedEntry", cause)
        return answer

    return invoke


def _texts(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters with JSON where the API has a text: a message, or the detail of an event."""
    texts: dict[str, Any] = {
        key: json.dumps(value) if key == "Message" and not isinstance(value, str) else value
        for key, value in parameters.items()
    }
    if "Entries" in texts:
        texts["Entries"] = [
            {k: json.dumps(v) if k == "Detail" and not isinstance(v, str) else v for k, v in entry.items()}
            for entry in texts["Entries"]
        ]
    return texts


def _send(model: OperationModel, prefix: str, request: Mapping[str, Any], role: str | None) -> dict[str, Any]:
    service = model.service_model
    try:
        answer: dict[str, Any] = _client(service.service_name, role)._make_api_call(model.name, request)
    except ClientError as error:
        name = sdk_names.error(service, prefix, error.response["Error"]["Code"])
        metadata = error.response["ResponseMetadata"]
        cause = (
            f"{error.response['Error']['Message']} (Service: {prefix}, Status Code: "
            f"{metadata['HTTPStatusCode']}, Request ID: {metadata.get('RequestId', 'none')})"
        )
        raise stepfunctions._ExecutionError(name, cause) from error
    except (BotoCoreError, TypeError, ValueError, AttributeError) as error:
        raise _runtime_error(f"The call of {model.name} could not be made: {error}") from error
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def _runtime_error(cause: str) -> Exception:
    error: Exception = stepfunctions._ExecutionError("States.Runtime", cause)
    return error


def _client(service: str, role: str | None) -> Any:
    key, secret, token = _credentials(role)
    return _client_of(service, responses.get_region(), key, secret, token)


@cache
def _client_of(service: str, region: str, key: str, secret: str, token: str | None) -> Any:
    with _lock:
        return _session().create_client(
            service,
            region_name=region,
            endpoint_url=f"http://{HOST}:{os.environ['GATEWAY_PORT']}",
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            aws_session_token=token,
            # The service judges the values, as behind the Java SDK.
            config=Config(
                parameter_validation=False,
                inject_host_prefix=False,
                retries={"mode": "standard", "total_max_attempts": 1},
                read_timeout=900,
                proxies={},
                s3={"addressing_style": "path"},
            ),
        )


def _credentials(role: str | None) -> tuple[str, str, str | None]:
    """A session of the role where policies are enforced, as ministack makes one for a function."""
    account = responses.get_account_id()
    if not gateway.AUTH or role is None:
        return account, "test", None
    digest = hashlib.sha256(f"states:{account}:{role}".encode()).hexdigest()
    key, secret, token = f"ASIA{digest[:16].upper()}", digest[16:56], digest[::-1]
    name = role.rpartition("/")[2]
    sts.register_session(
        key,
        {
            "Arn": f"arn:aws:sts::{account}:assumed-role/{name}/StepFunctions",
            "UserId": f"{name}:StepFunctions",
            "SecretAccessKey": secret,
            "SessionToken": token,
        },
    )
    return key, secret, token


@cache
def _session() -> botocore.session.Session:
    return botocore.session.Session()


@cache
def _services() -> dict[str, str]:
    """The names of services in botocore by those of the Java SDK."""
    return {name.replace("-", ""): name for name in _session().get_available_services()} | _BOTOCORE


@cache
def _model(service: str) -> ServiceModel:
    with _lock:
        return _session().get_service_model(service)


def _prefix(service: str, model: ServiceModel) -> str:
    known = stepfunctions._AWS_SDK_ERROR_PREFIX.get(service)
    return known or str(model.service_id).replace(" ", "")
