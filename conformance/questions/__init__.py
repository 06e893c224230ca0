"""All questions, in the order in which they are asked. The quota comes last: it leaves no room for others."""

from conformance.question import Question
from conformance.questions import data, deletion, solutions, tags_and_lists, updates

QUESTIONS: tuple[Question, ...] = (
    *data.QUESTIONS,
    *solutions.QUESTIONS,
    *updates.QUESTIONS,
    *deletion.QUESTIONS,
    *tags_and_lists.QUESTIONS,
)
