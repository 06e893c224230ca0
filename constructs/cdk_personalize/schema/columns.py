"""The columns that datasets have, by type and domain (rules 179 to 181).

Sources: the developer guide's pages custom-datasets-and-schemas, ECOMMERCE-datasets-and-schemas,
VIDEO-ON-DEMAND-datasets-and-schemas and limits. Nothing here needs the CDK.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cdk_personalize.schema.field import Field


class DatasetType(StrEnum):
    """The types of datasets. A dataset group has at most one dataset of each."""

    INTERACTIONS = "INTERACTIONS"
    ITEMS = "ITEMS"
    USERS = "USERS"
    ACTIONS = "ACTIONS"
    ACTION_INTERACTIONS = "ACTION_INTERACTIONS"

    @property
    def record_name(self) -> str:
        """The name of the Avro record of its schemas."""
        return "".join(word.capitalize() for word in self.value.split("_"))


class Domain(StrEnum):
    """The domains that a dataset group can be for. Without one it is a custom dataset group."""

    ECOMMERCE = "ECOMMERCE"
    VIDEO_ON_DEMAND = "VIDEO_ON_DEMAND"


@dataclass(frozen=True, kw_only=True)
class Columns:
    """The columns of a type of dataset in a domain.

    Attributes:
        required: Columns that must exist, with exactly their type.
        reserved: Columns that may exist, with their type. A nullable one need not be nullable.
        reserved_metadata: The same; they also count as metadata.
        fewest_metadata: How many columns there must be, besides those required and reserved, that the service
            can train on.
        most_metadata: How many columns there can be besides those required and reserved. None: no limit is
            documented.
    """

    required: tuple[Field, ...]
    reserved: tuple[Field, ...] = ()
    reserved_metadata: tuple[Field, ...] = ()
    fewest_metadata: int = 0
    most_metadata: int | None = None


def columns_of(dataset_type: DatasetType, domain: Domain | None = None) -> Columns | None:
    """Return the columns of a type of dataset; None if dataset groups of the domain have no such dataset.

    Args:
        dataset_type: The type.
        domain: The domain of the dataset group. Default: - a custom dataset group.
    """
    return _COLUMNS[domain].get(dataset_type)


def type_of_record(name: object) -> DatasetType | None:
    """Return the dataset type that an Avro record is for by its name; None if it is no dataset type's."""
    by_name = {plain(dataset_type): dataset_type for dataset_type in DatasetType}
    return by_name.get(plain(name)) if isinstance(name, str) else None


def plain(name: str) -> str:
    """Return a column's name as the service compares it: without case and underscores (rule 179)."""
    return name.replace("_", "").upper()


def _categories(*names: str, nullable: bool = True) -> tuple[Field, ...]:
    return tuple(Field.string(name, nullable=nullable, categorical=True) for name in names)


_USER, _ITEM, _ACTION = Field.string("USER_ID"), Field.string("ITEM_ID"), Field.string("ACTION_ID")
_EVENT_TYPE, _WHEN, _CREATED = (
    Field.string("EVENT_TYPE"),
    Field.long("TIMESTAMP"),
    Field.long("CREATION_TIMESTAMP"),
)
_SHOWN = (Field.string("IMPRESSION", nullable=True), Field.string("RECOMMENDATION_ID", nullable=True))
_EVENT = (
    Field.float("EVENT_VALUE", nullable=True),
    *_SHOWN,
    Field.string("EVENT_ATTRIBUTION_SOURCE", nullable=True),
)
_DESCRIPTION = Field.string("PRODUCT_DESCRIPTION", nullable=True, textual=True)
_DOMAIN_INTERACTIONS = Columns(required=(_USER, _ITEM, _WHEN, _EVENT_TYPE), reserved=_EVENT, most_metadata=5)

_COLUMNS: Mapping[Domain | None, Mapping[DatasetType, Columns]] = {
    None: {
        DatasetType.INTERACTIONS: Columns(
            required=(_USER, _ITEM, _WHEN), reserved=(_EVENT_TYPE, *_EVENT), most_metadata=5
        ),
        DatasetType.ITEMS: Columns(
            required=(_ITEM,), reserved=(_CREATED,), fewest_metadata=1, most_metadata=100
        ),
        DatasetType.USERS: Columns(required=(_USER,), fewest_metadata=1, most_metadata=25),
        DatasetType.ACTIONS: Columns(
            required=(_ACTION,),
            reserved=(
                _CREATED,
                Field.long("VALUE", nullable=True),
                Field.string("TYPE", nullable=True),
                Field.long("EXPIRATION_TIMESTAMP", nullable=True),  # so in the table of the page (rule 180)
                Field.long("ACTION_EXPIRATION_TIMESTAMP", nullable=True),  # so in its text
                Field.long("REPEAT_FREQUENCY", nullable=True),
            ),
            fewest_metadata=1,
            most_metadata=10,
        ),
        DatasetType.ACTION_INTERACTIONS: Columns(
            required=(_USER, _ACTION, _EVENT_TYPE, _WHEN), reserved=_SHOWN
        ),
    },
    Domain.ECOMMERCE: {
        DatasetType.INTERACTIONS: _DOMAIN_INTERACTIONS,
        DatasetType.ITEMS: Columns(
            required=(_ITEM, Field.float("PRICE"), *_categories("CATEGORY_L1", nullable=False)),
            reserved=(
                _CREATED,
                _DESCRIPTION,
                *_categories("CATEGORY_L2", "CATEGORY_L3", "AGE_GROUP", "ADULT", "GENDER"),
            ),
            most_metadata=100,
        ),
        DatasetType.USERS: Columns(required=(_USER,), fewest_metadata=1, most_metadata=25),
    },
    Domain.VIDEO_ON_DEMAND: {
        DatasetType.INTERACTIONS: _DOMAIN_INTERACTIONS,
        DatasetType.ITEMS: Columns(
            required=(_ITEM, _CREATED, *_categories("GENRES", nullable=False)),
            reserved=(
                *(Field.float(name, nullable=True) for name in ("PRICE", "DURATION", "AVERAGE_RATING")),
                _DESCRIPTION,
                *_categories("GENRE_L2", "GENRE_L3", "CONTENT_OWNER", "CONTENT_CLASSIFICATION"),
            ),
            most_metadata=100,
        ),
        DatasetType.USERS: Columns(
            required=(_USER,),
            # The default schema of the domain has no other metadata.
            reserved_metadata=_categories("SUBSCRIPTION_MODEL"),
            fewest_metadata=1,
            most_metadata=25,
        ),
    },
}
