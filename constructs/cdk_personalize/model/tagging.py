"""CDK's tags as a property of a resource."""

from __future__ import annotations

import jsii
from aws_cdk import CfnResource, IStableAnyProducer, Lazy, TagManager, TagType
from constructs import IValidation

from cdk_personalize.model import tag_rules
from cdk_personalize.model.kind import Kind


@jsii.implements(IStableAnyProducer)
class _Property:
    """The tags in a stable order; no property if there are no tags."""

    def __init__(self, manager: TagManager, key: str, value: str) -> None:
        self._manager = manager
        self._names = key, value

    def produce(self) -> list[dict[str, str]] | None:
        tags = sorted(self._manager.tag_values().items())
        return [dict(zip(self._names, tag, strict=True)) for tag in tags] or None


@jsii.implements(IValidation)
class _Limits:
    """The rules on tags, checked at synthesis, when the tags are complete."""

    def __init__(self, manager: TagManager, kind: Kind, own: int) -> None:
        self._manager = manager
        self._kind = kind
        self._own = own

    def validate(self) -> list[str]:
        tags = self._manager.tag_values()
        return [str(problem) for problem in tag_rules.find_problems(tags, self._kind, self._own)]


def make_taggable(resource: CfnResource, kind: Kind, own: int) -> TagManager:
    """Give a resource a property with all tags that the CDK puts on it.

    A custom resource has them as the API spells them, a native one as CloudFormation does (rule 17).

    Args:
        resource: The resource.
        kind: Its kind. Tags include and exclude resources by its CloudFormation type.
        own: How many tags the provider adds.

    Returns:
        The manager that CDK's tag aspects write to.
    """
    manager = TagManager(TagType.KEY_VALUE, kind.resource_type)
    spelled = ("Tags", "Key", "Value") if kind.is_native else ("tags", "tagKey", "tagValue")
    resource.add_property_override(spelled[0], Lazy.any(_Property(manager, *spelled[1:])))
    resource.node.add_validation(_Limits(manager, kind, own))
    return manager
