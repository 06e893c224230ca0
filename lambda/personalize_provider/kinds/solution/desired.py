"""What a request wants of a solution."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from personalize_provider.aws.errors import InvalidPropertiesError, LifecycleError
from personalize_provider.aws.restore_types import boolean, restore
from personalize_provider.aws.sdk import input_shape
from personalize_provider.engine.identity import CONFIG_HASH_TAG, REPLACES_TAG, TAG_PREFIX, Owner
from personalize_provider.engine.request import Request
from personalize_provider.kinds.solution import rules
from personalize_provider.kinds.solution.config import immutable_hash

_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_-]{0,62}")  # rule 2
_SOLUTION_ARN = re.compile(
    rf"(arn:[a-z0-9-]+:personalize:[a-z0-9-]+:[0-9]{{12}}:solution/){_NAME.pattern}"  # rule 98
)
_MAX_SHOWN = 60
_WAIT_FOR_TRAINING = "waitForTrainingOnDelete"
_ADOPT = "adoptExisting"
_OUR_PROPERTIES = frozenset({_WAIT_FOR_TRAINING, _ADOPT})

# CloudFormation makes an id up where it never heard of one: the create that it gave up may still be under
# way. It checks that the stack still waits for it, with a reading that may be 15 seconds old, and then makes
# one call of 13 seconds at the most.
GIVEN_UP_SECONDS = 30.0

# What was created a moment ago may not be shown yet, and a failed deploy deletes it at once.
_SETTLES_SECONDS = 5.0

NOT_CREATED = "cdk-personalize::NOT_CREATED"
"""The physical id of a Create that failed before it could make anything."""

_UNNAMED = "unnamed"  # stands in for the name, which needs the rest to be read first


@dataclass(frozen=True)
class Goal:
    """A solution that is to be there, or to be gone.

    Attributes:
        arn: The solution's ARN.
        owner: The logical resource that it belongs to.
        name_proves_owner: The name was generated for this owner, so whatever bears it is the owner's.
        since: When the request began, seconds since the epoch.
    """

    arn: str
    owner: Owner
    name_proves_owner: bool
    since: float

    @property
    def label(self) -> str:
        """How messages name the solution."""
        return f"solution {self.arn.rpartition('/')[2]}"

    def owns(self, tags: Mapping[str, str]) -> bool:
        """Whether a solution of that name with these tags is the owner's."""
        if self.owner.owns(tags):
            return True
        return self.name_proves_owner and not self.owner.is_denied_by(tags)

    @property
    def is_known(self) -> bool:
        """Whether CloudFormation knows the solution as the resource's: its logical id may have changed."""
        raise NotImplementedError

    def may_have_moved(self, tags: Mapping[str, str]) -> bool:
        """Whether a solution with these tags is the owner's if no other resource of the stack has it."""
        return self.is_known and self.owner.shares_stack_with(tags) and not self.owns(tags)


@dataclass(frozen=True)
class Present(Goal):
    """There shall be a solution made from `request`.

    Attributes:
        request: The CreateSolution request, name and ownership tags included.
        dropped_tags: Keys of tags that the properties before had and these have not. Tags that
            others put on the solution are none of ours and stay.
        starts_anew: It is most likely not there yet: a create, or the new solution of a replacement.
        adopts: A solution of that name which is nobody's is taken over.
        restores: The stack rolls back, and this is how it was.
        was_known: CloudFormation knew it as the resource's before this request.
        is_undone: The request takes a failed update back.
        is_unchanged: The properties before these mean the same in all that can't be changed.
        asked_at: When CloudFormation sent the request, seconds since the epoch.
        before: What the properties before wanted of the same solution; None where they made none, or another.
        settled_at: Until when a cancelled update may still change the solution, seconds since the epoch: its
            waiter may read that the stack still waits for it.
    """

    request: Mapping[str, Any]
    dropped_tags: frozenset[str] = frozenset()
    starts_anew: bool = False
    adopts: bool = False
    restores: bool = False
    was_known: bool = False
    is_undone: bool = False
    is_unchanged: bool = False
    asked_at: float = 0.0
    before: Present | None = None
    settled_at: float = 0.0

    @property
    def is_known(self) -> bool:
        """Whether CloudFormation knew it as the resource's before this request."""
        return self.was_known

    @property
    def tags(self) -> dict[str, str]:
        """The tags that it shall bear."""
        return {tag["tagKey"]: tag["tagValue"] for tag in self.request["tags"]}

    @property
    def config_hash(self) -> str:
        """Hash of what can't be changed about the solution."""
        return self.tags[CONFIG_HASH_TAG]


