"""The `Filter` construct."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import jsii
from constructs import Construct, IValidation

from cdk_personalize.dataset_group.arn import DatasetGroupArn
from cdk_personalize.dataset_group.members import MEMBERS
from cdk_personalize.filter import fields, rules
from cdk_personalize.filter.base import IFilter
from cdk_personalize.filter.existing import ExistingFilter
from cdk_personalize.filter.expression import parse
from cdk_personalize.model import value_types
from cdk_personalize.model.annotations import annotate
from cdk_personalize.model.content_names import content_name
from cdk_personalize.model.findings import Problem, problems_in, refusal
from cdk_personalize.model.kind import Kind
from cdk_personalize.model.names import RESOURCE_NAME
from cdk_personalize.model.native import NativeResource
from cdk_personalize.model.places import doubts
from cdk_personalize.model.tokens import is_token
from cdk_personalize.schema.construct import Schema

if TYPE_CHECKING:
    from aws_cdk.interfaces.aws_personalize import IDatasetGroupRef

    from cdk_personalize.dataset_group.base import IDatasetGroup

_MOST_FIELDS = 20  # of all filters in a dataset group (rule 147)


@jsii.implements(IValidation)
class _Fields:
    """The check of the fields against the schemas, at synthesis, when all datasets are defined."""

    def __init__(self, filter: Filter, dataset_group: Any) -> None:
        self._filter = filter
        self._dataset_group = dataset_group

    def validate(self) -> list[str]:
        datasets = MEMBERS.of(self._filter, self._dataset_group, "dataset")
        schemas = {
            str(dataset.dataset_type): dataset.schema.document["fields"]
            for dataset in datasets
            if isinstance(dataset.schema, Schema)
        }
        return [str(problem) for problem in fields.find_problems(self._filter._expression, schemas)]


class Filter(NativeResource):
    """Define a filter, which narrows recommendations to the items, actions or users of an expression.

    The expression is parsed at synthesis. Its fields are checked against the schemas of the dataset group's
    datasets that this app defines.

    Updated in place: tags.

    Created after the datasets of its dataset group in the same stack, and deleted before them.

    Replaced when anything else changes: the service can't change an expression (rule 176). The generated name
    depends on the expression, so the new filter can exist beside the old one. With an explicit `filter_name`,
    change that too, or the deploy fails.

    Args:
        scope: The parent construct.
        id: The construct's id in that scope.
        dataset_group: The dataset group: an ARN, a token, an `IDatasetGroup`, or a native `CfnDatasetGroup`.
        filter_expression: Such as `EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("purchase")`: 1 to 2,500
            characters
            (https://docs.aws.amazon.com/personalize/latest/dg/creating-filter-expressions.html). With
            deploy-time values in it, it can't be checked and needs `filter_name`.
        filter_name: 1 to 63 letters, digits, - or _, unique in the account and Region.
            Default: - generated from the stack, this construct, the dataset group and the expression.

    Raises:
        InvalidConstructError: The service would reject the arguments. It lists every problem, with its place
            in the expression.
    """

    KIND = Kind(name="filter", resource_type="AWS::Personalize::Filter")

    @classmethod
    def from_filter_arn(cls, scope: Construct, id: str, filter_arn: str) -> IFilter:
        """Refer to an existing filter. It adds nothing to the template, and looks nothing up.

        Args:
            scope: The parent construct.
            id: The construct's id in that scope.
            filter_arn: Its ARN, or a token.

        Raises:
            InvalidConstructError: It is not the ARN of a filter.
        """
        return ExistingFilter(scope, id, filter_arn)

    @classmethod
    def from_filter_name(cls, scope: Construct, id: str, filter_name: str) -> IFilter:
        """Refer to an existing filter in the stack's own account and Region.

        Args:
            scope: The parent construct.
            id: The construct's id in that scope.
            filter_name: Its name, or a token.

        Raises:
            InvalidConstructError: It can't be the name of a filter.
        """
        return ExistingFilter(scope, id, name=filter_name)

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        dataset_group: str | IDatasetGroup | IDatasetGroupRef,
        filter_expression: str,
        filter_name: str | None = None,
    ) -> None:
        findings = [
            *value_types.required(DatasetGroupArn(), dataset_group, "dataset_group"),
            *_expression_findings(filter_expression, filter_name),
            *value_types.problems(RESOURCE_NAME, filter_name, "filter_name"),
        ]
        if not problems_in(findings):
            others = MEMBERS.of(scope, dataset_group, self.KIND.name)
            findings += _too_many_fields(filter_expression, [other._expression for other in others])
        if error := refusal(scope, id, findings):
            raise error
        super().__init__(scope, id)
        self._expression = filter_expression
        arn = DatasetGroupArn().wire(dataset_group)
        self._name = filter_name or content_name(self, arn, filter_expression)
        self._define({"Name": self._name, "DatasetGroupArn": arn, "FilterExpression": filter_expression})
        MEMBERS.add(scope, self, dataset_group, self.KIND.name)
        MEMBERS.depend_on_all(scope, self, dataset_group, "dataset")
        self.node.add_validation(_Fields(self, dataset_group))
        annotate(self, [*findings, *doubts(scope, [("dataset_group", arn)])])

    @property
    def filter_arn(self) -> str:
        """The filter's ARN, for the `filterArn` of GetRecommendations and similar requests."""
        return self._attribute("FilterArn")

    @property
    def filter_name(self) -> str:
        """The filter's name, given or generated."""
        return self._name


def _expression_findings(expression: str, name: str | None) -> Iterator[Problem]:
    if not is_token(expression):
        yield from rules.find_problems(expression)
    elif name is None:
        yield Problem(
            argument="filter_name",
            value=None,
            rule="must be given: it can't be generated from an expression with deploy-time values",
            fix="pass filter_name, and change it whenever the expression changes",
        )


def _too_many_fields(expression: str, others: list[str]) -> Iterator[Problem]:
    used: set[str] = set()
    for text in (*others, expression):
        used |= fields.distinct(parse(text)[0])
    if len(used) > _MOST_FIELDS:
        yield Problem(
            argument="filter_expression",
            value=expression,
            rule=f"must not bring the dataset group's filters to more than {_MOST_FIELDS} different fields",
            fix=f"use {len(used) - _MOST_FIELDS} fewer fields that no other filter uses",
        )
