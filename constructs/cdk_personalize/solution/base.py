"""What every solution offers, defined in a stack or imported."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Protocol, Unpack

from aws_cdk import IResource
from aws_cdk import aws_iam as iam
from constructs import Node

from cdk_personalize.model import grants, metrics
from cdk_personalize.model.metrics import MetricOptions

if TYPE_CHECKING:
    from aws_cdk import aws_cloudwatch as cloudwatch
    from aws_cdk.interfaces import ResourceEnvironment

_READ = (
    "personalize:DescribeSolution",
    "personalize:DescribeSolutionVersion",
    "personalize:GetSolutionMetrics",
    "personalize:ListSolutionVersions",
    "personalize:ListTagsForResource",
)
_TRAIN = (
    "personalize:CreateSolutionVersion",
    "personalize:DescribeSolution",  # whether it is ACTIVE yet (rule 55)
    "personalize:DescribeSolutionVersion",  # how the training goes
)


class ISolution(IResource, Protocol):
    """A solution, defined in a stack or imported, for type hints.

    Get one from `Solution(...)`, `Solution.from_solution_arn`, `Solution.from_solution_name` or
    `Solution.from_solution_attributes`.
    """

    @property
    def solution_arn(self) -> str:
        """The solution's ARN."""
        ...

    @property
    def solution_name(self) -> str:
        """The solution's name."""
        ...

    def grant(self, grantee: iam.IGrantable, *actions: str) -> iam.Grant:
        """Allow actions on this solution and its versions."""
        ...

    def grant_read(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow reading this solution, its versions, their metrics and its tags."""
        ...

    def grant_train(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow training versions of this solution."""
        ...

    def metric(self, metric_name: str, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """A CloudWatch metric of this solution."""
        ...

    def metric_training_time(self, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """How long trainings took, in seconds."""
        ...

    def metric_training_errors(self, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """How many trainings could not be started."""
        ...


class SolutionBase:
    """The grants and metrics of a solution, which need only its ARN.

    List it after `Resource` in the base classes of a construct. For each new construct, jsii checks every
    member of the classes before `Resource` for overrides, which takes time.
    """

    @property
    @abstractmethod
    def env(self) -> ResourceEnvironment:
        """The account and Region that it is in; a `Resource` has it."""

    @property
    @abstractmethod
    def node(self) -> Node:
        """Its place in the construct tree; a `Resource` has it."""

    @property
    @abstractmethod
    def solution_arn(self) -> str:
        """The solution's ARN."""

    @property
    @abstractmethod
    def solution_name(self) -> str:
        """The solution's name."""

    def grant(self, grantee: iam.IGrantable, *actions: str) -> iam.Grant:
        """Allow actions on this solution and its versions.

        The resources are the solution's ARN and those below it, which are its versions' (rule 129). Only List
        actions, other than ListTagsForResource, are allowed on `*`: they have no resource types (rule 127).
        CreateCampaign and CreateSolution also need rights on the campaign or the dataset group, which this
        solution can't grant (rules 124 and 125).

        Args:
            grantee: The principal: a role, a function, a user.
            actions: IAM actions such as `personalize:DescribeSolution`.
        """
        arns = [self.solution_arn, f"{self.solution_arn}/*"]
        return grants.grant(grantee, actions, arns, on=self.node)

    def grant_read(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow reading this solution, its versions, their metrics and its tags.

        ListSolutionVersions has no resource types (rule 127), so with it the grantee can list the versions of
        the account's other solutions too. Use `grant` to leave it out.

        Args:
            grantee: The principal.
        """
        return self.grant(grantee, *_READ)

    def grant_train(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow training versions of this solution: starting a training, and reading how it ends.

        Tags on a version need `personalize:TagResource` as well, and stopping a training
        `personalize:StopSolutionVersionCreation`; give them with `grant`.

        Cost: the grantee can start trainings, and each is billed.

        Args:
            grantee: The principal.
        """
        return self.grant(grantee, *_TRAIN)

    def metric(self, metric_name: str, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """Return a CloudWatch metric of this solution, in the namespace AWS/Personalize (rule 134).

        Its dimension is `SolutionArn`. The service's documentation has `SolutionVersionArn` as a second one,
        and doesn't state whether there is a series without it: pass it in `dimensions_map` for one version.

        Args:
            metric_name: Such as `SolutionTrainingJobRequests`
                (https://docs.aws.amazon.com/personalize/latest/dg/cloudwatch-metrics.html).
            options: As of `aws_cloudwatch.Metric`; `dimensions_map` adds dimensions.
                Default: - those of CloudWatch, which are the average over five minutes.
        """
        return metrics.metric(metric_name, {"SolutionArn": self.solution_arn}, self.env, options)

    def metric_training_time(self, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """Return how long trainings took from CreateSolutionVersion to success or failure, in seconds.

        Args:
            options: As of `metric`. Default: - the average over five minutes.
        """
        return self.metric("SolutionTrainingJobExecutionTime", **options)

    def metric_training_errors(self, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """Return how many CreateSolutionVersion calls ended in an error.

        Args:
            options: As of `metric`. Default: - the sum over five minutes.
        """
        options.setdefault("statistic", "Sum")
        return self.metric("SolutionTrainingJobError", **options)