@dataclass(frozen=True)
class Absent(Goal):
    """There shall be no solution of that ARN.

    Attributes:
        wait_for_training: Let versions in training finish instead of stopping them.
        quiet_seconds: How long after the request began it has to be looked for, before its not being
            there means that it is gone.
        is_id_made_up: CloudFormation never heard of an id: what it gave up may still make the solution, also
            after it was deleted once.
        keeps_adopted: What was adopted is let go of, and stays.
        takes_precautions: Automatic training and trainings are ended before the solution is deleted.
        is_undone: The stack undoes what it has just made.
        operation_began: When the stack's last update began, seconds since the epoch; None before the first.
        leaves_older: What is older than that update was not made by what is given up, and stays.
    """

    wait_for_training: bool = False
    quiet_seconds: float = 0.0
    is_id_made_up: bool = False
    keeps_adopted: bool = False
    takes_precautions: bool = True
    is_undone: bool = False
    operation_began: float | None = None
    leaves_older: bool = False

    @property
    def is_known(self) -> bool:
        """Whether CloudFormation names it."""
        return not self.is_id_made_up


def physical_id(request: Request) -> str:
    """The id to answer with, known before anything exists: the solution's ARN.

    Raises:
        InvalidPropertiesError: the properties make no CreateSolution request; each problem is named.
        LifecycleError: the request is about a solution of another account, Region or partition.
    """
    _refuse_foreign(request)
    is_kept = request.type == "Delete" or _stays(request)
    return request.physical_id if is_kept else _present(request, since=0).arn


def abandoned_id(request: Request, identity: str = "") -> str:
    """ARN of a replacement that was cancelled before CloudFormation heard of it; empty if there is none.

    The reverse Update of a cancelled deploy comes with the old id, and with the properties of the
    replacement as the old ones: nobody but we can tell that they may have made something.

    Args:
        request: As CloudFormation sent it.
        identity: The id that is answered; what `physical_id` says if it is left out.
    """
    if request.type != "Update" or (identity or physical_id(request)) != request.physical_id:
        return ""
    before = arn_before(request)
    return "" if before == request.physical_id or _stays(request) else before


def predecessor_of(request: Request, identity: str) -> str:
    """Name of the solution that a request replaces, where the properties before don't lead to it."""
    is_replaced = request.type == "Update" and identity != request.physical_id
    known = _SOLUTION_ARN.fullmatch(request.physical_id) is not None
    is_elsewhere = is_replaced and known and request.physical_id != arn_before(request)
    return request.physical_id.rpartition("/")[2] if is_elsewhere else ""


