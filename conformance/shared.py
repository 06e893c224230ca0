"""What several questions need: resources that are created once a run, when the first question needs them.

If one of them cannot be created, each question that needs it reports the same reason, without another call.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial, wraps
from typing import Any, TypeVar

from botocore.exceptions import ClientError

from conformance.account import ACCEPTED, Account
from conformance.question import CouldNotAskError, Seen
from conformance.resources import KINDS

_T = TypeVar("_T")

_MOST_DISCARDED = 4


def once(make: Callable[[Shared], _T]) -> Callable[[Shared], _T]:
    """Run a method once, and give the same value, or the same error, to all callers."""

    @wraps(make)
    def kept(self: Shared) -> _T:
        if make.__name__ not in self.kept:
            try:
                self.kept[make.__name__] = make(self)
            except (ClientError, CouldNotAskError) as error:
                self.kept[make.__name__] = CouldNotAskError(str(error))
        value = self.kept[make.__name__]
        if isinstance(value, CouldNotAskError):
            raise value
        result: _T = value
        return result

    return kept


class Shared:
    """The account, and what the questions share in it.

    Args:
        account: Where to ask.
    """

    def __init__(self, account: Account) -> None:
        self.account = account
        self.kept: dict[str, Any] = {}
        self._discarded: list[str] = []

    @once
    def empty_group(self) -> str:
        """An ACTIVE dataset group without datasets."""
        return self._group("empty")

    @once
    def group(self) -> str:
        """An ACTIVE dataset group with datasets of interactions and items, without data."""
        group = self._group("group")
        self.wait_for_dataset(group, self.interactions_schema(), "INTERACTIONS")
        self.wait_for_dataset(group, self.items_schema(), "ITEMS")
        return group

    @once
    def interactions_schema(self) -> str:
        """A schema of interactions with an event type and value."""
        fields = [
            "USER_ID",
            "ITEM_ID",
            "EVENT_TYPE",
            ("EVENT_VALUE", ["null", "float"]),
            ("TIMESTAMP", "long"),
        ]
        return self.schema("interactions", schema_text("Interactions", fields))

    @once
    def items_schema(self) -> str:
        """A schema of items with a genre and a price."""
        fields = ["ITEM_ID", ("GENRE", "string", True), ("PRICE", "float")]
        return self.schema("items", schema_text("Items", fields))

    @once
    def solution(self) -> str:
        """An ACTIVE solution without automatic training and with one tag, in the group with datasets."""
        tags = [{"tagKey": "made-by", "tagValue": "conformance"}]
        arn = self.create_solution("solution", tags=tags)
        return self.account.wait_until_active("Solution", arn)

    def schema(self, label: str, text: str) -> str:
        """Create a schema and return its ARN."""
        return str(
            self.account.call("CreateSchema", name=self.account.named(label), schema=text)["schemaArn"]
        )

    def wait_for_dataset(self, group: str, schema: str, kind: str) -> str:
        """Create a dataset, wait until it is ACTIVE, and return its ARN."""
        name = self.account.named(f"{group.rpartition('-')[2]}-{kind.lower()}")
        arn = self.account.call(
            "CreateDataset", name=name, schemaArn=schema, datasetGroupArn=group, datasetType=kind
        )["datasetArn"]
        return self.account.wait_until_active("Dataset", str(arn))

    def solution_request(self, label: str, **changes: object) -> dict[str, object]:
        """A valid CreateSolution request. `None` leaves a member out."""
        request: dict[str, object] = {
            "name": self.account.named(label),
            "recipeArn": self.account.recipe("aws-user-personalization-v2"),
            "performAutoTraining": False,
        }
        if "datasetGroupArn" not in changes:
            request["datasetGroupArn"] = self.group()
        return {name: value for name, value in (request | changes).items() if value is not None}

    def create_solution(self, label: str, **changes: object) -> str:
        """Create a solution and return its ARN."""
        request = self.solution_request(label, **changes)
        self._make_room()
        return str(self.account.call("CreateSolution", **request)["solutionArn"])

    def try_solution(self, label: str, **changes: object) -> Seen:
        """Try to create a solution. If that works, delete it."""
        request = self.solution_request(label, **changes)
        self._make_room()
        seen = self.account.outcome("CreateSolution", **request)
        if seen.answer == ACCEPTED:
            self.discard(self.account.arn(f"solution/{request['name']}"))
        return seen

    def discard(self, arn: str) -> None:
        """Delete a solution that no question needs anymore."""
        self.account.outcome("DeleteSolution", solutionArn=arn)
        self._discarded.append(arn)

    def listed(self) -> list[str]:
        """The ARNs of the solutions in the group with datasets, in the order of the service."""
        answer = self.account.call("ListSolutions", datasetGroupArn=self.group(), maxResults=100)
        return [each["solutionArn"] for each in answer["solutions"]]

    def described(self, noun: str, arn: str) -> dict[str, Any]:
        """Return a resource that exists.

        Raises:
            CouldNotAskError: The service does not find it.
        """
        resource = self.account.described(KINDS[noun], arn)
        if resource is None:
            raise CouldNotAskError(f"{arn} is not found")
        return resource

    def _make_room(self) -> None:
        """Wait until discarded solutions are gone, once there are some: a group has few (rule 116)."""
        if len(self._discarded) < _MOST_DISCARDED:
            return
        while self._discarded:
            arn = self._discarded[-1]
            self.account.wait(partial(self._is_gone, arn), f"deleting {arn}")
            self._discarded.pop()

    def _is_gone(self, arn: str) -> bool:
        solution = self.account.described(KINDS["Solution"], arn)
        if solution and not str(solution["status"]).startswith("DELETE"):
            self.account.outcome("DeleteSolution", solutionArn=arn)  # it was not ACTIVE before
        return solution is None

    def _group(self, label: str) -> str:
        arn = self.account.call("CreateDatasetGroup", name=self.account.named(label))["datasetGroupArn"]
        return self.account.wait_until_active("DatasetGroup", str(arn))


def schema_text(name: str, fields: list[Any]) -> str:
    """An Avro schema. A field is a name, or a name with its type and whether it is categorical."""
    described = []
    for field in fields:
        label, kind, *categorical = (field, "string") if isinstance(field, str) else field
        described.append({"name": label, "type": kind} | ({"categorical": True} if categorical else {}))
    return json.dumps(
        {
            "type": "record",
            "name": name,
            "namespace": "com.amazonaws.personalize.schema",
            "fields": described,
            "version": "1.0",
        }
    )
