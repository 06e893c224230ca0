"""CDK's tags as a property of a custom resource."""

from __future__ import annotations

import jsii
from aws_cdk import CfnResource, IStableAnyProducer, Lazy, TagManager, TagType
from constructs import IValidation

from cdk_personalize.model import tag_rules


@jsii.implements(IStableAnyProducer)
class _Property:
    """The tags in the API's form, in a stable order; nothing at all when there are none."""

    def __init__(self, manager: TagManager) -> None:
        self._manager = manager

    def produce(self) -> list[dict[str, str]] | None:
        tags = sorted(self._manager.tag_values().items())
        return [{"tagKey": key, "tagValue": value} for key, value in tags] or None


@jsii.implements(IValidation)
class _Limits:
    """The rules on tags, which are complete only when the app is synthesized."""

    def __init__(self, manager: TagManager, own: int) -> None:
        self._manager = manager
        self._own = own

    def validate(self) -> list[str]:
        return [str(problem) for problem in tag_rules.find_problems(self._manager.tag_values(), self._own)]


def make_taggable(resource: CfnResource, resource_type: str, own: int) -> TagManager:
    """Give a custom resource a `tags` property with all that CDK tags it with.

    Args:
        resource: The custom resource.
        resource_type: Its CloudFormation type, by which tags include and exclude resources.
        own: How many tags the provider adds to them.

    Returns:
        What CDK's tag aspects write to.
    """
    manager = TagManager(TagType.KEY_VALUE, resource_type)
    resource.add_property_override("tags", Lazy.any(_Property(manager)))
    resource.node.add_validation(_Limits(manager, own))
    return manager
