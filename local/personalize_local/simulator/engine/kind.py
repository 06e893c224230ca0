"""A kind of resource: everything that the simulator needs to know about it, in one record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import chain

from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.engine.errors import in_use
from personalize_local.simulator.engine.model import Request
from personalize_local.simulator.engine.paging import listing
from personalize_local.simulator.engine.resource import Resource
from personalize_local.simulator.engine.settings import BaseDurations

Operation = Callable[[Context, Request], dict[str, object]]


@dataclass(frozen=True, slots=True)
class Table:
    """The table of a kind on the page.

    Attributes:
        title: The heading.
        columns: Members of the state of each resource.
        times: The columns that hold a time.
        inside: The path to the resources in the state of an account.
            Default: - the member of the state that is named after the kind.
    """

    title: str
    columns: tuple[str, ...]
    times: tuple[str, ...] = ("creationDateTime",)
    inside: tuple[str, ...] = ()


def _named(request: Mapping[str, object]) -> tuple[str, ...]:
    return (str(request.get("name")),)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of resource.

    A kind with a `resource` has the operations Describe, List and Delete without more code. Its durations
    and quotas are dataclasses beside it, from which `Durations` and `Limits` inherit.

    Attributes:
        noun: The API's name, `Filter` as in `CreateFilter`.
        resource: The class that an account has a shelf of. Default: - the account keeps nothing of this kind
            on a shelf.
        create: The Create operation.
        more: Other operations, and those that differ from the ones that each kind has.
        deletable: Whether the API has a Delete operation.
        listed_as: The member of the answer of List. Default: the plural of the noun.
        list_of: The member of a List request that narrows the list to one owner (see `Resource.belongs_to`).
        find: Returns the resource with an ARN. Default: - looks on the shelf.
        arn_type: The first part of the ARN's path, `filter` as in `filter/NAME`.
            Default: - an ARN of this kind is not a resource in policies and takes no tags.
        arn_depth: How many parts follow `arn_type`.
        new_arn: The parts that follow `arn_type` in the ARN of what a Create request makes, as policies see
            it: `*` for what the service generates. None: policies see no new resource. Default: the name.
        takes_tags: Whether TagResource takes it (rule 130).
        not_limited: The operations without a documented request rate (rule 118).
        failures: The names under which `Failure` lets a creation fail.
        statuses: The members of answers whose status `StatusOverride` can replace, each with the name that
            it uses for them.
        table: The table on the page.
        catch_up: Brings the account up to the time of the call. Default: - nothing happens by itself.
    """

    noun: str
    resource: type[Resource] | None = None
    create: Operation | None = None
    more: Mapping[str, Operation] = field(default_factory=dict)
    deletable: bool = True
    listed_as: str = ""
    list_of: str | None = None
    find: Callable[[Context, str], Resource] | None = None
    arn_type: str | None = None
    arn_depth: int = 1
    new_arn: Callable[[Mapping[str, object]], tuple[str, ...]] | None = _named
    takes_tags: bool = True
    not_limited: frozenset[str] = frozenset()
    failures: tuple[str, ...] = ()
    statuses: Mapping[str, str] = field(default_factory=dict)
    table: Table | None = None
    catch_up: Callable[[Context], None] | None = None

    @property
    def member(self) -> str:
        """The noun as the name of a member, `filter`."""
        return self.noun[0].lower() + self.noun[1:]

    @property
    def arn_member(self) -> str:
        """The member that holds the ARN, `filterArn`."""
        return f"{self.member}Arn"

    @property
    def plural(self) -> str:
        """The member of an account's state, `filters`."""
        return f"{self.member}s"

    @property
    def operations(self) -> Mapping[str, Operation]:
        """All operations of this kind, by name."""
        operations: dict[str, Operation] = {}
        if self.create is not None:
            operations[f"Create{self.noun}"] = self.create
        if self.resource is not None:
            operations[f"Describe{self.noun}"] = self._describe
            operations[f"List{self.noun}s"] = self._list
            if self.deletable:
                operations[f"Delete{self.noun}"] = self._delete
        return operations | dict(self.more)

    def get(self, context: Context, arn: str) -> Resource:
        """Return the resource with this ARN.

        Raises:
            ServiceError: There is none (`ResourceNotFoundException`).
        """
        if self.find is not None:
            return self.find(context, arn)
        assert self.resource is not None, self.noun  # noqa: S101 (the record of such a kind has one of them)
        return context.account[self.resource].get(arn, context.now)

    def _describe(self, context: Context, request: Request) -> dict[str, object]:
        return {self.member: self.get(context, request[self.arn_member]).describe(context.now)}

    def _list(self, context: Context, request: Request) -> dict[str, object]:
        assert self.resource is not None  # noqa: S101 (see operations)
        of = request.get(self.list_of) if self.list_of else None
        chosen = (
            (resource.key, resource.summary(context.now))
            for resource in context.account[self.resource].visible(context.now)
            if of is None or resource.belongs_to(of, context.now)
        )
        return listing(self.listed_as or self.plural, request, chosen, of=of)

    def _delete(self, context: Context, request: Request) -> dict[str, object]:
        resource, now = self.get(context, request[self.arn_member]), context.now
        others = (other.blocks(resource, now) for other in context.account.live(now))
        for obstacle in chain([resource.busy(now)], others):
            if obstacle is not None:
                raise in_use(obstacle)
        resource.delete(now, context.setting(BaseDurations).delete)
        return {}
