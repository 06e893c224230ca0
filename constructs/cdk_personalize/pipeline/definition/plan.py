"""What a pipeline's state machines are made from. Strings can be tokens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class ImportPlan:
    """A dataset import.

    Attributes:
        dataset_arn: The dataset.
        location: `s3://BUCKET/PREFIX`.
        role_arn: The role with which the service reads the files.
        mode: `FULL` or `INCREMENTAL`.
        job_arn_prefix: The ARN of an import job, up to its name.
    """

    dataset_arn: str
    location: str
    role_arn: str
    mode: str
    job_arn_prefix: str


@dataclass(frozen=True, kw_only=True)
class CampaignPlan:
    """The campaign that versions are promoted to.

    Attributes:
        arn: Its ARN, which is known before it exists.
        request: CreateCampaign without the version and the tags, in the API's names.
        tags: Its tags, in the API's names; they can be a token.
    """

    arn: str
    request: Mapping[str, Any]
    tags: Any = ()


@dataclass(frozen=True, kw_only=True)
class GatePlan:
    """The checks of a gate.

    Attributes:
        checks: Each with `metric`, `kind`, `value`, and for a baseline its index in `baselines`.
        promotes_unknown: Whether an unknown verdict promotes.
    """

    checks: Sequence[Mapping[str, Any]]
    promotes_unknown: bool

    def compares_with(self, kind: str) -> bool:
        """Whether a check is of this kind."""
        return any(check["kind"] == kind for check in self.checks)


@dataclass(frozen=True, kw_only=True)
class ApprovalPlan:
    """Whom to ask, and how long to wait for the answer."""

    topic_arn: str
    timeout: int


@dataclass(frozen=True, kw_only=True)
class BakePlan:
    """How long to watch which alarms after a promotion."""

    duration: int
    alarm_names: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class SignalPlan:
    """The wait condition that a run reports to."""

    stack_id: str
    logical_id: str


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A whole pipeline. Durations are in seconds.

    Attributes:
        name: The pipeline's name in records, messages and metrics.
        solution_arn: The solution to train.
        configuration: The hash of what it is trained from.
        free_updates: Whether the service updates the newest version every two hours (rule 91).
        baselines: The solutions whose versions the gate compares with.
        imports: What to import before each training.
        campaign: Where to promote to, if anywhere.
        gate: What a version must pass, if anything.
        approval: Whom to ask before a promotion.
        bake: What to watch after it.
        dry_run: Stop before the promotion.
        trains_on_deploy: Whether deploys start runs, which train only what has changed.
        timeout: For each of waiting for a turn, and the run itself.
        topic_arn: Where to publish how runs end.
        champion_parameter: The name of the SSM parameter with the version in service.
        machine_arn: The ARN of the state machine of runs.
        cleanup_arn: The ARN of the state machine that ends failed runs.
        signal: The wait condition of a first deploy.
    """

    name: str
    solution_arn: str
    configuration: str
    free_updates: bool = False
    baselines: Sequence[str] = ()
    imports: Sequence[ImportPlan] = ()
    campaign: CampaignPlan | None = None
    gate: GatePlan | None = None
    approval: ApprovalPlan | None = None
    bake: BakePlan | None = None
    dry_run: bool = False
    trains_on_deploy: bool = True
    timeout: int
    topic_arn: str | None = None
    champion_parameter: str
    machine_arn: str
    cleanup_arn: str
    signal: SignalPlan | None = None
