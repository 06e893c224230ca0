"""The objects in ministack's S3 that jobs read and write, and whether the policies allow it (rule 184).

Policies count only where IAM is enforced. Then both must allow it: those of the role, which Amazon
Personalize must be able to assume, and the policy of the bucket, for the principal
`personalize.amazonaws.com`.
"""

from __future__ import annotations

import contextvars
from collections.abc import Iterator, Sequence
from functools import partial

import ministack.app as gateway
from ministack.core import iam_evaluator, responses
from ministack.services import iam, s3

from personalize_local.authorization import PRINCIPAL
from personalize_local.ministack.trust import trusts
from personalize_local.simulator import Scope
from personalize_local.simulator.engine.objects import Location, ObjectsError, StoredObject

_OK = 200


def read(location: Location, scope: Scope, role_arn: str | None) -> Sequence[StoredObject]:
    """Return the objects at a location (see `ReadObjects`)."""
    account = _of_account(scope)
    keys = account.run(_keys, location, scope, role_arn)
    # A job reads in another thread: each reading has a copy of its own.
    return [StoredObject(key, partial(account.copy().run, _content, location.bucket, key)) for key in keys]


def write(location: Location, content: bytes, scope: Scope, role_arn: str | None) -> None:
    """Write an object (see `WriteObject`)."""
    account = _of_account(scope)
    if gateway.AUTH:
        arn = f"arn:{scope.partition}:s3:::{location.bucket}/{location.key}"
        account.run(_require_allowed, "s3:PutObject", arn, scope, role_arn)
    status, *_ = account.run(s3._put_object, location.bucket, location.key, content, {})
    if status != _OK:
        raise ObjectsError(f"There is no bucket {location.bucket}.")


def _of_account(scope: Scope) -> contextvars.Context:
    """A context in which ministack works for an account, whatever the account of the current call is."""
    context = contextvars.copy_context()
    context.run(responses.set_request_account_id, scope.account)
    return context


def _keys(location: Location, scope: Scope, role_arn: str | None) -> list[str]:
    """The keys of the objects at a location, all of which may be read."""
    bucket = s3._buckets.get(location.bucket)
    arn = f"arn:{scope.partition}:s3:::{location.bucket}"
    if gateway.AUTH:
        _require_allowed("s3:ListBucket", arn, scope, role_arn)
    if bucket is None:
        raise ObjectsError(f"There is no bucket {location.bucket}.")
    keys = location.require(bucket["objects"])
    if gateway.AUTH:
        for key in keys:
            _require_allowed("s3:GetObject", f"{arn}/{key}", scope, role_arn)
    return keys


def _content(bucket: str, key: str) -> bytes:
    content: bytes | None = s3._get_object_data(bucket, key)
    if content is None:
        raise ObjectsError(f"There is no object s3://{bucket}/{key} any more.")
    return content


def _require_allowed(action: str, resource: str, scope: Scope, role_arn: str | None) -> None:
    """Refuse what the role or the bucket does not allow. The service's words are not known (?)."""
    bucket = resource.partition(":::")[2].partition("/")[0]
    for obstacle in _obstacles(action, resource, bucket, scope, role_arn):
        raise ObjectsError(f"Insufficient privileges for accessing data in S3: {obstacle}.")


def _obstacles(action: str, resource: str, bucket: str, scope: Scope, role_arn: str | None) -> Iterator[str]:
    name = (role_arn or "").rpartition("/")[2]
    role = iam._roles.get_scoped(scope.account, None, name)
    if role is None:
        yield f"there is no role {role_arn}" if role_arn else "the job has no roleArn"
    elif not trusts(role["AssumeRolePolicyDocument"], PRINCIPAL):
        yield f"the trust policy of {role_arn} does not let {PRINCIPAL} assume it"
    asked = iam_evaluator.EvalContext(
        principal_arn=f"arn:{scope.partition}:sts::{scope.account}:assumed-role/{name}/PersonalizeSession",
        principal_type="AssumedRole",
        principal_account=scope.account,
        action=action,
        resource_arn=resource,
        region=scope.region,
    )
    policies = iam_evaluator._gather_role_policies(name, scope.account)
    if iam_evaluator.evaluate(asked, policies).decision != "Allow":
        yield f"no policy of {role_arn} allows {action} on {resource}"
    asked.principal_arn, asked.principal_type = PRINCIPAL, "AWSService"
    policy = s3._bucket_policies.get(bucket)
    if iam_evaluator.evaluate_resource_policy(policy, asked, PRINCIPAL).decision != "Allow":
        yield f"the policy of the bucket {bucket} does not allow {PRINCIPAL} {action} on {resource}"
