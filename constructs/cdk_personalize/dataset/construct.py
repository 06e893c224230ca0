"""The `Dataset` construct."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import jsii
from aws_cdk import Names, RemovalPolicy, TagManager
from constructs import Construct, IValidation

from cdk_personalize.dataset.base import IDataset
from cdk_personalize.dataset.existing import ExistingDataset
from cdk_personalize.dataset.importing import Importing
from cdk_personalize.dataset_group.arn import DatasetGroupArn
from cdk_personalize.dataset_group.members import MEMBERS
from cdk_personalize.model import value_types
from cdk_personalize.model.annotations import annotate
from cdk_personalize.model.findings import Doubt, InvalidConstructError, Problem, path_of, problems_in
from cdk_personalize.model.kind import Kind
from cdk_personalize.model.names import RESOURCE_NAME
from cdk_personalize.model.native import NativeResource
from cdk_personalize.model.places import doubts
from cdk_personalize.model.removal import removal_problems
from cdk_personalize.model.value_types import Choice
from cdk_personalize.schema.columns import DatasetType, Domain
from cdk_personalize.schema.construct import Schema
from cdk_personalize.schema.rules import find_problems

if TYPE_CHECKING:
    from aws_cdk.interfaces.aws_personalize import IDatasetGroupRef

    from cdk_personalize.dataset_group.base import IDatasetGroup
    from cdk_personalize.schema.base import ISchema

# What CloudFormation's type takes. It has neither actions nor action interactions.
_NATIVE_TYPES = {
    DatasetType.INTERACTIONS: "Interactions",
    DatasetType.ITEMS: "Items",
    DatasetType.USERS: "Users",
}


class Dataset(NativeResource, Importing):
    """Define a dataset: the interactions, items or users of a dataset group.

    It starts empty. Data gets into it by import jobs (`grant_import` gives what they need), and as events and
    records that apps send.

    Updated in place: nothing, not even tags.

    Replaced when anything changes. CloudFormation deletes the old dataset **with its data** first, because a
    dataset group has only one of each type; then import the data again. Events that apps sent are lost. To
    add columns to items or users and keep the data, call UpdateDataset instead, with a new schema (rule 182);
    CloudFormation doesn't know of that, so leave the stack as it is.

    Deleted: after the solutions and filters of the dataset group in the same stack, and before the dataset
    group; with its data, unless you retain it.

    Tags: `Tags.of(scope).add` reaches it, with a warning: a later change of any tag replaces the dataset.

    Args:
        scope: The parent construct.
        id: The construct's id in that scope.
        dataset_group: The dataset group: an ARN, a token, an `IDatasetGroup`, or a native `CfnDatasetGroup`.
        schema: Its columns.
        dataset_type: Interactions, items or users: CloudFormation takes no others.
            Default: - that of the schema, which must be a `Schema` of this app.
        dataset_name: 1 to 63 letters, digits, - or _. Default: - generated from the construct's path.
        removal_policy: What happens to it when it leaves the stack. To retain it, retain its dataset group
            and schema too. Default: RemovalPolicy.DESTROY.

    Raises:
        InvalidConstructError: The service would reject the arguments, or the dataset group has another
            dataset of the type in this app. It lists everything that is wrong.
    """

    KIND = Kind(name="dataset", resource_type="AWS::Personalize::Dataset")

    @classmethod
    def from_dataset_arn(cls, scope: Construct, id: str, dataset_arn: str) -> IDataset:
        """Refer to an existing dataset. It adds nothing to the template, and looks nothing up.

        Args:
            scope: The parent construct.
            id: The construct's id in that scope.
            dataset_arn: Its ARN, or a token.

        Raises:
            InvalidConstructError: It is not the ARN of a dataset.
        """
        return ExistingDataset(scope, id, dataset_arn)

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        dataset_group: str | IDatasetGroup | IDatasetGroupRef,
        schema: ISchema,
        dataset_type: DatasetType | None = None,
        dataset_name: str | None = None,
        removal_policy: RemovalPolicy | None = None,
    ) -> None:
        findings: list[Problem] = [
            *value_types.required(DatasetGroupArn(), dataset_group, "dataset_group"),
            *_schema_problems(schema),
            *_type_problems(schema, dataset_type),
            *value_types.problems(RESOURCE_NAME, dataset_name, "dataset_name"),
            *removal_problems(self.KIND, removal_policy),
        ]
        known = dataset_type or (schema.dataset_type if isinstance(schema, Schema) else None)
        if not problems_in(findings) and known is not None:
            findings += _group_problems(scope, dataset_group, schema, known)
        problems = problems_in(findings)
        if problems or known is None:
            raise InvalidConstructError(path_of(scope, id), problems)
        super().__init__(scope, id)
        self.dataset_type = known
        """The type of its data."""
        self.schema = schema
        """Its columns."""
        self.dataset_name = dataset_name or Names.unique_resource_name(self, max_length=63, separator="-")
        """The dataset's name, given or generated."""
        arn = self._dataset_group_arn = DatasetGroupArn().wire(dataset_group)
        self._define(
            {
                "Name": self.dataset_name,
                "DatasetType": _NATIVE_TYPES[known],
                "DatasetGroupArn": arn,
                "SchemaArn": schema.schema_arn,
            }
        )
        if removal_policy is not None:
            self._resource.apply_removal_policy(removal_policy)
        MEMBERS.add(scope, self, dataset_group, self.KIND.name)
        named = [("dataset_group", arn), ("schema", schema.schema_arn)]
        annotate(self, [*findings, *doubts(scope, named)])

    @property
    def dataset_arn(self) -> str:
        """The dataset's ARN."""
        return self._attribute("DatasetArn")

    @property
    def cdk_tag_manager(self) -> TagManager:
        """CDK's tag aspects write to it."""
        is_first = self._tag_manager is None
        manager = super().cdk_tag_manager
        if is_first:
            self._resource.node.add_validation(_TagWarning(self, manager))
        return manager


