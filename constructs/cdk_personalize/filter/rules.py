"""What the service accepts in a filter expression that follows the grammar (rules 172 to 174).

[DG creating-filter-expressions, filter-expression-guidelines-requirements, filter-expressions]
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cdk_personalize.filter.expression import ARGUMENT, Condition, Expression, Token, parse
from cdk_personalize.filter.fields import distinct
from cdk_personalize.filter.problems import ExpressionDoubt, ExpressionProblem
from cdk_personalize.model.findings import Problem
from cdk_personalize.model.suggestions import closest
from cdk_personalize.model.value_types import Text

MOST_FIELDS = 10
"""The most different fields in a filter (rule 147)."""

_TEXT = Text(min=1, max=2500)
_USER = "CURRENTUSER"
_SPELLED = {
    "ITEMS": "Items",
    "INTERACTIONS": "Interactions",
    "USERS": "Users",
    "ACTIONS": "Actions",
    "ACTION_INTERACTIONS": "Action_Interactions",
}
_USUAL = {
    "ITEMID": ("ITEMS", "INTERACTIONS"),
    "ACTIONID": ("ACTIONS", "ACTION_INTERACTIONS", "INTERACTIONS"),
    "USERID": ("USERS", "INTERACTIONS"),
}
_ONLY_EVENT_TYPE = {"INTERACTIONS", "ACTION_INTERACTIONS"}
_EVENT_TYPE = "EVENT_TYPE"
# Two names of one field: the developer guide uses both (rule 180).
_AUTOMATIC = {"REPEAT_FREQUENCY", "EXPIRATION_TIMESTAMP", "ACTION_EXPIRATION_TIMESTAMP"}


def find_problems(text: object) -> list[Problem]:
    """Find everything that is wrong with a filter expression, or that may be, in the order of its text.

    Args:
        text: The expression. It has no deploy-time values.
    """
    problems = list(_TEXT.problems(text, ARGUMENT))
    if not isinstance(text, str) or not text:
        return problems
    expressions, mistakes = parse(text)
    in_order = sorted([*mistakes, *_mistakes(text, expressions)], key=lambda problem: problem.start)
    return [*problems, *in_order, *_too_many_fields(expressions)]


def _mistakes(text: str, expressions: Iterable[Expression]) -> Iterator[ExpressionProblem]:
    for expression in expressions:
        fields = [condition.field for condition in expression.where]
        chosen = next((field.dataset for field in fields if field.dataset in _SPELLED), "")
        for field in fields:
            yield from _wrong_dataset(text, field, chosen, _USUAL[expression.chooses])
        for condition in expression.only_if:
            if condition.field.dataset != _USER:
                fix = "move it in front of IF, joined with AND"
                yield condition.field.problem(text, "must be a field of CurrentUser after IF", fix)
        yield from _unusual_dataset(text, expression, chosen)
        for condition in (*expression.where, *expression.only_if):
            yield from _wrong_field(text, condition.field)
            yield from _wrong_values(text, condition)


def _wrong_dataset(text: str, field: Token, chosen: str, usual: Sequence[str]) -> Iterator[ExpressionProblem]:
    """A field before IF that is not of the dataset of the others."""
    if field.dataset == _USER:
        fix = "move it to the end of the expression, as in IF CurrentUser.AGE > 18"
        yield field.problem(text, "must not be a field of CurrentUser before IF", fix)
    elif field.dataset not in _SPELLED:
        similar = closest(field.dataset, usual) or chosen or usual[0]
        rule = f"must be a field of {' or '.join(_SPELLED[name] for name in usual)}"
        yield field.problem(text, rule, f"write {_SPELLED[similar]}.{field.field}")
    elif field.dataset != chosen:
        rule = f"must be a field of {_SPELLED[chosen]}, like the first one of the expression"
        yield field.problem(text, rule, "chain a second expression with | for the other dataset")


def _unusual_dataset(text: str, expression: Expression, chosen: str) -> Iterator[ExpressionDoubt]:
    """The developer guide has no example of it, and no rule against it."""
    usual = _USUAL[expression.chooses]
    if chosen and chosen not in usual:
        field = next(condition.field for condition in expression.where if condition.field.dataset == chosen)
        yield ExpressionDoubt(
            id="filter-dataset",
            argument=ARGUMENT,
            value=field.text,
            rule=f"should be a field of {' or '.join(_SPELLED[name] for name in usual)}",
            fix="check that the service accepts it, and acknowledge this warning if it does",
            expression=text,
            start=field.start,
            end=field.start + len(field.text),
        )


def _wrong_field(text: str, field: Token) -> Iterator[ExpressionProblem]:
    name = field.field.upper()
    if field.dataset in _ONLY_EVENT_TYPE and name != _EVENT_TYPE:
        rule = f"must be EVENT_TYPE, the only field of {_SPELLED[field.dataset]} to filter by"
        yield field.problem(
            text, rule, f"use {_SPELLED[field.dataset]}.{_EVENT_TYPE}, or a field of another dataset"
        )
    elif field.dataset == "ACTIONS" and name in _AUTOMATIC:
        rule = "must not be used: the service filters actions by it automatically"
        yield field.problem(text, rule, "remove the condition")


def _wrong_values(text: str, condition: Condition) -> Iterator[ExpressionProblem]:
    listing = condition.operator.endswith("IN")
    for value in condition.values:
        if value.text.strip('"') == "*" and not (listing and condition.field.field.upper() == _EVENT_TYPE):
            rule = "must not have * here: it means all event types"
            yield value.problem(text, rule, "list the values, or use it with Interactions.EVENT_TYPE IN")
        elif value.kind == "parameter" and condition.operator == "NOT IN":
            fix = "write IN, and swap INCLUDE and EXCLUDE"
            yield value.problem(text, "must not have a parameter with NOT IN", fix)
    if not listing and len(condition.values) > 1:
        fix = f"keep one value after {condition.operator}, or use IN"
        yield condition.values[1].problem(text, "must have one value in a comparison", fix)


def _too_many_fields(expressions: Iterable[Expression]) -> Iterator[Problem]:
    surplus = len(distinct(expressions)) - MOST_FIELDS
    if surplus > 0:
        yield Problem(
            argument=ARGUMENT,
            value=f"{MOST_FIELDS + surplus} fields",
            rule=f"must use at most {MOST_FIELDS} different fields in all its expressions",
            fix=f"use {surplus} fewer",
        )
