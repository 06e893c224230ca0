"""Names and ARNs of the service's resources (rules 2 and 98)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cdk_personalize.model.findings import Problem
from cdk_personalize.model.value_types import Text, ValueType

RESOURCE_NAME = Text(
    min=1,
    max=63,
    pattern=r"[a-zA-Z0-9][a-zA-Z0-9\-_]*",
    rule="must have only letters, digits, - and _, and begin with a letter or digit",
    hint="choose a name like my-movies_2",
)
"""A name that you choose for a resource."""


ACCOUNT = Text(
    max=12,
    pattern=r"\d{12}",
    rule="must have 12 digits",
    hint="pass an account like 123456789012",
)
"""The number of an account."""

REGION = Text(
    max=25,
    pattern=r"[a-z]{2,}(-[a-z]+)+-\d+",
    rule="must be the code of a Region",
    hint="pass a code like us-east-1",
)
"""A Region."""


def arn_text(noun: str, path: str, example: str, instead: str = "") -> Text:
    """Return the type of the ARNs of one type of resource.

    Args:
        noun: The resource with its article, such as `a solution`.
        path: A regular expression for what comes after the account.
        example: An example of it.
        instead: What to use if you have something else, such as a name. Default: - nothing.
    """
    return Text(
        max=256,
        pattern=rf"arn:[a-z\d-]+:personalize:[a-z\d-]+:\d{{12}}:{path}",
        rule=f"must be the ARN of {noun}",
        hint=f"an ARN is like arn:aws:personalize:us-east-1:123456789012:{example}"
        + (instead and f"; {instead}"),
    )


@dataclass(frozen=True, kw_only=True)
class ArnOf(ValueType):
    """A resource: its ARN, or a construct that has one.

    Attributes:
        arn: The type of the ARN.
        attribute: The construct's property with the ARN.
        rule: What the value must be, as the end of a sentence.
        hint: What to pass.
    """

    arn: Text
    attribute: str
    rule: str
    hint: str

    def problems(self, value: Any, at: str) -> Iterator[Problem]:
        if isinstance(value, str):
            yield from self.arn.problems(value, at)
        elif not hasattr(type(value), self.attribute):  # reading the property is a round trip to jsii
            yield Problem(argument=at, value=value, rule=self.rule, fix=self.hint)

    def wire(self, value: Any) -> str:
        return value if isinstance(value, str) else str(getattr(value, self.attribute))
