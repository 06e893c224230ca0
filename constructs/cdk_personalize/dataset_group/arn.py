"""Arguments that name a dataset group."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cdk_personalize.model.findings import Problem
from cdk_personalize.model.tokens import is_token
from cdk_personalize.model.value_types import Text, ValueType

# The API's own pattern. `ExistingDatasetGroup` has a narrower one: it reads the account and Region.
_ARN = Text(
    max=256,
    pattern=r"arn:([a-z\d-]+):personalize:.*:.*:.+",
    rule="must be the ARN of a dataset group",
    hint="an ARN is like arn:aws:personalize:us-east-1:123456789012:dataset-group/movies",
)


class DatasetGroupArn(ValueType):
    """The ARN of a dataset group and of nothing else (rule 98), or a construct that has one."""

    def wire(self, value: Any) -> str:
        if isinstance(value, str):
            return value
        if hasattr(type(value), "attr_dataset_group_arn"):
            return str(value.attr_dataset_group_arn)
        return str((value.dataset_group_ref if _is_reference(value) else value).dataset_group_arn)

    def problems(self, value: Any, at: str) -> Iterator[Problem]:
        if _is_reference(value):
            return
        arn = getattr(value, "dataset_group_arn", value)
        if not isinstance(arn, str):
            fix = "pass an aws_personalize.CfnDatasetGroup, an IDatasetGroup, or an ARN as a string"
            yield Problem(argument=at, value=value, rule="must be a dataset group", fix=fix)
        elif not is_token(arn):
            malformed = list(_ARN.problems(arn, at))
            yield from malformed
            if not malformed and not arn.split(":", 5)[5].startswith("dataset-group/"):
                fix = f"{_ARN.hint}: it ends in dataset-group/NAME"
                yield Problem(argument=at, value=arn, rule=_ARN.rule, fix=fix)


def _is_reference(value: object) -> bool:
    """Whether a value is an `IDatasetGroupRef` of the CDK, such as a `CfnDatasetGroup`.

    It looks at the class, because reading the property is a round trip to jsii.
    """
    return hasattr(type(value), "dataset_group_ref")
