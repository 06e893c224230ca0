"""The AWS clients of the provider, created when they are first needed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Protocol, cast

import botocore.session
from botocore.config import Config
from botocore.exceptions import ResponseStreamingError
from botocore.loaders import Loader
from botocore.model import OperationModel, StructureShape

from personalize_provider.aws import reading
from personalize_provider.aws.errors import CALL_ERRORS, NEVER_ANSWERED

# The asset has the service model that it was built with, so the provider knows today's API with any SDK of
# the Lambda runtime (rule 73). A checkout has no such folder, and uses botocore's own.
_MODELS = Path(__file__).resolve().parents[2] / "models"

# Short enough for a whole tick of the reconciler to end within the function's time, even if all of its calls
# are slow. No retries here: the reconciler looks again before it repeats an effect, and handles throttling.
_CONFIG = Config(
    connect_timeout=3,
    read_timeout=10,
    retries={"mode": "standard", "total_max_attempts": 1},
    user_agent_extra="cdk-personalize",
)

# The exceptions that botocore's parsers raise, for example for a value of another type than the model's.
_OF_THE_PARSER = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


class Personalize(Protocol):
    """The operations of Amazon Personalize that the provider calls; its IAM policy allows only these."""

    def create_solution(self, **request: Any) -> Mapping[str, Any]:
        """https://docs.aws.amazon.com/personalize/latest/dg/API_CreateSolution.html."""

    def describe_solution(self, *, solutionArn: str) -> Mapping[str, Any]:  # noqa: N803 (botocore's names)
        """https://docs.aws.amazon.com/personalize/latest/dg/API_DescribeSolution.html."""

    def update_solution(self, **request: Any) -> Mapping[str, Any]:
        """https://docs.aws.amazon.com/personalize/latest/dg/API_UpdateSolution.html."""

    def delete_solution(self, *, solutionArn: str) -> Mapping[str, Any]:  # noqa: N803
        """https://docs.aws.amazon.com/personalize/latest/dg/API_DeleteSolution.html."""

    def list_solution_versions(self, **request: Any) -> Mapping[str, Any]:
        """https://docs.aws.amazon.com/personalize/latest/dg/API_ListSolutionVersions.html."""

    def stop_solution_version_creation(self, *, solutionVersionArn: str) -> Mapping[str, Any]:  # noqa: N803
        """https://docs.aws.amazon.com/personalize/latest/dg/API_StopSolutionVersionCreation.html."""

    def list_campaigns(self, **request: Any) -> Mapping[str, Any]:
        """https://docs.aws.amazon.com/personalize/latest/dg/API_ListCampaigns.html."""

    def create_campaign(self, **request: Any) -> Mapping[str, Any]:
        """https://docs.aws.amazon.com/personalize/latest/dg/API_CreateCampaign.html."""

    def describe_campaign(self, *, campaignArn: str) -> Mapping[str, Any]:  # noqa: N803
        """https://docs.aws.amazon.com/personalize/latest/dg/API_DescribeCampaign.html."""

    def update_campaign(self, **request: Any) -> Mapping[str, Any]:
        """https://docs.aws.amazon.com/personalize/latest/dg/API_UpdateCampaign.html."""

    def delete_campaign(self, *, campaignArn: str) -> Mapping[str, Any]:  # noqa: N803
        """https://docs.aws.amazon.com/personalize/latest/dg/API_DeleteCampaign.html."""

    def describe_dataset(self, *, datasetArn: str) -> Mapping[str, Any]:  # noqa: N803
        """https://docs.aws.amazon.com/personalize/latest/dg/API_DescribeDataset.html."""

    def delete_dataset(self, *, datasetArn: str) -> Mapping[str, Any]:  # noqa: N803
        """https://docs.aws.amazon.com/personalize/latest/dg/API_DeleteDataset.html."""

    def list_tags_for_resource(self, *, resourceArn: str) -> Mapping[str, Any]:  # noqa: N803
        """https://docs.aws.amazon.com/personalize/latest/dg/API_ListTagsForResource.html."""

    def tag_resource(self, *, resourceArn: str, tags: list[dict[str, str]]) -> Mapping[str, Any]:  # noqa: N803
        """https://docs.aws.amazon.com/personalize/latest/dg/API_TagResource.html."""

    def untag_resource(self, *, resourceArn: str, tagKeys: list[str]) -> Mapping[str, Any]:  # noqa: N803
        """https://docs.aws.amazon.com/personalize/latest/dg/API_UntagResource.html."""


class CloudFormation(Protocol):
    """The operations of CloudFormation that the provider calls."""

    def describe_stacks(self, *, StackName: str) -> Mapping[str, Any]:  # noqa: N803
        """https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html."""

    def describe_stack_events(self, *, StackName: str, NextToken: str = ...) -> Mapping[str, Any]:  # noqa: N803
        """https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackEvents.html."""

    def list_stack_resources(self, *, StackName: str, NextToken: str = ...) -> Mapping[str, Any]:  # noqa: N803
        """https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStackResources.html."""


