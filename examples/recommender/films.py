"""Data of a streaming service, made up with a seed: who watched what, and the catalog."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

GENRES = ("Action", "Comedy", "Crime", "Drama", "Family", "Horror", "Music", "Romance", "Sci-Fi", "Western")
_FILMS = 250
_USERS = 600
_START = 1_700_000_000  # seconds since the epoch
_DAY = 24 * 60 * 60


@dataclass(frozen=True)
class Films:
    """About 24,000 interactions of 600 users with 250 films.

    Attributes:
        watched: User, film, moment in seconds since the epoch; in the order of time.
        genres: The genre of each film.
    """

    watched: tuple[tuple[str, str, int], ...]
    genres: dict[str, str]

    @property
    def watched_csv(self) -> bytes:
        """The interactions, for an import."""
        rows = ((*row, "watch") for row in self.watched)
        return _csv(("USER_ID", "ITEM_ID", "TIMESTAMP", "EVENT_TYPE"), rows)

    @property
    def catalog_csv(self) -> bytes:
        """The catalog, for an import."""
        return _csv(("ITEM_ID", "GENRE"), self.genres.items())

    def of(self, user: str) -> list[str]:
        """What a user watched, the last film first."""
        return [film for watcher, film, _ in reversed(self.watched) if watcher == user]

    def shuffled(self) -> Films:
        """The same views with the films dealt out at random: nobody has a taste."""
        films = [film for _, film, _ in self.watched]
        random.Random(1).shuffle(films)
        views = zip(self.watched, films, strict=True)
        return replace(self, watched=tuple((user, film, at) for (user, _, at), film in views))


def generate(seed: int = 7) -> Films:
    """Make up users, each of whom likes two genres. Some films of each genre are more popular."""
    chance = random.Random(seed)
    genres = {f"film-{number:03}": GENRES[number % len(GENRES)] for number in range(_FILMS)}
    catalog = list(genres)
    popularity = {film: (1 + chance.randrange(_FILMS)) ** -0.6 for film in catalog}
    by_genre = {genre: [film for film in catalog if genres[film] == genre] for genre in GENRES}
    watched: list[tuple[str, str, int]] = []
    for number in range(_USERS):
        first, second = chance.sample(GENRES, 2)
        at = _START + chance.randrange(30 * _DAY)
        seen: set[str] = set()
        shelves = (by_genre[first], by_genre[second], catalog)
        for _ in range(chance.randint(20, 60)):
            (shelf,) = chance.choices(shelves, (55, 30, 15))
            unseen = [film for film in shelf if film not in seen] or catalog
            (film,) = chance.choices(unseen, [popularity[one] for one in unseen])
            seen.add(film)
            at += chance.randrange(1, _DAY)
            watched.append((f"user-{number:03}", film, at))
    return Films(tuple(sorted(watched, key=lambda view: (view[2], view[0]))), genres)


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()
