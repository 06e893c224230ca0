"""What stands between a trained version and the campaign: the version in service, the gate, and a person."""

from __future__ import annotations

from cdk_personalize.pipeline.definition import gate
from cdk_personalize.pipeline.definition.plan import CampaignPlan, Plan
from cdk_personalize.pipeline.definition.states import (
    CAUSE,
    States,
    catch,
    choice,
    fails,
    integration,
    jsonata,
    literal,
    personalize,
    retry,
    task,
)

CAMPAIGN = "Look at the campaign"
JUDGE = "Judge"
ASK = "Ask for approval"

REFUSAL = "Rejected"
"""The error of an answer that says no."""


def states(plan: Plan, campaign: CampaignPlan, *, then: str, rejected: str, failed: str) -> States:
    """The states from a trained version to the decision."""
    compared = plan.gate is not None and plan.gate.compares_with(gate.NO_DROP)
    judge = JUDGE if plan.gate else _asked(plan, then)
    return {
        CAMPAIGN: task(
            "personalize:describeCampaign",
            {"CampaignArn": campaign.arn},
            comment="Which version is in service?",
            catch=[
                catch(
                    personalize("ResourceNotFound"),
                    then=judge,
                    hasCampaign=False,
                    previous="",
                    inService={"metrics": {}, "none": True},
                ),
                fails(CAMPAIGN, failed),
            ],
            Assign={
                "hasCampaign": True,
                "previous": jsonata(
                    '$states.result.Campaign.Status = "ACTIVE"'
                    ' ? $states.result.Campaign.SolutionVersionArn : ""'
                ),
                "inService": {"metrics": {}, "none": True},
            },
            Next="Is a version in service?" if compared else judge,
        ),
        **(_measured(judge) if compared else {}),
        **(_judged(plan, then=_asked(plan, then), rejected=rejected) if plan.gate else {}),
        **(_approved(plan, then=then, rejected=rejected, failed=failed) if plan.approval else {}),
    }


def _measured(then: str) -> States:
    measure = "Measure the version in service"
    return {
        "Is a version in service?": choice(
            "A campaign that never became ACTIVE serves none.",
            ('$previous != ""', measure),
            default=then,
        ),
        measure: task(
            "personalize:getSolutionMetrics",
            {"SolutionVersionArn": jsonata("$previous")},
            comment="Its metrics are from other data: weak evidence (rule 144).",
            catch=[
                catch(
                    then=then,
                    inService={"metrics": {}, "problem": CAUSE},
                )
            ],
            Assign={"inService": {"metrics": jsonata("$states.result.Metrics")}},
            Next=then,
        ),
    }


def _judged(plan: Plan, *, then: str, rejected: str) -> States:
    assert plan.gate is not None  # noqa: S101 (the caller looked)
    unknown = then if plan.gate.promotes_unknown else rejected
    return {
        JUDGE: {
            "Type": "Pass",
            "Comment": "The verdict, and each check with its numbers and its reason.",
            "Assign": {"judgment": jsonata(gate.expression(plan.gate.checks))},
            "Next": "Passed?",
        },
        "Passed?": choice(
            "UNKNOWN means that a metric is missing, or a baseline.",
            ('$judgment.verdict = "PASS"', then),
            ('$judgment.verdict = "UNKNOWN"', unknown),
            default=rejected,
        ),
    }


def _asked(plan: Plan, then: str) -> str:
    return ASK if plan.approval else then


def _approved(plan: Plan, *, then: str, rejected: str, failed: str) -> States:
    assert plan.approval is not None  # noqa: S101 (the caller looked)
    return {
        ASK: integration(
            "sns:publish.waitForTaskToken",
            {
                "TopicArn": plan.approval.topic_arn,
                "Subject": "Approve a new version?",
                "Message": {
                    "question": jsonata(
                        f"{literal(f'Promote the version that {plan.name} has trained? ')}"
                        ' & "Yes: aws stepfunctions send-task-success --task-token TOKEN'
                        " --task-output '{}'. No: aws stepfunctions send-task-failure --task-token TOKEN"
                        f" --error {REFUSAL} --cause 'your reason'.\""
                    ),
                    "token": jsonata("$states.context.Task.Token"),
                    "execution": jsonata("$states.context.Execution.Id"),
                    "solutionVersionArn": jsonata("$version"),
                    "metrics": jsonata("$candidate.metrics"),
                    "checks": jsonata("$judgment.checks"),
                },
            },
            comment="The message has the task token. No answer in time is a no.",
            TimeoutSeconds=plan.approval.timeout,
            Retry=retry(
                "SNS.ThrottledException",
                "SNS.InternalErrorException",
                "SNS.SNSException",
                "SNS.SdkClientException",
            ),
            Catch=[
                catch(
                    "States.Timeout",
                    then=rejected,
                    reasons=[f"nobody approved it within {plan.approval.timeout} seconds"],
                ),
                catch(
                    REFUSAL,
                    then=rejected,
                    reasons=[jsonata('"it was not approved: " & $states.errorOutput.Cause')],
                ),
                fails(ASK, failed),
            ],
            Next=then,
        ),
    }