class Events(Protocol):
    """The operations of EventBridge that the single function calls for its polling."""

    def put_rule(self, **request: Any) -> Mapping[str, Any]:
        """https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html."""

    def put_targets(self, *, Rule: str, Targets: list[dict[str, Any]]) -> Mapping[str, Any]:  # noqa: N803
        """https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html."""

    def list_targets_by_rule(self, *, Rule: str) -> Mapping[str, Any]:  # noqa: N803
        """https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListTargetsByRule.html."""

    def remove_targets(self, *, Rule: str, Ids: list[str]) -> Mapping[str, Any]:  # noqa: N803
        """https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_RemoveTargets.html."""

    def delete_rule(self, *, Name: str) -> Mapping[str, Any]:  # noqa: N803
        """https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DeleteRule.html."""


class _Loader(Loader):  # type: ignore[misc] # botocore publishes no types
    """botocore's loader, which would search the folders of all services for the names of three."""

    def list_available_services(self, type_name: str) -> list[str]:  # noqa: ARG002 (all have each type)
        return ["cloudformation", "events", "personalize"]


@cache
def _session() -> botocore.session.Session:
    session = botocore.session.Session()
    session.register_component("data_loader", _Loader([str(_MODELS)] if _MODELS.is_dir() else None))
    return session


@cache
def personalize() -> Personalize:
    """The Personalize client of this process."""
    return cast(Personalize, whole_answers(_session().create_client("personalize", config=_CONFIG)))


@cache
def cloudformation() -> CloudFormation:
    """The CloudFormation client of this process."""
    return cast(CloudFormation, whole_answers(_session().create_client("cloudformation", config=_CONFIG)))


@cache
def events() -> Events:
    """The EventBridge client of this process. It retries by itself: all of its calls are idempotent."""
    config = _CONFIG.merge(Config(retries={"mode": "standard", "total_max_attempts": 4}))
    return cast(Events, whole_answers(_session().create_client("events", config=config)))


def whole_answers(client: Any) -> Any:
    """Make a client return answers in one form, and raise only `errors.CALL_ERRORS`.

    botocore treats an answer that was cut short as one without members, and raises Python's own exceptions
    for one that it can't parse. Every error also gets the name of its operation, as the service's own errors
    have it, and whether the service has ever answered.
    """
    has_answered = False

    def check(
        event_name: str,
        response_dict: Mapping[str, Any] | None,
        parsed_response: Mapping[str, Any] | None,
        **_event: Any,
    ) -> None:
        nonlocal has_answered
        has_answered = has_answered or response_dict is not None
        if response_dict is None or parsed_response is None:
            return
        operation = client.meta.service_model.operation_model(event_name.rpartition(".")[2])
        if error := parsed_response.get("Error"):
            # Without a readable body, botocore uses the HTTP status as the error's code.
            is_cut = error.get("Code") == str(response_dict["status_code"])
        else:
            has_members = bool(operation.output_shape and operation.output_shape.members)
            is_empty = has_members and not parsed_response.keys() - {"ResponseMetadata"}
            is_cut = is_empty and response_dict["body"].strip() != b"{}"
        if is_cut:
            raise ResponseStreamingError(error=f"the answer to {operation.name} is cut short")

    def read(model: OperationModel, parsed: dict[str, Any], **_event: Any) -> None:
        if "Error" not in parsed:
            whole = reading.read(model.name, model.output_shape, parsed)
            parsed.clear()
            parsed.update(whole)

    def tell(event_name: str, exception: Exception, **_event: Any) -> None:
        operation = event_name.rpartition(".")[2]
        if isinstance(exception, _OF_THE_PARSER) and not isinstance(exception, CALL_ERRORS):
            raise reading.unreadable(operation, repr(exception)) from exception
        setattr(exception, "operation_name", operation)  # noqa: B010 (no type has it)
        setattr(exception, NEVER_ANSWERED, not has_answered)

    client.meta.events.register("response-received", check)
    client.meta.events.register("after-call", read)
    client.meta.events.register("after-call-error", tell)
    return client


def read_tags(client: Personalize, arn: str) -> dict[str, str]:
    """The tags of a resource."""
    tags = client.list_tags_for_resource(resourceArn=arn)["tags"]
    return {tag["tagKey"]: tag["tagValue"] for tag in tags}


@cache
def input_shape(operation: str) -> StructureShape:
    """The input of an operation of Personalize in the service model."""
    model = _session().get_service_model("personalize")
    return cast(StructureShape, model.operation_model(operation).input_shape)