@jsii.implements(IValidation)
class _TagWarning:
    """A warning of tags, given at synthesis, when it is known whether there are any."""

    def __init__(self, dataset: Dataset, manager: TagManager) -> None:
        self._dataset = dataset
        self._manager = manager

    def validate(self) -> list[str]:
        if self._manager.tag_values():
            annotate(self._dataset, [_TAGS_REPLACE])
        return []


_TAGS_REPLACE = Doubt(
    id="dataset-tags",
    argument="tags",
    value="tags on a dataset",
    rule="should stay as they are: a later change of any of them deletes the dataset with its data",
    fix="keep changing tags away with Tags.of(scope).add(...,"
    " exclude_resource_types=['AWS::Personalize::Dataset']), then acknowledge this warning",
)


def _schema_problems(schema: Any) -> Iterator[Problem]:
    if not hasattr(type(schema), "schema_arn"):
        yield Problem(
            argument="schema",
            value=schema,
            rule="must be a schema",
            fix="pass a Schema, or a Schema.from_schema_arn(...)",
        )


def _type_problems(schema: Any, dataset_type: Any) -> Iterator[Problem]:
    wrong = [*value_types.problems(Choice(DatasetType), dataset_type, "dataset_type")]
    yield from wrong
    if wrong:
        return
    of_schema = schema.dataset_type if isinstance(schema, Schema) else None
    known = dataset_type or of_schema
    if known is None:
        yield Problem(
            argument="dataset_type",
            value=None,
            rule="must be given: this app doesn't define the schema",
            fix="pass a member of DatasetType",
        )
    elif of_schema not in {None, known}:
        yield Problem(
            argument="dataset_type",
            value=known,
            rule=f"must be that of the schema, {of_schema}",
            fix="leave it out, or pass another schema",
        )
    elif known not in _NATIVE_TYPES:
        yield Problem(
            argument="dataset_type",
            value=known,
            rule=f"must be one of {', '.join(_NATIVE_TYPES)}: CloudFormation takes no others",
            fix="call CreateDataset with the schema's ARN in a script",
        )


def _group_problems(
    scope: Construct, dataset_group: Any, schema: Any, dataset_type: DatasetType
) -> Iterator[Problem]:
    for other in MEMBERS.of(scope, dataset_group, Dataset.KIND.name):
        if other.dataset_type == dataset_type:
            yield Problem(
                argument="dataset_group",
                value=other.node.path,
                rule=f"must have no other dataset of the type {dataset_type}: it has at most one of each",
                fix="use that one in place of this one",
            )
    if not isinstance(schema, Schema):
        return
    for group in MEMBERS.of(scope, dataset_group, "dataset group"):
        domain: Domain | None = group.domain
        if domain is not None and domain != schema.domain:
            yield Problem(
                argument="schema",
                value=schema.domain,
                rule=f"must be for the domain of the dataset group, {domain}",
                fix=f"pass domain=Domain.{domain.name} to the schema",
            )
        elif domain != schema.domain:
            found = find_problems(schema.document, dataset_type, domain, "schema.document")
            yield from problems_in(found)
