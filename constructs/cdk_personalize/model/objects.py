"""Arguments that must be objects of the app, such as constructs and durations, and not values of the API."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cdk_personalize.model.findings import Problem
from cdk_personalize.model.value_types import ValueType


@dataclass(frozen=True, kw_only=True)
class Like(ValueType):
    """An object of a certain type, or one that implements its interface. A token is none.

    Attributes:
        member: A member that only objects of that type have.
        what: The type with its article, as in `must be a topic`.
        hint: What to pass.
    """

    takes_tokens = False

    member: str
    what: str
    hint: str

    def problems(self, value: Any, at: str) -> Iterator[Problem]:
        if isinstance(value, type) or not hasattr(value, self.member):
            yield Problem(argument=at, value=value, rule=f"must be {self.what}", fix=self.hint)


class WholeSeconds(Like):
    """A `Duration` of whole seconds that is known at synthesis."""

    def problems(self, value: Any, at: str) -> Iterator[Problem]:
        wrong = [*super().problems(value, at)]
        yield from wrong
        if not wrong and value.is_unresolved():
            yield Problem(
                argument=at,
                value=value.to_string(),
                rule="must be known at synthesis, which checks it",
                fix=f"{self.hint}, without a token",
            )
        elif not wrong and value.to_milliseconds(integral=False) % 1000:
            yield Problem(
                argument=at, value=value.to_human_string(), rule="must be whole seconds", fix=self.hint
            )


SOLUTION = Like(
    member="solution_arn",
    what="a solution",
    hint="pass a Solution, or a Solution.from_solution_arn(...)",
)
ROLE = Like(member="role_arn", what="a role", hint="pass an aws_iam.Role, or a Role.from_role_arn(...)")
BUCKET = Like(
    member="arn_for_objects",
    what="a bucket",
    hint="pass an aws_s3.Bucket, or a Bucket.from_bucket_name(...)",
)
KEY = Like(member="key_arn", what="a key", hint="pass an aws_kms.Key, or a Key.from_key_arn(...)")
TOPIC = Like(member="topic_arn", what="a topic", hint="pass an aws_sns.Topic, or a Topic.from_topic_arn(...)")
ALARM = Like(
    member="alarm_name",
    what="an alarm",
    hint='pass an alarm such as campaign.alarm_on_errors("Errors"), or an Alarm.from_alarm_arn(...)',
)
SCHEDULE = Like(
    member="time_zone",  # the schedules of aws_events have none
    what="a ScheduleExpression",
    hint="pass an aws_scheduler.ScheduleExpression.rate(Duration.days(7))",
)
DURATION = WholeSeconds(member="to_seconds", what="a Duration", hint="pass one such as Duration.hours(6)")
