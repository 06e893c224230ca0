"""Records of a dataset, stored by column: fields of its schema, and compact columns for their values."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# From the widest to the narrowest: a union of several types takes the first of these that it has.
_KINDS = ("string", "double", "float", "long", "int", "boolean")
_TYPECODES = {"double": "d", "float": "d", "long": "q", "int": "q"}
_MISSING = -1

Value = str | int | float | None
"""A value of a record; None where the record has none."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a dataset's schema.

    Attributes:
        name: As the schema spells it.
        kind: `string`, `double`, `float`, `long`, `int` or `boolean`.
        nullable: Whether records may have no value.
        textual: Whether it is unstructured text, which the service truncates.
    """

    name: str
    kind: str
    nullable: bool
    textual: bool

    @property
    def numeric(self) -> bool:
        """Whether its values are numbers."""
        return self.kind in _TYPECODES


def fields_of(document: Mapping[str, Any]) -> tuple[Field, ...]:
    """The fields of an Avro record that `dataset_schema.problems` accepts."""
    return tuple(_field(entry) for entry in document["fields"])


def _field(entry: Mapping[str, Any]) -> Field:
    declared = entry["type"]
    types = declared if isinstance(declared, list) else [declared]
    kind = next((one for one in _KINDS if one in types), "string")
    return Field(entry["name"], kind, nullable="null" in types, textual=entry.get("textual") is True)


def name_of(field: str) -> str:
    """The name under which fields are compared: without case and underscores (rule 179).

    Put operations send `releaseYear` for the field RELEASE_YEAR.
    """
    return field.replace("_", "").upper()


class Strings:
    """A column of strings. Each different string is stored once.

    Attributes:
        codes: For each record, the place of its string in `values`; -1 for none.
        values: The different strings, in order of first appearance.
    """

    __slots__ = ("_places", "codes", "values")

    def __init__(self) -> None:
        self.codes = array("i")
        self.values: list[str] = []
        self._places: dict[str, int] = {}

    def append(self, value: str | None) -> None:
        """Add the value of the next record."""
        if value is None:
            self.codes.append(_MISSING)
            return
        place = self._places.get(value)
        if place is None:
            place = self._places[value] = len(self.values)
            self.values.append(value)
        self.codes.append(place)

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, record: int) -> str | None:
        code = self.codes[record]
        return None if code == _MISSING else self.values[code]

    def __iter__(self) -> Iterator[str | None]:
        return map(self.__getitem__, range(len(self)))


class Numbers:
    """A column of numbers."""

    __slots__ = ("_missing", "_values")

    def __init__(self, kind: str) -> None:
        """An empty column.

        Args:
            kind: The kind of a numeric `Field`.
        """
        self._values: array[Any] = array(_TYPECODES[kind])
        self._missing: set[int] = set()

    def append(self, value: float | None) -> None:
        """Add the value of the next record."""
        if value is None:
            self._missing.add(len(self._values))
        self._values.append(value or 0)

    def __len__(self) -> int:
        return len(self._values)

    def __getitem__(self, record: int) -> Any:
        return None if record in self._missing else self._values[record]

    def __iter__(self) -> Iterator[Any]:
        return map(self.__getitem__, range(len(self))) if self._missing else iter(self._values)


class Table:
    """The records of one import.

    Attributes:
        fields: The fields of the schema.
        columns: The values of all records, by the name of the field.
    """

    __slots__ = ("columns", "fields")

    def __init__(self, fields: tuple[Field, ...]) -> None:
        self.fields = fields
        self.columns: dict[str, Strings | Numbers] = {
            field.name: Numbers(field.kind) if field.numeric else Strings() for field in fields
        }

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def record(self, number: int) -> dict[str, Value]:
        """One record; fields without a value are left out."""
        values = {name: column[number] for name, column in self.columns.items()}
        return {name: value for name, value in values.items() if value is not None}

    def keyed(self, name: str) -> dict[str, dict[str, Value]]:
        """Every record by its id; a later record replaces an earlier one [DG bulk-data-import-step].

        Args:
            name: The field of the id, for example `ITEM_ID`.
        """
        return {str(self.columns[name][number]): self.record(number) for number in range(len(self))}
