"""The `DatasetGroup` construct."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from aws_cdk import Names, RemovalPolicy
from constructs import Construct

from cdk_personalize.dataset_group.base import IDatasetGroup
from cdk_personalize.dataset_group.event_interactions import EventInteractions
from cdk_personalize.dataset_group.existing import ExistingDatasetGroup
from cdk_personalize.dataset_group.members import MEMBERS
from cdk_personalize.model import service_access, value_types
from cdk_personalize.model.findings import Problem, refusal
from cdk_personalize.model.kind import Kind
from cdk_personalize.model.names import RESOURCE_NAME
from cdk_personalize.model.native import NativeResource
from cdk_personalize.model.objects import KEY, ROLE
from cdk_personalize.model.value_types import Choice
from cdk_personalize.provider import resource
from cdk_personalize.provider.base import IPersonalizeProvider
from cdk_personalize.provider.framework import PersonalizeProvider
from cdk_personalize.schema.columns import Domain

if TYPE_CHECKING:
    from aws_cdk import aws_iam as iam
    from aws_cdk import aws_kms as kms


class DatasetGroup(NativeResource):
    """Define a dataset group: the container of datasets, and of all that is trained on them.

    Updated in place: nothing, not even tags.

    Replaced when anything changes. The replacement fails before it has any effect, because the old dataset
    group still has the name, generated or not. So a change never deletes your data by accident. To replace it
    on purpose, change `dataset_group_name` or the construct's id.

    Deleted: after everything of this app that refers to it. If an event tracker ever wrote to it, the
    provider first deletes the dataset of its events (rule 168).

    Tags: `Tags.of(scope).add` reaches it. A later change of them is a replacement, which fails. Exclude it
    from tags that change with `exclude_resource_types=["AWS::Personalize::DatasetGroup"]`.

    Args:
        scope: The parent construct.
        id: The construct's id in that scope.
        domain: Make it a domain dataset group, for recommenders. Default: - a custom one.
        kms_key: A key that encrypts its data. The key's policy must allow the service to use it; this
            construct adds that, or warns if the app doesn't define the key. Default: - a key of AWS.
        role: The role with which the service uses `kms_key`; only with that (rule 178). It gets the
            permissions. Whoever deploys needs iam:PassRole on it. Default: - a new one, if there is a key.
        dataset_group_name: 1 to 63 letters, digits, - or _, unique in the account and Region.
            Default: - generated from the construct's path.
        removal_policy: What happens to it when it leaves the stack. It can only be deleted without datasets:
            to retain its datasets, retain it too. Default: RemovalPolicy.DESTROY.
        provider: The provider that deletes the dataset of its events.
            Default: - the stack's own `PersonalizeProvider`, created if there is none.

    Raises:
        InvalidConstructError: The service would reject the arguments. It lists everything that is wrong.
    """

    KIND = Kind(name="dataset group", resource_type="AWS::Personalize::DatasetGroup")

    @classmethod
    def from_dataset_group_arn(cls, scope: Construct, id: str, dataset_group_arn: str) -> IDatasetGroup:
        """Refer to an existing dataset group. It adds nothing to the template, and looks nothing up.

        Args:
            scope: The parent construct.
            id: The construct's id in that scope.
            dataset_group_arn: Its ARN, or a token.

        Raises:
            InvalidConstructError: It is not the ARN of a dataset group.
        """
        return ExistingDatasetGroup(scope, id, dataset_group_arn)

    @classmethod
    def from_dataset_group_name(cls, scope: Construct, id: str, dataset_group_name: str) -> IDatasetGroup:
        """Refer to an existing dataset group in the stack's own account and Region.

        Args:
            scope: The parent construct.
            id: The construct's id in that scope.
            dataset_group_name: Its name, or a token.

        Raises:
            InvalidConstructError: It can't be the name of a dataset group.
        """
        return ExistingDatasetGroup(scope, id, name=dataset_group_name)

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        domain: Domain | None = None,
        kms_key: kms.IKey | None = None,
        role: iam.IRole | None = None,
        dataset_group_name: str | None = None,
        removal_policy: RemovalPolicy | None = None,
        provider: IPersonalizeProvider | None = None,
    ) -> None:
        problems = [
            *value_types.problems(Choice(Domain), domain, "domain"),
            *_key_problems(kms_key, role),
            *value_types.problems(RESOURCE_NAME, dataset_group_name, "dataset_group_name"),
            *resource.problems(self.KIND, scope, provider, removal_policy),
        ]
        if error := refusal(scope, id, problems):
            raise error
        super().__init__(scope, id)
        self.domain = domain
        """The domain; None for a custom dataset group."""
        self.dataset_group_name = dataset_group_name or Names.unique_resource_name(
            self, max_length=63, separator="-"
        )
        """The dataset group's name, given or generated."""
        properties = {"Name": self.dataset_group_name, "Domain": domain and domain.value}
        if kms_key is None:
            self._define(properties)
        else:
            role = role or service_access.service_role(self, "KeyRole")
            self._define({**properties, "KmsKeyArn": kms_key.key_arn, "RoleArn": role.role_arn})
            first = service_access.allow_key(self, kms_key, role, "kms_key")
            if first is not None:
                self._resource.node.add_dependency(first)
        self.event_interactions = EventInteractions(
            self,
            "EventInteractions",
            dataset_group_arn=self.dataset_group_arn,
            provider=provider or PersonalizeProvider.get_or_create(scope),
        )
        """What deletes the dataset of its events: event trackers depend on it."""
        if removal_policy is not None:
            self.apply_removal_policy(removal_policy)
        MEMBERS.add(scope, self, self, self.KIND.name)

    @property
    def dataset_group_arn(self) -> str:
        """The dataset group's ARN."""
        return self._attribute("DatasetGroupArn")

    def apply_removal_policy(self, policy: RemovalPolicy) -> None:
        """Set what happens to the dataset group, and to the dataset of its events, when it leaves the stack.

        Args:
            policy: Any but `RemovalPolicy.SNAPSHOT`.

        Raises:
            InvalidConstructError: A dataset group has no snapshot.
        """
        super().apply_removal_policy(policy)
        self.event_interactions.apply_removal_policy(policy)


def _key_problems(kms_key: object, role: object) -> Iterator[Problem]:
    yield from value_types.problems(KEY, kms_key, "kms_key")
    yield from value_types.problems(ROLE, role, "role")
    if role is not None and kms_key is None:
        yield Problem(
            argument="role",
            value=role,
            rule="must be left out without kms_key: the service needs it for the key only",
            fix="pass kms_key too, or leave role out",
        )
