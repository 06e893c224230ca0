"""Amazon Personalize as one of ministack's services, with its IAM checks."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from functools import partial
from typing import Any

import ministack.app as gateway
from ministack.core import iam_actions, iam_evaluator, responses, router

from personalize_local.authorization import permissions
from personalize_local.ministack import metrics
from personalize_local.simulator import Personalize, Response, Scope, ServiceError
from personalize_local.simulator.engine.http import target
from personalize_local.simulator.engine.wire import refused

_SERVICE = "personalize"


def register(service: Personalize) -> None:
    """Register Personalize as a service of ministack in this process."""
    gateway.SERVICE_REGISTRY[_SERVICE] = {"module": _SERVICE}
    gateway._loaded_modules[_SERVICE] = _Service(service)
    gateway.SERVICE_HANDLERS[_SERVICE] = gateway._lazy_handler(_SERVICE)
    router.SERVICE_PATTERNS[_SERVICE] = {"target_prefixes": ["AmazonPersonalize."]}


def scope() -> Scope:
    """Return the account and Region of the current call."""
    return Scope.of(responses.get_region(), responses.get_account_id())


class _Service:
    """The module of a service, as ministack calls it."""

    def __init__(self, service: Personalize) -> None:
        self._service = service

    async def handle_request(
        self,
        _method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
        query: Mapping[str, list[str]],
    ) -> tuple[int, dict[str, str], bytes]:
        asked = target(path, headers)
        operation = asked.rpartition(".")[2]
        request = _request(body)
        denied = _denial(self._service, operation, headers, request, query) if gateway.AUTH else None
        began = time.perf_counter()
        response = denied or self._service.respond(asked, body, scope())
        metrics.publish(operation, request, response.status, (time.perf_counter() - began) * 1000)
        return response.status, response.headers, response.body

    def reset(self) -> None:
        self._service.reset()

    def get_state(self) -> None:
        """Nothing is saved between runs."""


def _request(body: bytes) -> Mapping[str, Any]:
    """The members of a request, if it has any."""
    try:
        request = json.loads(body or b"{}")
    except ValueError:
        return {}
    return request if isinstance(request, Mapping) else {}


def _denial(
    service: Personalize,
    operation: str,
    headers: Mapping[str, str],
    request: Mapping[str, Any],
    query: Mapping[str, list[str]],
) -> Response | None:
    """The response if the caller's policies do not allow the call."""
    where = scope()
    caller = router.extract_access_key_id(headers, query)
    for permission in permissions(operation, request, where, partial(service.tags_of, where)):
        verdict = iam_evaluator.enforce(
            caller,
            permission.action,
            _SERVICE,
            where.region,
            resource_arn=permission.resource,
            service_context=dict(permission.keys),
        )
        if isinstance(verdict, iam_evaluator.AuthError):
            return refused(operation, ServiceError(verdict.code, verdict.message))
        if verdict is not None:
            message = iam_actions.identity_denial_message(
                permission.action, verdict.principal_arn, permission.resource, verdict.decision == "Deny"
            )
            return refused(operation, ServiceError("AccessDeniedException", message))
    return None
