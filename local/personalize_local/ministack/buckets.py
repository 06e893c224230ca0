"""S3 buckets of stacks, where ministack drops the tags and deletes what AWS keeps.

The function of `auto_delete_objects` empties only buckets that have its tag. And CloudFormation does not
delete a bucket with objects.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ministack.services import s3
from ministack.services.cloudformation import provisioners

Properties = Mapping[str, Any]
Provisioned = tuple[str, dict[str, str]]  # the physical id and the attributes


class BucketNotEmptyError(Exception):
    """A bucket with objects cannot be deleted."""


def register() -> None:
    """Give buckets their tags, and keep those with objects."""
    handlers = provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"]
    create_bucket, update_bucket, delete_bucket = (handlers[name] for name in ("create", "update", "delete"))

    def create(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
        return _tagged(create_bucket(logical_id, properties, stack_name), properties)

    def update(name: str, old: Properties, new: Properties, stack_name: str) -> Provisioned:
        return _tagged(update_bucket(name, old, new, stack_name), new)

    def delete(name: str, properties: Properties) -> None:
        if s3._buckets.get(name, {}).get("objects") or s3._bucket_has_versions(name):
            raise BucketNotEmptyError(
                "The bucket you tried to delete is not empty (Service: S3, Status Code: 409)"
            )
        delete_bucket(name, properties)

    handlers |= {"create": create, "update": update, "delete": delete}


def _tagged(made: Provisioned, properties: Properties) -> Provisioned:
    tags = {tag["Key"]: tag["Value"] for tag in properties.get("Tags") or []}
    if tags:
        s3._bucket_tags[made[0]] = tags
    else:
        s3._bucket_tags.pop(made[0], None)
    return made
