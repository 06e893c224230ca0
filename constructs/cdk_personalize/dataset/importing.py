"""The permissions that an import from S3 needs (rule 184)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_personalize.dataset.prefix import PREFIX
from cdk_personalize.model import service_access, value_types
from cdk_personalize.model.findings import InvalidConstructError
from cdk_personalize.model.objects import BUCKET, ROLE

if TYPE_CHECKING:
    from aws_cdk import aws_s3 as s3


class Importing:
    """Imports into a dataset. List it after `Resource` in the base classes of a construct."""

    def grant_import(
        self, bucket: s3.IBucket, prefix: str = "", *, role: iam.IRole | None = None
    ) -> iam.IRole:
        """Allow the service to import data from a bucket: what CreateDatasetImportJob needs.

        Both the role and the bucket's policy must allow it, and with a bucket encrypted by a KMS key also the
        key's policy
        (https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-s3-access.html). Synthesis
        warns of each policy that the CDK can't change, because the app doesn't define the bucket or the key.
        The service can't read a bucket that only a VPC can.

        Whoever creates the import job needs iam:PassRole on the role: `role.grant_pass_role(grantee)`.

        Args:
            bucket: The bucket with the data.
            prefix: What the keys of the data begin with, such as `movies/`. Default: - the whole bucket.
            role: The role that the service assumes. Default: - one of this dataset's own, which repeated
                calls share.

        Returns:
            The role, for the `roleArn` of CreateDatasetImportJob.

        Raises:
            InvalidConstructError: There can't be an import with these arguments.
        """
        assert isinstance(self, Construct)  # noqa: S101 (see the class)
        problems = [
            *value_types.required(BUCKET, bucket, "bucket"),
            *value_types.required(PREFIX, prefix, "prefix"),
            *value_types.problems(ROLE, role, "role"),
        ]
        if problems:
            raise InvalidConstructError(self.node.path, problems)
        if role is None:
            found = self.node.try_find_child(_ROLE)
            role = found if isinstance(found, iam.Role) else service_access.service_role(self, _ROLE)
        allowed = {"s3:GetObject": bucket.arn_for_objects(f"{prefix}*"), "s3:ListBucket": bucket.bucket_arn}
        for action, arn in allowed.items():
            role.add_to_principal_policy(iam.PolicyStatement(actions=[action], resources=[arn]))
        needed = [
            iam.PolicyStatement(actions=[action], resources=[arn], principals=[service_access.service()])
            for action, arn in allowed.items()
        ]
        added = [bucket.add_to_resource_policy(statement).statement_added for statement in needed]
        if not all(added):
            service_access.warn_of_policy(self, "bucket", bucket.node.path, *needed)
        if bucket.encryption_key is not None:
            service_access.allow_key(self, bucket.encryption_key, role, "encryption_key")
        return role


_ROLE = "ImportRole"
