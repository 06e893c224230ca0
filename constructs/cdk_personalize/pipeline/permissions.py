"""What the two state machines may call: exactly what their definitions call, on the narrowest resources."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_personalize.pipeline.definition.plan import Plan
from cdk_personalize.pipeline.definition.telling import NAMESPACE
from cdk_personalize.solution.base import ISolution

if TYPE_CHECKING:
    from aws_cdk import aws_sns as sns

# CreateCampaign needs a right on the solution as well (rule 125). For UpdateCampaign the reference names the
# campaign only (rule 126); whether the service checks the version that it names is not known (?).
_OF_A_VERSION = ("personalize:CreateCampaign", "personalize:UpdateCampaign")
_PROMOTE = (
    "personalize:CreateCampaign",
    "personalize:ListTagsForResource",
    "personalize:TagResource",
    "personalize:UpdateCampaign",
)


def of_runs(scope: Construct, plan: Plan, solutions: Sequence[ISolution], role: iam.IGrantable) -> None:
    """Allow the state machine of runs what it calls."""
    for solution in solutions:
        solution.grant(
            role,
            "personalize:CreateSolutionVersion",
            "personalize:DescribeSolution",
            "personalize:DescribeSolutionVersion",
            "personalize:GetSolutionMetrics",
        )
    for baseline in solutions[1:]:
        baseline.grant(role, "personalize:StopSolutionVersionCreation")
    _allow(role, [plan.machine_arn], "states:ListExecutions")
    _allow(role, [plan.cleanup_arn], "states:StartExecution")
    _allow(role, [one.dataset_arn for one in plan.imports], "personalize:CreateDatasetImportJob")
    jobs = sorted({f"{one.job_arn_prefix}run-*" for one in plan.imports})
    _allow(role, jobs, "personalize:CreateDatasetImportJob", "personalize:DescribeDatasetImportJob")
    roles = list(dict.fromkeys(one.role_arn for one in plan.imports))
    if roles:
        role.grant_principal.add_to_principal_policy(
            iam.PolicyStatement(
                actions=["iam:PassRole"],
                resources=roles,
                conditions={"StringEquals": {"iam:PassedToService": "personalize.amazonaws.com"}},
            )
        )
    if plan.campaign:
        _allow(role, [plan.campaign.arn], "personalize:DescribeCampaign")
        if not plan.dry_run:
            _allow(role, [plan.machine_arn], "states:DescribeStateMachine")
            _allow(role, [plan.campaign.arn], *_PROMOTE)
            solutions[0].grant(role, *_OF_A_VERSION)
    if not plan.dry_run:
        _allow(role, [_parameter_arn(scope, plan)], "ssm:PutParameter")
    if plan.bake and not plan.dry_run:
        # Composite alarms are described only with this scope (API_DescribeAlarms in the API Reference).
        _allow(role, ["*"], "cloudwatch:DescribeAlarms")
    _telling(scope, plan, role)


def of_topics(topics: Iterable[sns.ITopic | None], role: iam.IGrantable) -> None:
    """Allow a state machine to publish to topics, also with the keys that encrypt them."""
    for topic in topics:
        if topic is not None:
            topic.grant_publish(role)


def of_cleanups(scope: Construct, plan: Plan, solutions: Sequence[ISolution], role: iam.IGrantable) -> None:
    """Allow the state machine of cleanups what it calls."""
    for solution in solutions:
        solution.grant(
            role,
            "personalize:DescribeSolutionVersion",
            "personalize:ListSolutionVersions",
            "personalize:StopSolutionVersionCreation",
        )
    _telling(scope, plan, role)


def _telling(scope: Construct, plan: Plan, role: iam.IGrantable) -> None:
    """What both call at the end of a run."""
    bus = Stack.of(scope).format_arn(service="events", resource="event-bus", resource_name="default")
    _allow(role, [bus], "events:PutEvents")
    role.grant_principal.add_to_principal_policy(
        iam.PolicyStatement(
            actions=["cloudwatch:PutMetricData"],
            resources=["*"],  # it has no resource types
            conditions={"StringEquals": {"cloudwatch:namespace": NAMESPACE}},
        )
    )
    if plan.signal:
        _allow(role, [plan.signal.stack_id], "cloudformation:SignalResource")


def _parameter_arn(scope: Construct, plan: Plan) -> str:
    return Stack.of(scope).format_arn(
        service="ssm",
        resource="parameter",
        resource_name=plan.champion_parameter.lstrip("/"),
        arn_format=ArnFormat.SLASH_RESOURCE_NAME,
    )


def _allow(role: iam.IGrantable, resources: list[str], *actions: str) -> None:
    if resources:
        role.grant_principal.add_to_principal_policy(
            iam.PolicyStatement(actions=list(actions), resources=resources)
        )
