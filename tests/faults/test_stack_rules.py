"""CloudFormation's reactions, by which the matrix is judged."""

from __future__ import annotations

import pytest

from support.virtual_time.stack_rules import (
    Answer,
    Event,
    Resource,
    create,
    delete,
    owned,
    reaction,
    reverse_update,
    update,
)

OLD = Resource("old", {"recipe": "a"})
NEW = Resource("new", {"recipe": "b"})


@pytest.mark.parametrize(
    ("event", "answer", "expected"),
    [
        (create(NEW.properties), Answer(True, "new"), None),
        (
            create(NEW.properties),
            Answer(False, "new"),
            ("Delete", "new", NEW.properties, "ROLLBACK_IN_PROGRESS"),
        ),
        (create(NEW.properties), Answer(False, ""), None),
        (update(OLD, NEW.properties), Answer(True, "old"), None),
        (
            update(OLD, NEW.properties),
            Answer(True, "new"),
            ("Delete", "old", OLD.properties, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
        ),
        (
            update(OLD, NEW.properties),
            Answer(False, "old"),
            ("Update", "old", OLD.properties, "UPDATE_ROLLBACK_IN_PROGRESS"),
        ),
        (
            update(OLD, NEW.properties),
            Answer(False, "new"),
            ("Delete", "new", NEW.properties, "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"),
        ),
        (
            reverse_update("new", OLD.properties, NEW.properties),
            Answer(True, "old"),
            ("Delete", "new", NEW.properties, "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"),
        ),
        (reverse_update("old", OLD.properties, NEW.properties), Answer(True, "old"), None),
        (reverse_update("new", OLD.properties, NEW.properties), Answer(False, "old"), None),
        (delete(OLD), Answer(False, "old"), None),
    ],
)
def test_reaction__final_answer__is_cloudformations(
    event: Event, answer: Answer, expected: tuple[str, str, object, str] | None
) -> None:
    sent = reaction(event, answer)
    assert (sent and (sent.type, sent.physical_id, sent.properties, sent.status)) == expected


@pytest.mark.parametrize(
    ("before", "event", "answer", "after"),
    [
        (None, create(NEW.properties), Answer(True, "new"), NEW),
        (None, create(NEW.properties), Answer(False, "new"), None),
        (OLD, update(OLD, NEW.properties), Answer(True, "new"), NEW),
        (OLD, update(OLD, NEW.properties), Answer(False, "new"), OLD),
        (NEW, reverse_update("new", OLD.properties, NEW.properties), Answer(True, "old"), OLD),
        (OLD, delete(OLD), Answer(True, "old"), None),
        (OLD, delete(OLD), Answer(False, "old"), OLD),
        (OLD, delete(NEW), Answer(True, "new"), OLD),
    ],
)
def test_owned__final_answer__is_what_the_stack_believes(
    before: Resource | None, event: Event, answer: Answer, after: Resource | None
) -> None:
    assert owned(before, event, answer) == after