def goal_of(
    request: Request,
    since: float,
    *,
    is_rolling_back: bool = False,
    identity: str = "",
    predecessor: str = "",
    operation_began: float | None = None,
) -> Present | Absent | None:
    """What the request wants, or None where it is about no solution at all (rule 84).

    Args:
        request: The request, with the physical id that was answered for it.
        since: When it began, seconds since the epoch.
        is_rolling_back: The stack undoes what it has just done.
        identity: The id that was answered for the request; empty before that.
        predecessor: What `predecessor_of` says.
        operation_began: When the stack's last update began; None before the first.

    Raises:
        InvalidPropertiesError, LifecycleError: as `physical_id`.
    """
    _refuse_foreign(request)
    if request.type == "Delete":
        absent = _absent(request, since)
        return absent and replace(absent, is_undone=is_rolling_back, operation_began=operation_began)
    stays = _stays(request)
    present = _present(
        request, since, request.physical_id if not identity and stays else identity, predecessor
    )
    before = _before(request, request.physical_id if stays else "")
    is_in_place = before is not None and before.arn == present.arn
    # What a rollback wants is there in most cases, and so is what is to be adopted.
    is_undone = is_rolling_back and request.type == "Update"
    was_known = is_undone or stays or is_in_place
    return replace(
        present,
        starts_anew=not (is_rolling_back or was_known or present.adopts),
        restores=is_rolling_back,
        was_known=was_known,
        is_undone=is_undone,
        is_unchanged=before is not None and present.config_hash == before.config_hash,
        asked_at=since if request.sent_at is None else request.sent_at,
        before=before if is_in_place else None,
        settled_at=request.stale_until(since),
    )


def _stays(request: Request) -> bool:
    """Whether an Update leaves the solution with its generated name, whatever the logical id was before.

    The properties say so. The name that they lead to is another one after the logical id has changed.
    """
    if not (
        request.type == "Update"
        and _SOLUTION_ARN.fullmatch(request.physical_id) is not None
        and "name" not in request.properties
        and "name" not in request.old_properties
    ):
        return False
    before = _before(request)
    return before is not None and before.config_hash == _present(request, since=0).config_hash


def arn_before(request: Request) -> str:
    """ARN of what the old properties of an Update made; empty if they never made anything."""
    before = _before(request)
    return before.arn if before else ""


def _before(request: Request, identity: str = "") -> Present | None:
    """What the old properties of an Update wanted; None if they never made anything."""
    if request.type != "Update":
        return None
    swapped = replace(request, properties=request.old_properties, old_properties=request.properties)
    try:
        return _present(swapped, 0, identity)
    except InvalidPropertiesError:
        return None


def _refuse_foreign(request: Request) -> None:
    """Fail where a solution beyond the stack's own account and Region is asked for.

    Every id that we answer lies beside its stack, so such a request is a mistake or a forgery. To look
    there would be the first step of a change to what is none of the stack's, and to call a Delete done
    would leave behind what somebody believes is deleted. A stack that waits for such a Delete can go on
    without the resource. All other ids that are none of ours are harmless: see `_absent`.
    """
    arn = _SOLUTION_ARN.fullmatch(request.physical_id)
    own = Owner(request.stack_id, request.logical_id).arn("solution/")
    if arn is not None and arn[1] != own:
        raise LifecycleError(
            f"resource {request.logical_id}",
            request.type,
            f"{request.physical_id} is not in the stack's own account, Region and partition, "
            "and nothing was done to it",
            "delete it where it is, and keep it out of this stack (RetainResources of DeleteStack)",
        )


def _present(request: Request, since: float, identity: str = "", predecessor: str = "") -> Present:
    owner = Owner(request.stack_id, request.logical_id)
    properties = {key: value for key, value in request.properties.items() if key not in _OUR_PROPERTIES}
    # Off unless asked for, and always said: the service's default is on, and costs money (rule 33).
    properties = {"name": _UNNAMED, "performAutoTraining": "false", **properties}
    body, problems = restore(properties, input_shape("CreateSolution"))
    problems += _own_rules(body, request.properties)
    problems = problems or list(rules.broken(body))  # which take it that all values have their types
    if problems:
        raise InvalidPropertiesError(f"resource {request.logical_id}", problems)
    config_hash = immutable_hash(body)
    generated = "name" not in request.properties
    own_name = owner.name(config_hash) if generated else body["name"]
    name = own_name
    if generated and _SOLUTION_ARN.fullmatch(identity):
        name = identity.rpartition("/")[2]
    tags = {tag["tagKey"]: tag["tagValue"] for tag in body.get("tags", [])}
    tags |= {**owner.tags, CONFIG_HASH_TAG: config_hash}
    tags |= {REPLACES_TAG: predecessor} if predecessor else {}
    return Present(
        arn=owner.arn(f"solution/{name}"),
        owner=owner,
        name_proves_owner=generated and name == own_name,
        since=since,
        request={**body, "name": name, "tags": [{"tagKey": k, "tagValue": v} for k, v in tags.items()]},
        dropped_tags=frozenset(_tag_keys(request.old_properties)) - tags.keys(),
        adopts=boolean(request.properties.get(_ADOPT)) is True,
    )


