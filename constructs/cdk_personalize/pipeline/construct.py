"""The `TrainingPipeline` construct."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from aws_cdk import Aws, CfnCreationPolicy, CfnResource, CfnResourceSignal, Duration, Resource, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_ssm as ssm
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct, IConstruct

from cdk_personalize.model import places
from cdk_personalize.model.annotations import annotate
from cdk_personalize.model.findings import InvalidConstructError, refusal
from cdk_personalize.pipeline import configuration, names, permissions, rules, steps
from cdk_personalize.pipeline.definition import cleanup, run, telling, turn
from cdk_personalize.pipeline.definition.plan import (
    ApprovalPlan,
    BakePlan,
    CampaignPlan,
    GatePlan,
    ImportPlan,
    Plan,
    SignalPlan,
)
from cdk_personalize.pipeline.gate import MetricGate, WhenUnknown
from cdk_personalize.pipeline.metrics import PipelineMetrics
from cdk_personalize.pipeline.steps import Approval, Bake, DatasetImport
from cdk_personalize.pipeline.tag import SOLUTION_TAG
from cdk_personalize.solution.base import ISolution
from cdk_personalize.solution.members import MEMBERS

if TYPE_CHECKING:
    from aws_cdk import aws_scheduler as scheduler
    from aws_cdk import aws_sns as sns

    from cdk_personalize.campaign.construct import Campaign

_NO_CHAMPION = "none"


class InvalidPipelineError(InvalidConstructError):
    """The arguments of a `TrainingPipeline` can't work together, or a run could not use them."""


