"""What the provider, tags and snapshots need to know about a kind of resource."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of resource. `cdk_personalize.kinds` lists those that the provider manages.

    The actions are those that the handler calls for it, without the prefix `personalize:`. CloudFormation
    manages a native kind, without the handler.

    Attributes:
        name: As ARNs and messages have it, such as `solution`.
        resource_type: Its CloudFormation type.
        path: What follows the name in the ARNs of those that the provider manages, as a pattern.
        created_in: Resources, as ARNs have them, on which creating one also needs rights, such as
            `dataset-group`.
        reads: Actions that read any resource of the kind, to find its owner.
        creates: Actions that create one.
        changes: Actions that change or delete one.
        lists: Actions without resource types, which IAM allows on `*` only (rule 127).
    """

    name: str
    resource_type: str
    path: str = "*"
    created_in: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    creates: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()

    @property
    def is_native(self) -> bool:
        """Whether it is a resource type of CloudFormation's own."""
        return self.resource_type.startswith("AWS::")
