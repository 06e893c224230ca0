"""Fields of schemas, as Avro has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Field:
    """A field of a schema: one column of the data.

    Make one with `Field.string` and its siblings. A schema checks it.

    Attributes:
        name: Its name: letters, digits and _, at most 150 characters.
        type: Its Avro type: string, int, long, float, double or boolean.
        nullable: Whether values can be missing. Default: False.
        categorical: For strings: a category, or several with | between them. The service trains only on
            strings that are categorical or textual (rule 181). Default: False.
        textual: For strings of items: natural language, which only one field of a schema can have.
            Default: False.
    """

    name: str
    type: str
    nullable: bool = False
    categorical: bool = False
    textual: bool = False

    @classmethod
    def string(
        cls, name: str, *, nullable: bool = False, categorical: bool = False, textual: bool = False
    ) -> Field:
        """A string."""
        return cls(name=name, type="string", nullable=nullable, categorical=categorical, textual=textual)

    @classmethod
    def int(cls, name: str, *, nullable: bool = False) -> Field:
        """A whole number of 32 bits."""
        return cls(name=name, type="int", nullable=nullable)

    @classmethod
    def long(cls, name: str, *, nullable: bool = False) -> Field:
        """A whole number of 64 bits, such as a time in seconds since 1970."""
        return cls(name=name, type="long", nullable=nullable)

    @classmethod
    def float(cls, name: str, *, nullable: bool = False) -> Field:
        """A real number of 32 bits."""
        return cls(name=name, type="float", nullable=nullable)

    @classmethod
    def double(cls, name: str, *, nullable: bool = False) -> Field:
        """A real number of 64 bits."""
        return cls(name=name, type="double", nullable=nullable)

    @classmethod
    def boolean(cls, name: str, *, nullable: bool = False) -> Field:
        """True or false. The service neither trains on it nor filters by it (rule 181)."""
        return cls(name=name, type="boolean", nullable=nullable)

    def avro(self) -> dict[str, Any]:
        """Return the field as in an Avro schema."""
        marks = {mark: True for mark in ("categorical", "textual") if getattr(self, mark) is True}
        type_ = ["null", self.type] if self.nullable is True else self.type
        return {"name": self.name, "type": type_, **marks}