def _own_rules(body: Mapping[str, Any], properties: Mapping[str, Any]) -> Iterator[str]:
    """What neither the service model nor the service refuses, but we have to."""
    name = body.get("name")
    if isinstance(name, str) and not _NAME.fullmatch(name):  # it becomes part of an ARN
        yield f"Invalid value for parameter name, value: {_shown(name)}, valid pattern: {_NAME.pattern}"
    for key, times in Counter(_tag_keys(body)).items():
        if times > 1:  # the last one would win without a word
            yield f"Invalid value for parameter tags, the key {_shown(key)} is there {times} times"
        if key.lower().startswith(TAG_PREFIX):
            yield f"Invalid value for parameter tags, key: {_shown(key)}, {TAG_PREFIX} is the provider's own"

    for name in sorted(_OUR_PROPERTIES):
        if boolean(properties.get(name, "false")) is None:
            yield f"Invalid type for parameter {name}, valid values: true, false"
    if boolean(properties.get(_ADOPT)) and "name" not in properties:
        yield f"Missing parameter name: {_ADOPT} needs to know which solution"


def _shown(text: str) -> str:
    return repr(text[:_MAX_SHOWN])


def _tag_keys(properties: Mapping[str, Any]) -> list[str]:
    """The tag keys that there are: these may be properties which a request failed on."""
    tags = properties.get("tags")
    listed = tags if isinstance(tags, list) else []
    keys = [tag.get("tagKey") for tag in listed if isinstance(tag, Mapping)]
    return [key for key in keys if isinstance(key, str)]


def essentials(old_properties: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What a later event needs of an Update's old properties, where there is no room for all of them.

    The first has the keys of the tags too, to take off those that are gone. The last is the least: without
    it, what a cancelled update adopted would be deleted.
    """
    ours = {name: "true" for name in sorted(_OUR_PROPERTIES) if boolean(old_properties.get(name)) is True}
    yield {**ours, "tags": [{"tagKey": key} for key in _tag_keys(old_properties)]}
    yield ours


def _absent(request: Request, since: float) -> Absent | None:
    """What a Delete wants. Lenient where `_present` is strict: a Delete that fails keeps the whole stack.

    An id that is no solution's ARN (a marker of the framework, what CloudFormation made up, a version, a
    campaign, a name with a path in it) is never looked up. The properties say what the resource would
    have been called, and only that is looked for (rule 84).
    """
    try:
        made: Present | None = _present(request, since)
    except InvalidPropertiesError:
        made = None  # such properties never made anything, but an older version's may have
    known = _SOLUTION_ARN.fullmatch(request.physical_id) is not None
    if not known and made is None:
        return None
    arn = request.physical_id if known or made is None else made.arn
    return Absent(
        arn=arn,
        owner=Owner(request.stack_id, request.logical_id),
        name_proves_owner=made is not None and made.name_proves_owner and made.arn == arn,
        since=since,
        wait_for_training=boolean(request.properties.get(_WAIT_FOR_TRAINING)) is True,
        quiet_seconds=_SETTLES_SECONDS if known else GIVEN_UP_SECONDS,
        is_id_made_up=not known,
        leaves_older=request.physical_id == NOT_CREATED,
        keeps_adopted=boolean(request.properties.get(_ADOPT)) is True,
    )
