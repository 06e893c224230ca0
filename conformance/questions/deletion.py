"""Deletes: their statuses, when a name is free again, and what blocks them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from conformance.account import ACCEPTED, IN_USE, INVALID, NOT_FOUND, TAKEN
from conformance.question import Question, Seen
from conformance.resources import KINDS
from conformance.shared import Shared, once


@once
def _being_deleted(shared: Shared) -> Mapping[str, Seen]:
    """Create and delete a solution."""
    account = shared.account
    arn = shared.create_solution("deleted")
    account.wait_until_active("Solution", arn)
    account.call("DeleteSolution", solutionArn=arn)
    described = account.described(KINDS["Solution"], arn)
    status = "gone" if described is None else str(described["status"])
    return {
        "status": Seen("being deleted" if status.startswith("DELETE ") else status, status),
        "again": account.outcome("DeleteSolution", solutionArn=arn),
        "name-meanwhile": account.outcome("CreateSolution", **shared.solution_request("deleted")),
    }


@once
def _gone(shared: Shared) -> Mapping[str, Seen]:
    """Wait until it is gone, and create it again."""
    account = shared.account
    _being_deleted(shared)
    arn = account.arn(f"solution/{account.named('deleted')}")
    account.wait_until_gone("Solution", arn)
    seen = {
        "listed": Seen("yes" if arn in shared.listed() else "no"),
        "gone": account.outcome("DeleteSolution", solutionArn=arn),
        "name": account.outcome("CreateSolution", **shared.solution_request("deleted")),
    }
    shared.discard(arn)
    return seen


@once
def _new_group(shared: Shared) -> Mapping[str, Seen]:
    """Create a dataset group, and try a dataset before it is ACTIVE."""
    account, schema = shared.account, shared.interactions_schema()
    name = account.named("doomed")
    arn = str(account.call("CreateDatasetGroup", name=name)["datasetGroupArn"])
    dataset = {"schemaArn": schema, "datasetGroupArn": arn, "datasetType": "INTERACTIONS"}
    return {
        "pending": account.outcome("CreateDataset", name=account.named("too-early"), **dataset),
        "taken": account.outcome("CreateDatasetGroup", name=name),
    }


@once
def _used_group(shared: Shared) -> Mapping[str, Seen]:
    """Try to delete the group with a dataset in it, and delete that."""
    account = shared.account
    early = _new_group(shared)["pending"].answer == ACCEPTED
    group = account.wait_until_active("DatasetGroup", account.arn(f"dataset-group/{account.named('doomed')}"))
    if early:
        dataset = account.arn(f"dataset/{account.named('doomed')}/INTERACTIONS")
        account.wait_until_active("Dataset", dataset)
    else:
        dataset = shared.wait_for_dataset(group, shared.interactions_schema(), "INTERACTIONS")
    used = account.outcome("DeleteDatasetGroup", datasetGroupArn=group)
    account.call("DeleteDataset", datasetArn=dataset)
    account.wait_until_gone("Dataset", dataset)
    return {"used": used, "emptied": account.outcome("DeleteDatasetGroup", datasetGroupArn=group)}


@once
def _gone_group(shared: Shared) -> Mapping[str, Seen]:
    """Wait until the group is gone, and create it again."""
    account = shared.account
    _used_group(shared)
    group = account.arn(f"dataset-group/{account.named('doomed')}")

    def gone() -> bool:
        found = account.described(KINDS["DatasetGroup"], group)
        if found and not found["status"].startswith("DELETE"):
            account.outcome("DeleteDatasetGroup", datasetGroupArn=group)  # it was refused before
        return found is None

    account.wait(gone, f"deleting {group}")
    return {"name": account.outcome("CreateDatasetGroup", name=account.named("doomed"))}


def _one(life: Callable[[Shared], Mapping[str, Seen]], part: str) -> Callable[[Shared], Seen]:
    return lambda shared: life(shared)[part]


def _missing(operation: str, member: str, path: str) -> Callable[[Shared], Seen]:
    """Call an operation for something that does not exist."""

    def ask(shared: Shared) -> Seen:
        shared.empty_group()
        return shared.account.outcome(operation, **{member: shared.account.arn(path)})

    return ask


def _missing_text(shared: Shared) -> Seen:
    shared.empty_group()
    arn = shared.account.arn(f"solution/{shared.account.named('absent')}")
    seen = shared.account.outcome("DescribeSolution", solutionArn=arn)
    return Seen(seen.message.replace(arn, "ARN"), seen.message)


def _campaign(suffix: str) -> Callable[[Shared], Seen]:
    """Create a campaign of a solution without a version. There is nothing to deploy, so nothing bills."""

    def ask(shared: Shared) -> Seen:
        return shared.account.outcome(
            "CreateCampaign",
            name=shared.account.named("campaign"),
            solutionVersionArn=f"{shared.solution()}{suffix}",
            minProvisionedTPS=1,
        )

    return ask


QUESTIONS: tuple[Question, ...] = (
    Question(
        "delete-status",
        (81,),
        "DescribeSolution right after DeleteSolution",
        "being deleted",
        _one(_being_deleted, "status"),
    ),
    Question(
        "delete-again",
        (79, 81),
        "DeleteSolution of a solution that is being deleted",
        IN_USE,
        _one(_being_deleted, "again"),
    ),
    Question(
        "delete-name-meanwhile",
        (97,),
        "The name of a solution that is being deleted",
        TAKEN,
        _one(_being_deleted, "name-meanwhile"),
    ),
    Question(
        "delete-listed",
        (64, 81),
        "Is a solution still listed when Describe does not find it?",
        "no",
        _one(_gone, "listed"),
    ),
    Question(
        "delete-gone", (79,), "DeleteSolution of a solution that is gone", NOT_FOUND, _one(_gone, "gone")
    ),
    Question("delete-name", (97,), "The name of a solution that is gone", ACCEPTED, _one(_gone, "name")),
    Question(
        "group-pending",
        (178,),
        "CreateDataset in a group that is not ACTIVE yet",
        INVALID,
        _one(_new_group, "pending"),
    ),
    Question(
        "group-taken",
        (98,),
        "CreateDatasetGroup with a name that is taken",
        TAKEN,
        _one(_new_group, "taken"),
    ),
    Question(
        "group-used",
        (80, 168),
        "DeleteDatasetGroup of a group with a dataset",
        IN_USE,
        _one(_used_group, "used"),
    ),
    Question(
        "group-emptied",
        (64,),
        "DeleteDatasetGroup as soon as its last dataset is gone",
        ACCEPTED,
        _one(_used_group, "emptied"),
    ),
    Question(
        "group-name", (98,), "The name of a dataset group that is gone", ACCEPTED, _one(_gone_group, "name")
    ),
    Question(
        "missing-text",
        (79,),
        "What does the service say of a solution that does not exist?",
        "Resource Arn ARN does not exist.",
        _missing_text,
    ),
    Question(
        "missing-update",
        (72,),
        "UpdateSolution of one that does not exist",
        NOT_FOUND,
        _missing("UpdateSolution", "solutionArn", "solution/conformance-absent"),
    ),
    Question(
        "missing-train",
        (90,),
        "CreateSolutionVersion of one that does not exist",
        NOT_FOUND,
        _missing("CreateSolutionVersion", "solutionArn", "solution/conformance-absent"),
    ),
    Question(
        "missing-metrics",
        (110,),
        "GetSolutionMetrics of a version that does not exist",
        NOT_FOUND,
        _missing("GetSolutionMetrics", "solutionVersionArn", "solution/conformance-absent/0a1b2c3d"),
    ),
    Question("campaign-bare", (103,), "CreateCampaign with the ARN of a solution", NOT_FOUND, _campaign("")),
    Question(
        "campaign-latest",
        (103,),
        "CreateCampaign with $LATEST of a solution without versions",
        NOT_FOUND,
        _campaign("/$LATEST"),
    ),
)
