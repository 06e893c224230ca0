"""What the provider, tags and snapshots need to know about a kind of resource."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of resource that the provider manages. `cdk_personalize.kinds` lists them.

    The actions are those that the handler calls for it, without the prefix `personalize:`.

    Attributes:
        name: As ARNs and messages have it, such as `solution`.
        resource_type: Its CloudFormation type.
        created_in: Resources, as ARNs have them, on which creating one also needs rights, such as
            `dataset-group`.
        reads: Actions that read any resource of the kind, to find its owner.
        creates: Actions that create one.
        changes: Actions that change or delete one.
        lists: Actions without resource types, which IAM allows on `*` only (rule 127).
    """

    name: str
    resource_type: str
    created_in: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    creates: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
