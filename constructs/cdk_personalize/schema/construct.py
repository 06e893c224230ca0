"""The `Schema` construct."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from aws_cdk import CfnResource, RemovalPolicy, Token
from constructs import Construct

from cdk_personalize.model import value_types
from cdk_personalize.model.annotations import annotate
from cdk_personalize.model.content_names import content_name
from cdk_personalize.model.findings import (
    InvalidConstructError,
    Problem,
    path_of,
    problems_in,
    refusal,
)
from cdk_personalize.model.kind import Kind
from cdk_personalize.model.names import RESOURCE_NAME
from cdk_personalize.model.removal import RemovableResource, removal_problems
from cdk_personalize.model.value_types import Choice
from cdk_personalize.schema.base import ISchema
from cdk_personalize.schema.columns import DatasetType, Domain, columns_of, type_of_record
from cdk_personalize.schema.existing import ExistingSchema
from cdk_personalize.schema.field import Field
from cdk_personalize.schema.rules import find_problems

_LONGEST = 10_000  # characters, of the native type; the API takes 20,000


class Schema(RemovableResource):
    """Define a schema: the columns of a dataset's data.

    `Schema.interactions` and its siblings write the columns that the service requires, in the order that they
    have in its documentation, and then yours. CSV files must have the columns in the same order.

    Updated in place: nothing.

    Replaced when its columns or its domain change. The generated name depends on them, so the new schema can
    exist beside the old one. With an explicit `schema_name`, change that too, or the deploy fails. A dataset
    with the schema is then replaced as well, and **its data is deleted**: see `Dataset`.

    Deleted: after the datasets of this app that have it.

    Tags: none. The service doesn't take tags on schemas (rule 130).

    Args:
        scope: The parent construct.
        id: The construct's id in that scope.
        document: The schema in Avro's form, at most 10,000 characters as JSON. Its name says the type of the
            dataset.
        domain: The domain of the dataset group. Default: - for a custom dataset group.
        schema_name: 1 to 63 letters, digits, - or _, unique in the account and Region.
            Default: - generated from the stack, this construct and the schema.
        removal_policy: What happens to it when it leaves the stack, or is replaced.
            Default: RemovalPolicy.DESTROY.

    Raises:
        InvalidConstructError: The service would reject the schema. It lists everything that is wrong.
    """

    KIND = Kind(name="schema", resource_type="AWS::Personalize::Schema")

    @classmethod
    def interactions(
        cls,
        scope: Construct,
        id: str,
        *,
        event_type: bool = False,
        fields: Sequence[Field] = (),
        domain: Domain | None = None,
        schema_name: str | None = None,
    ) -> Self:
        """Define the schema of item interactions: USER_ID, ITEM_ID, TIMESTAMP and your own columns.

        Args:
            scope: The parent construct.
            id: The construct's id in that scope.
            event_type: Whether there is a column EVENT_TYPE, such as `click`. In a domain there always is.
                Default: False.
            fields: More columns: of your own, at most 5, and reserved ones such as
                `Field.float("EVENT_VALUE", nullable=True)`. Default: - none.
            domain: The domain of the dataset group. Default: - for a custom dataset group.
            schema_name: As of `Schema`. Default: - generated.

        Raises:
            InvalidConstructError: The service would reject the schema.
        """
        if event_type and domain is None and isinstance(fields, Sequence):
            fields = [Field.string("EVENT_TYPE"), *fields]
        return cls._of_type(DatasetType.INTERACTIONS, scope, id, fields, domain, schema_name)

    @classmethod
    def items(
        cls,
        scope: Construct,
        id: str,
        *,
        fields: Sequence[Field] = (),
        domain: Domain | None = None,
        schema_name: str | None = None,
    ) -> Self:
        """Define the schema of items: ITEM_ID, the columns that the domain requires, and your own.

        Args:
            scope: The parent construct.
            id: The construct's id in that scope.
            fields: More columns: of your own, 1 to 100 (none is fine in a domain), and reserved ones such as
                `Field.long("CREATION_TIMESTAMP")`. Default: - none.
            domain: The domain of the dataset group. Default: - for a custom dataset group.
            schema_name: As of `Schema`. Default: - generated.

        Raises:
            InvalidConstructError: The service would reject the schema.
        """
        return cls._of_type(DatasetType.ITEMS, scope, id, fields, domain, schema_name)

    @classmethod
    def users(
        cls,
        scope: Construct,
        id: str,
        *,
        fields: Sequence[Field],
        domain: Domain | None = None,
        schema_name: str | None = None,
    ) -> Self:
        """Define the schema of users: USER_ID, and your own columns.

        Args:
            scope: The parent construct.
            id: The construct's id in that scope.
            fields: More columns, 1 to 25.
            domain: The domain of the dataset group. Default: - for a custom dataset group.
            schema_name: As of `Schema`. Default: - generated.

        Raises:
            InvalidConstructError: The service would reject the schema.
        """
        return cls._of_type(DatasetType.USERS, scope, id, fields, domain, schema_name)

    @classmethod
    def actions(
        cls, scope: Construct, id: str, *, fields: Sequence[Field], schema_name: str | None = None
    ) -> Self:
        """Define the schema of actions, for `Recipe.NEXT_BEST_ACTION`: ACTION_ID, and your own columns.

        Args:
            scope: The parent construct.
            id: The construct's id in that scope.
            fields: More columns: of your own, 1 to 10, and reserved ones such as
                `Field.long("VALUE", nullable=True)`.
            schema_name: As of `Schema`. Default: - generated.

        Raises:
            InvalidConstructError: The service would reject the schema.
        """
        return cls._of_type(DatasetType.ACTIONS, scope, id, fields, None, schema_name)

    @classmethod
    def action_interactions(
        cls, scope: Construct, id: str, *, fields: Sequence[Field] = (), schema_name: str | None = None
    ) -> Self:
        """Define the schema of action interactions: USER_ID, ACTION_ID, EVENT_TYPE, TIMESTAMP, and your own.

        Args:
            scope: The parent construct.
            id: The construct's id in that scope.
            fields: More columns. Default: - none.
            schema_name: As of `Schema`. Default: - generated.

        Raises:
            InvalidConstructError: The service would reject the schema.
        """
        return cls._of_type(DatasetType.ACTION_INTERACTIONS, scope, id, fields, None, schema_name)

    @classmethod
    def from_avro(
        cls,
        scope: Construct,
        id: str,
        avro: Mapping[str, Any] | str | Path,
        *,
        domain: Domain | None = None,
        schema_name: str | None = None,
    ) -> Self:
        """Define a schema from an Avro schema that you have, and check it.

        Args:
            scope: The parent construct.
            id: The construct's id in that scope.
            avro: The schema as a dict or as JSON, or the path of a JSON file with it.
            domain: The domain of the dataset group. Default: - for a custom dataset group.
            schema_name: As of `Schema`. Default: - generated.

        Raises:
            InvalidConstructError: It is not JSON, or the service would reject the schema.
            OSError: The file can't be read.
        """
        document: Any = _read(scope, id, avro) if isinstance(avro, str | Path) else avro
        return cls(scope, id, document=document, domain=domain, schema_name=schema_name)

    @classmethod
    def from_schema_arn(cls, scope: Construct, id: str, schema_arn: str) -> ISchema:
        """Refer to an existing schema. It adds nothing to the template, and looks nothing up.

        Args:
            scope: The parent construct.
            id: The construct's id in that scope.
            schema_arn: Its ARN, or a token.

        Raises:
            InvalidConstructError: It is not the ARN of a schema.
        """
        return ExistingSchema(scope, id, schema_arn)

    @classmethod
    def from_schema_name(cls, scope: Construct, id: str, schema_name: str) -> ISchema:
        """Refer to an existing schema in the stack's own account and Region.

        Args:
            scope: The parent construct.
            id: The construct's id in that scope.
            schema_name: Its name, or a token.

        Raises:
            InvalidConstructError: It can't be the name of a schema.
        """
        return ExistingSchema(scope, id, name=schema_name)

    @classmethod
    def _of_type(
        cls,
        dataset_type: DatasetType,
        scope: Construct,
        id: str,
        fields: Sequence[Field],
        domain: Domain | None,
        schema_name: str | None,
    ) -> Self:
        # A domain that is wrong is a problem of its own, found later.
        columns = columns_of(dataset_type, domain if isinstance(domain, Domain) else None)
        required = columns.required if columns else ()
        if error := refusal(scope, id, _wrong_fields(fields)):
            raise error
        document = {
            "type": "record",
            "name": dataset_type.record_name,
            "namespace": "com.amazonaws.personalize.schema",
            "fields": [field.avro() for field in (*required, *fields)],
            "version": "1.0",
        }
        return cls(scope, id, document=document, domain=domain, schema_name=schema_name)

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        document: Mapping[str, Any],
        domain: Domain | None = None,
        schema_name: str | None = None,
        removal_policy: RemovalPolicy | None = None,
    ) -> None:
        text = _json(document)
        wrong_domain = [*value_types.problems(Choice(Domain), domain, "domain")]
        findings = [
            *find_problems(document, domain=None if wrong_domain else domain, at="document"),
            *(_too_long(text) if text else _no_json(document)),
            *wrong_domain,
            *value_types.problems(RESOURCE_NAME, schema_name, "schema_name"),
            *removal_problems(self.KIND, removal_policy),
        ]
        problems = problems_in(findings)
        dataset_type = type_of_record(document["name"]) if not problems else None
        if dataset_type is None:
            raise InvalidConstructError(path_of(scope, id), problems)
        super().__init__(scope, id)
        self.dataset_type = dataset_type
        """The type of the datasets that can have it."""
        self.domain = domain
        """The domain that it is for; None for a custom dataset group."""
        self.document: Mapping[str, Any] = json.loads(text)
        """The schema in Avro's form."""
        self.schema_name = schema_name or content_name(self, text, domain and domain.value)
        """The schema's name, given or generated."""
        # Not a `NativeResource`, because that takes tags.
        self._resource = CfnResource(
            self,
            "Resource",
            type=self.KIND.resource_type,
            properties={"Name": self.schema_name, "Schema": text, "Domain": domain and domain.value},
        )
        if removal_policy is not None:
            self._resource.apply_removal_policy(removal_policy)
        annotate(self, findings)

    @property
    def schema_arn(self) -> str:
        """The schema's ARN."""
        return Token.as_string(self._resource.get_att("SchemaArn"))


