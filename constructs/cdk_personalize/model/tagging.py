"""CDK's tags as a property of a custom resource."""

from __future__ import annotations

import jsii
from aws_cdk import CfnResource, IStableAnyProducer, Lazy, TagManager, TagType
from constructs import IValidation

from cdk_personalize.model import tag_rules
from cdk_personalize.model.kind import Kind


@jsii.implements(IStableAnyProducer)
class _Property:
    """The tags in the API's form, in a stable order; no property if there are no tags."""

    def __init__(self, manager: TagManager) -> None:
        self._manager = manager

    def produce(self) -> list[dict[str, str]] | None:
        tags = sorted(self._manager.tag_values().items())
        return [{"tagKey": key, "tagValue": value} for key, value in tags] or None


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
    """Give a custom resource a `tags` property with all tags that the CDK puts on it.

    Args:
        resource: The custom resource.
        kind: Its kind. Tags include and exclude resources by its CloudFormation type.
        own: How many tags the provider adds.

    Returns:
        The manager that CDK's tag aspects write to.
    """
    manager = TagManager(TagType.KEY_VALUE, kind.resource_type)
    resource.add_property_override("tags", Lazy.any(_Property(manager)))
    resource.node.add_validation(_Limits(manager, kind, own))
    return manager