class TrainingPipeline(Resource, PipelineMetrics):
    """Define a pipeline that trains a solution, measures the version, judges it, and promotes it.

    It is a Step Functions state machine that calls the service itself, without a Lambda function. A run is
    one execution: import data, train a version (and a baseline, if the gate compares with one), read the
    metrics, judge them, promote the version to the campaign, wait until the campaign serves it, and watch
    alarms for a while. Each step but the training and the promotion is optional.

    Only one run works at a time. If another one starts, it waits; more than one don't wait, they end as
    SKIPPED. Every execution that succeeds ends with one record as its output, with its `outcome`:
    PROMOTED, REJECTED, ROLLED_BACK, MEASURED (without a campaign), DRY_RUN, SKIPPED or NOTHING_TO_TRAIN.
    An execution that fails, times out or is aborted stops what it still trains. The campaign goes on
    with the version that it serves.

    Cost: each training is billed, also one that is rejected, and also that of a baseline. A campaign is
    billed from its first promotion on. A rejection has another price: from the moment when a newer version
    exists, the version in service no longer gets the service's free updates every two hours (rule 143).

    Args:
        scope: The parent construct.
        id: The construct's id in that scope.
        solution: The solution to train. Automatic training must be off: it would train beside the pipeline.
        campaign: The campaign to promote to. The pipeline creates it with what the stack declares.
            Default: - none: train and measure only.
        imports: What to import before each training. Default: - nothing.
        gate: What a version must pass to be promoted. Default: - a version that trained is promoted.
        schedule: When runs start. Default: - only when something else starts them.
        train_on_deploy: Whether a deploy starts a run if the solution's configuration has changed, or the
            campaign is new. The deploy doesn't wait for it. Default: True.
        bake: Alarms to watch after a promotion. Default: - none.
        wait_on_first_deploy: Let the deploy that creates the pipeline wait this long for the first run, 12
            hours at most. If the run doesn't end with a version in service, the deploy fails and rolls back.
            Default: - a deploy never waits for a training.
        approval: Whom to ask before each promotion. Default: - nobody.
        dry_run: Do everything but the promotion; the record says what would have happened. Default: False.
        notify: A topic for the outcome of each run. Default: - none.
        timeout: How long a run may take from its turn, and how long it may wait for its turn.
            Default: Duration.hours(24).

    Raises:
        InvalidPipelineError: The arguments can't work together. It lists everything that is wrong.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        solution: ISolution,
        campaign: Campaign | None = None,
        imports: Sequence[DatasetImport] = (),
        gate: MetricGate | None = None,
        schedule: scheduler.ScheduleExpression | None = None,
        train_on_deploy: bool = True,
        bake: Bake | None = None,
        wait_on_first_deploy: Duration | None = None,
        approval: Approval | None = None,
        dry_run: bool = False,
        notify: sns.ITopic | None = None,
        timeout: Duration | None = None,
    ) -> None:
        findings = list(
            rules.examine(
                rules.Arguments(
                    solution=solution,
                    campaign=campaign,
                    imports=imports,
                    gate=gate,
                    schedule=schedule,
                    train_on_deploy=train_on_deploy,
                    bake=bake,
                    wait_on_first_deploy=wait_on_first_deploy,
                    approval=approval,
                    dry_run=dry_run,
                    notify=notify,
                    timeout=timeout,
                )
            )
        )
        if error := refusal(scope, id, findings, InvalidPipelineError):
            raise error
        super().__init__(scope, id)
        self._solution, self._campaign, self._gate = solution, campaign, gate
        self._judges = gate is not None or approval is not None
        MEMBERS.add(scope, self, solution, "pipeline")
        if campaign is not None:
            campaign._add_promoter(self)
        self._name = names.unique_name(self)
        self._needed_by_imports: list[IConstruct] = []
        baselines = list(
            dict.fromkeys(check.baseline for check in gate.checks if check.baseline) if gate else ()
        )
        solutions = [solution, *baselines]
        champion = f"/cdk-personalize/{self._name}/champion"
        # Not `StringParameter`, which takes tags: a changed tag would make CloudFormation write the value of
        # the template over that of the last run.
        parameter = CfnResource(
            self,
            "Champion",
            type="AWS::SSM::Parameter",
            properties={"Type": "String", "Name": champion, "Value": _NO_CHAMPION},
        )
        condition = None if wait_on_first_deploy is None else self._wait_condition(wait_on_first_deploy)
        plan = Plan(
            name=names.label(self),
            solution_arn=solution.solution_arn,
            configuration=configuration.hash_of(solution, campaign),
            free_updates=rules.gets_free_updates(solution),
            baselines=[one.solution_arn for one in baselines],
            imports=[self._import(one) for one in imports],
            campaign=None if campaign is None else _campaign(campaign),
            gate=None if gate is None else _gate(gate, baselines),
            approval=None if approval is None else _approval(approval),
            bake=None if bake is None else _bake(bake),
            dry_run=dry_run,
            trains_on_deploy=train_on_deploy,
            timeout=steps.seconds(timeout),
            topic_arn=None if notify is None else notify.topic_arn,
            champion_parameter=champion,
            machine_arn=names.machine_arn(self, self._name),
            cleanup_arn=names.machine_arn(self, f"{self._name}-cleanup"),
            signal=None if condition is None else self._signal(condition),
        )
        cleanups = self._machine("Cleanup", f"{self._name}-cleanup", cleanup.definition(plan))
        permissions.of_cleanups(self, plan, solutions, cleanups.role)
        permissions.of_topics([notify], cleanups.role)
        self._machine_of_runs = self._machine("Runs", self._name, run.definition(plan))
        permissions.of_runs(self, plan, solutions, self._machine_of_runs.role)
        permissions.of_topics([notify, approval.topic if approval else None], self._machine_of_runs.role)
        # The cleanup is there before the first run, and after the last one.
        self._machine_of_runs.node.add_dependency(cleanups, self._rule_of_ends(plan, cleanups), parameter)
        self._parameter = ssm.StringParameter.from_string_parameter_attributes(
            self, "ChampionParameter", parameter_name=champion, simple_name=False
        )
        if train_on_deploy:
            self._start_on_deploys(plan)
        if condition is not None and plan.signal is not None:
            # The run starts when the wait does, so all that it needs must be there.
            rule = self._start_on_first_deploy(plan, plan.signal)
            condition.node.add_dependency(self._machine_of_runs, rule, *self._needed_by_imports)
        if schedule is not None:
            self._schedule(schedule)
        named = {
            "solution": solution.solution_arn,
            "campaign": plan.campaign and plan.campaign.arn,
            "approval.topic": plan.approval and plan.approval.topic_arn,
            "notify": plan.topic_arn,
            **{f"gate: baseline {number}": arn for number, arn in enumerate(plan.baselines, 1)},
            **{f"imports[{index}].dataset": one.dataset_arn for index, one in enumerate(plan.imports)},
            **{
                f"bake.alarms[{index}]": one.alarm_arn
                for index, one in enumerate(bake.alarms if bake else ())
            },
        }
        annotate(self, [*findings, *places.doubts(scope, named.items())])
        resource = cast("sfn.CfnStateMachine", self._machine_of_runs.node.default_child)
        resource.tags.set_tag(SOLUTION_TAG, plan.solution_arn)  # `cdk-personalize runs` finds it by this

    @property
    def state_machine(self) -> sfn.IStateMachine:
        """The state machine; each execution is a run."""
        return self._machine_of_runs

    @property
    def champion_parameter(self) -> ssm.IStringParameter:
        """The SSM parameter with the ARN of the version that was promoted last, `none` before the first.

        Without a campaign it is the version that was trained last. Read it when you need it, for example for
        a batch inference job: a value that is read in a deploy gets old.
        """
        return self._parameter

    def grant_start_execution(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow starting runs.

        Cost: the grantee can start trainings, and each is billed.

        Args:
            grantee: The principal.
        """
        return self._machine_of_runs.grant_start_execution(grantee)

    def on_promoted(self, id: str, *, target: events.IRuleTarget | None = None) -> events.Rule:
        """Create a rule for promotions. The event's `detail` is the run's record.

        Args:
            id: The rule's id.
            target: What to call. Default: - add targets to the rule.
        """
        return self._on(id, telling.PROMOTED, target)

    def on_rejected(self, id: str, *, target: events.IRuleTarget | None = None) -> events.Rule:
        """Create a rule for versions that were rejected, or brought back by an alarm.

        Args:
            id: The rule's id.
            target: What to call. Default: - add targets to the rule.
        """
        return self._on(id, telling.REJECTED, target)

    def on_failed(self, id: str, *, target: events.IRuleTarget | None = None) -> events.Rule:
        """Create a rule for runs that failed, timed out or were aborted.

        Args:
            id: The rule's id.
            target: What to call. Default: - add targets to the rule.
        """
        return self._on(id, telling.FAILED, target)

    def _machine(self, id: str, name: str, definition: dict[str, Any]) -> sfn.StateMachine:
        return sfn.StateMachine(
            self,
            id,
            state_machine_name=name,
            definition_body=sfn.DefinitionBody.from_string(Stack.of(self).to_json_string(definition)),
            comment=definition["Comment"],
        )

    def _import(self, one: DatasetImport) -> ImportPlan:
        role = one.dataset.grant_import(one.bucket, one.key_prefix, role=one.role)
        self._needed_by_imports += [role, one.bucket]  # with their policies
        return ImportPlan(
            dataset_arn=one.dataset.dataset_arn,
            location=f"s3://{one.bucket.bucket_name}/{one.key_prefix}",
            role_arn=role.role_arn,
            mode=one.mode.value,
            job_arn_prefix=Stack.of(self).format_arn(
                service="personalize", resource="dataset-import-job", resource_name=""
            ),
        )

    def _rule_of_ends(self, plan: Plan, cleanups: sfn.StateMachine) -> events.Rule:
        """Runs that ended without a chance to clean up by themselves."""
        other_errors = [{"anything-but": [run.FAILED_ERROR]}]
        ended = {
            "stateMachineArn": [plan.machine_arn],
            "$or": [
                {"status": ["ABORTED", "TIMED_OUT"]},
                {"status": ["FAILED"], "error": other_errors},
            ],
        }
        return events.Rule(
            self,
            "OnEnd",
            description="Cleans up after runs that were aborted or timed out",
            event_pattern=events.EventPattern(
                source=["aws.states"],
                detail_type=["Step Functions Execution Status Change"],
                detail=ended,
            ),
            targets=[targets.SfnStateMachine(cleanups)],
        )

    def _start_on(
        self, id: str, plan: Plan, description: str, pattern: events.EventPattern, **more: bool
    ) -> events.Rule:
        """Start a run on an event. It names the state machine by its ARN, so that the rule is there first."""
        machine = sfn.StateMachine.from_state_machine_arn(self, f"{id}Target", plan.machine_arn)
        payload = events.RuleTargetInput.from_object({"startedBy": "deploy", **more})
        return events.Rule(
            self,
            id,
            description=description,
            event_pattern=pattern,
            targets=[targets.SfnStateMachine(machine, input=payload)],
        )

    def _start_on_deploys(self, plan: Plan) -> None:
        self._start_on(
            "OnDeploy",
            plan,
            "Trains what a deploy has changed",
            events.EventPattern(
                source=["aws.cloudformation"],
                detail_type=["CloudFormation Stack Status Change"],
                detail={
                    "stack-id": [Aws.STACK_ID],
                    "status-details": {"status": ["CREATE_COMPLETE", "UPDATE_COMPLETE"]},
                },
            ),
        )

    def _start_on_first_deploy(self, plan: Plan, signal: SignalPlan) -> events.Rule:
        return self._start_on(
            "OnFirstDeploy",
            plan,
            "Starts the run that the first deploy waits for",
            events.EventPattern(
                source=["aws.cloudformation"],
                detail_type=["CloudFormation Resource Status Change"],
                detail={
                    "stack-id": [Aws.STACK_ID],
                    "logical-resource-id": [signal.logical_id],
                    # A signal is an event of the same status: "Received FAILURE signal with UniqueId ...".
                    "status-details": {
                        "status": ["CREATE_IN_PROGRESS"],
                        "status-reason": [{"exists": False}, {"anything-but": {"prefix": "Received "}}],
                    },
                },
            ),
            **{turn.ONCE: True},
        )

    def _wait_condition(self, timeout: Duration) -> CfnResource:
        condition = CfnResource(self, "FirstRun", type="AWS::CloudFormation::WaitCondition")
        condition.cfn_options.creation_policy = CfnCreationPolicy(
            resource_signal=CfnResourceSignal(count=1, timeout=timeout.to_iso_string())
        )
        return condition

    def _signal(self, condition: CfnResource) -> SignalPlan:
        return SignalPlan(stack_id=Aws.STACK_ID, logical_id=Stack.of(self).get_logical_id(condition))

    def _schedule(self, schedule: scheduler.ScheduleExpression) -> None:
        from aws_cdk import aws_scheduler as scheduler  # noqa: PLC0415 (few pipelines need it)
        from aws_cdk import aws_scheduler_targets as scheduler_targets  # noqa: PLC0415

        scheduler.Schedule(
            self,
            "Schedule",
            schedule=schedule,
            description=f"Runs of {names.label(self)}",
            target=scheduler_targets.StepFunctionsStartExecution(
                self._machine_of_runs,
                input=scheduler.ScheduleTargetInput.from_object({"startedBy": "schedule"}),
                # The CDK's default is a day of 185 late starts (rule 207).
                retry_attempts=3,
                max_event_age=Duration.minutes(15),
            ),
        )

    def _on(self, id: str, detail_type: str, target: events.IRuleTarget | None) -> events.Rule:
        return events.Rule(
            self,
            id,
            event_pattern=events.EventPattern(
                source=[telling.SOURCE],
                detail_type=[detail_type],
                resources=[names.machine_arn(self, self._name)],
            ),
            targets=[target] if target else None,
        )


def _campaign(campaign: Campaign) -> CampaignPlan:
    request = campaign.create_request
    tags = request.pop("tags")
    return CampaignPlan(arn=campaign.campaign_arn, request=request, tags=tags)


def _approval(approval: Approval) -> ApprovalPlan:
    return ApprovalPlan(topic_arn=approval.topic.topic_arn, timeout=steps.seconds(approval.timeout))


def _bake(bake: Bake) -> BakePlan:
    names = [alarm.alarm_name for alarm in bake.alarms]
    return BakePlan(duration=steps.seconds(bake.duration), alarm_names=names)


def _gate(gate: MetricGate, baselines: list[ISolution]) -> GatePlan:
    return GatePlan(
        checks=[
            {
                "metric": check.metric,
                "kind": check.kind,
                "value": check.value,
                **({"baseline": baselines.index(check.baseline)} if check.baseline else {}),
            }
            for check in gate.checks
        ],
        promotes_unknown=gate.when_unknown is WhenUnknown.PROMOTE,
    )
