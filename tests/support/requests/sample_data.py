"""Plausible data of a shop: users with tastes, items with genres and popularity, drawn with a seed."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from support.requests.avro import Field, avro

_START = 1_700_000_000
_DAY = 24 * 60 * 60

INTERACTIONS_SCHEMA = avro(
    "Interactions",
    {"name": "EVENT_TYPE", "type": "string"},
    {"name": "EVENT_VALUE", "type": ["null", "float"]},
)
"""The schema of `Sample.interactions_csv`."""

ITEMS_SCHEMA = avro(
    "Items",
    {"name": "PRICE", "type": "float"},
    {"name": "CREATION_TIMESTAMP", "type": "long"},
)
"""The schema of `Sample.items_csv`."""

USERS_SCHEMA = avro("Users")
"""The schema of `Sample.users_csv`."""

Row = Sequence[object]


@dataclass(frozen=True, slots=True)
class Sample:
    """The rows of three datasets, in the order of their schemas.

    Attributes:
        interactions: User, item, moment, event type, event value; in the order of time.
        items: Item, genre, price, moment of creation.
        users: User, age.
    """

    interactions: tuple[tuple[str, str, int, str, float], ...]
    items: tuple[tuple[str, str, float, int], ...]
    users: tuple[tuple[str, int], ...]

    @property
    def interactions_csv(self) -> bytes:
        """The interactions, as an import job reads them."""
        return csv_of(INTERACTIONS_SCHEMA, self.interactions)

    @property
    def items_csv(self) -> bytes:
        """The items, as an import job reads them."""
        return csv_of(ITEMS_SCHEMA, self.items)

    @property
    def users_csv(self) -> bytes:
        """The users, as an import job reads them."""
        return csv_of(USERS_SCHEMA, self.users)

    def shuffled(self, seed: int = 1) -> Sample:
        """The same data with the items dealt out at random: no user has a taste any more."""
        items = [row[1] for row in self.interactions]
        random.Random(seed).shuffle(items)
        rows = zip(self.interactions, items, strict=True)
        dealt = tuple((row[0], item, row[2], row[3], row[4]) for row, item in rows)
        return Sample(dealt, self.items, self.users)


def csv_of(schema: str, rows: Iterable[Row]) -> bytes:
    """A CSV file with the header that a schema asks for."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    fields: list[Field] = json.loads(schema)["fields"]
    writer.writerow(field["name"] for field in fields)
    writer.writerows(rows)
    return text.getvalue().encode()


def sample(seed: int = 7, *, users: int = 600, items: int = 250, genres: int = 10) -> Sample:
    """Generate a sample, by default with about 24,000 interactions.

    Each user likes two genres, the first one more, and seldom meets an item a second time. Some items of each
    genre are more popular. One in five interactions is a purchase.
    """
    chance = random.Random(seed)
    shelf = [f"item-{number:04}" for number in range(items)]
    popularity = {item: (1 + chance.randrange(items)) ** -0.6 for item in shelf}
    by_genre = [shelf[genre::genres] for genre in range(genres)]
    rows: list[tuple[str, str, int, str, float]] = []
    for number in range(users):
        first, second = chance.sample(range(genres), 2)
        met: set[str] = set()
        at = _START + chance.randrange(30 * _DAY)
        for _ in range(chance.randint(20, 60)):
            choice = chance.random()
            pool = by_genre[first] if choice < 0.55 else by_genre[second] if choice < 0.85 else shelf
            fresh = [item for item in pool if item not in met] or shelf
            item = chance.choices(fresh, [popularity[one] for one in fresh])[0]
            met.add(item)
            at += chance.randrange(1, _DAY)
            kind = "Purchase" if chance.random() < 0.2 else "View"
            rows.append((f"user-{number:04}", item, at, kind, round(chance.random(), 2)))
    return Sample(
        tuple(sorted(rows, key=lambda row: (row[2], row[0]))),
        tuple(
            (item, f"genre-{number % genres}", round(5 + 95 * chance.random(), 2), _START - number * _DAY)
            for number, item in enumerate(shelf)
        ),
        tuple((f"user-{number:04}", chance.randint(18, 80)) for number in range(users)),
    )