def _read(scope: Construct, id: str, avro: str | Path) -> Any:
    is_json = isinstance(avro, str) and avro.lstrip().startswith("{")
    try:
        return json.loads(str(avro) if is_json else Path(avro).read_bytes())
    except ValueError as error:
        problem = Problem(
            argument="avro",
            value=str(avro),
            rule=f"must be JSON, or a file with JSON: {error}",
            fix="correct the JSON, or pass the schema as a dict",
        )
        raise InvalidConstructError(path_of(scope, id), [problem]) from error


def _json(document: object) -> str:
    """A schema as a template has it; empty if it can't be written as JSON."""
    try:
        return json.dumps(document, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError):
        return ""


def _no_json(document: object) -> Iterator[Problem]:
    yield Problem(
        argument="document",
        value=document,
        rule="must have only what JSON has: strings, finite numbers, lists and dicts",
        fix="replace sets, dates and the like with strings, numbers, lists and dicts",
    )


def _wrong_fields(fields: Sequence[Field]) -> Iterator[Problem]:
    if not isinstance(fields, Sequence):
        fix = "put it into brackets, as in [...], or leave fields out"
        yield Problem(argument="fields", value=fields, rule="must be a list of Field", fix=fix)
        return
    for place, field in enumerate(fields):
        if not isinstance(field, Field):
            fix = 'use Field.string("DEVICE") or one of its siblings'
            yield Problem(argument=f"fields[{place}]", value=field, rule="must be a Field", fix=fix)


def _too_long(text: str) -> Iterator[Problem]:
    if len(text) > _LONGEST:
        yield Problem(
            argument="document",
            value=f"{len(text)} characters",
            rule=f"must have at most {_LONGEST} characters as JSON, without spaces",
            fix="shorten the names of fields, or remove some",
        )
