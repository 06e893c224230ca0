"""Filters in requests for recommendations (rules 172 to 175)."""

from __future__ import annotations

from collections.abc import Iterable

from personalize_local.simulator.data_plane import catalog
from personalize_local.simulator.data_plane.source import Source
from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.engine.errors import invalid_input
from personalize_local.simulator.engine.model import Request
from personalize_local.simulator.engine.timeline import ACTIVE
from personalize_local.simulator.kinds.filter.expression import Expression, parsed
from personalize_local.simulator.kinds.filter.filter import Filter
from personalize_local.simulator.kinds.filter.matching import Keep, Record, Surroundings, keeper

_OF_THE_USER = {"INTERACTIONS", "CURRENTUSER"}


def keeps(context: Context, source: Source, request: Request, filtering: Request) -> Keep:
    """Return which items pass the filter of a request, or of a promotion in it. Without a filter, all do.

    Args:
        context: The surroundings of the call.
        source: What answers.
        request: The request, with the user and the item.
        filtering: What holds `filterArn` and `filterValues`: the request, or a promotion.

    Raises:
        ServiceError: There is no such filter (`ResourceNotFoundException`), or it cannot be applied to this
            request (`InvalidInputException`).
    """
    if "filterArn" not in filtering:
        return lambda _: True
    found = _active(context, source, filtering)
    expressions = parsed(found.expression)
    _require_applicable(expressions, source, request)
    return _keeper(found, expressions, _surroundings(context, source, request, filtering))


def keeps_users(context: Context, source: Source, filtering: Request) -> Keep:
    """Return which users pass the filter of a batch segment job. Without a filter, all do.

    Args:
        context: The surroundings of the call.
        source: What answers.
        filtering: What holds `filterArn` and `filterValues`.

    Raises:
        ServiceError: As for `keeps`.
    """
    if "filterArn" not in filtering:
        return lambda _: True
    found, group = _active(context, source, filtering), source.dataset_group_arn
    expressions = parsed(found.expression)
    for expression in expressions:
        if expression.chooses != "USERID" or expression.only_if:
            raise invalid_input(
                f"filterArn must be that of a filter of UserID without IF: got {found.expression}"
            )
        if source.by_attribute and "INTERACTIONS" in {each.dataset for each in expression.conditions}:
            raise invalid_input("a filter that uses Interactions is not for aws-item-attribute-affinity")
    users, types_of = catalog.records(context, group, "USERS"), catalog.event_types(context, group)

    def records(dataset: str, user: str) -> Iterable[Record]:
        if dataset == "INTERACTIONS":
            return [{"EVENT_TYPE": kind} for kinds in types_of(user).values() for kind in kinds]
        return [users.get(user, {})]

    return _keeper(found, expressions, Surroundings(records, filtering.get("filterValues", {}), {}, {}))


def _active(context: Context, source: Source, filtering: Request) -> Filter:
    found = context.account[Filter].get(filtering["filterArn"], context.now)
    status = found.status(context.now)
    if status != ACTIVE:
        raise invalid_input(f"{found.arn} is {status}: wait until it is {ACTIVE}")
    if found.dataset_group_arn != source.dataset_group_arn:
        raise invalid_input(f"{found.arn} must be in the dataset group {source.dataset_group_arn}")
    return found


def _keeper(found: Filter, expressions: Iterable[Expression], around: Surroundings) -> Keep:
    try:
        return keeper(expressions, around)
    except ValueError as error:
        raise invalid_input(f"filterValues {error}: {found.arn} includes items by it") from error


def unseen(context: Context, source: Source, request: Request) -> Keep:
    """Return which items a use case may recommend: some leave out what the user watched or purchased."""
    left_out = source.use_case.leaves_out if source.use_case else None
    if left_out is None:
        return lambda _: True
    had = catalog.event_types(context, source.dataset_group_arn)(request.get("userId"))
    return lambda item: left_out.lower() not in {kind.lower() for kind in had.get(item, ())}


def _require_applicable(expressions: Iterable[Expression], source: Source, request: Request) -> None:
    for expression in expressions:
        if expression.chooses != "ITEMID":
            raise invalid_input(f"filterArn must be that of a filter of ItemID: got {expression.chooses}")
        datasets = {condition.dataset for condition in expression.conditions}
        if datasets & _OF_THE_USER and "userId" not in request:
            raise invalid_input("userId must be given for a filter that uses the user's data")
        values = [value.upper() for condition in expression.conditions for value in condition.values]
        current_item = any(value.startswith("CURRENTITEM.") for value in values)
        if current_item and source.recipe_type != "RELATED_ITEMS":
            raise invalid_input("a filter with CurrentItem is for related items only")


def _surroundings(context: Context, source: Source, request: Request, filtering: Request) -> Surroundings:
    group, user = source.dataset_group_arn, request.get("userId")
    items = catalog.records(context, group, "ITEMS")
    had = catalog.event_types(context, group)(user)

    def records(dataset: str, item: str) -> Iterable[Record]:
        if dataset == "INTERACTIONS":
            return [{"EVENT_TYPE": kind} for kind in had.get(item, ())]
        return [items.get(item, {})]

    return Surroundings(
        records=records,
        values=filtering.get("filterValues", {}),
        user=catalog.records(context, group, "USERS").get(user or "", {}),
        item=items.get(request.get("itemId", ""), {}),
    )
