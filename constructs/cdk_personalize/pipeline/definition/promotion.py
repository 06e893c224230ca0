"""The promotion of a version, the wait until the campaign serves it, and the bake with its way back.

Nothing has to be undone after a failed update: the previous version goes on serving (rule 153).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cdk_personalize.model.tag_rules import STACK_ID_TAG
from cdk_personalize.pipeline.definition.plan import BakePlan, CampaignPlan, Plan
from cdk_personalize.pipeline.definition.states import (
    State,
    States,
    catch,
    choice,
    fails,
    failure,
    jsonata,
    literal,
    personalize,
    promotion_timeout,
    task,
    wait,
)

CURRENT = "Look at the pipeline"

# What the campaign was told last: its latest update, or its creation.
_TOLD = """(
  $campaign := $states.result.Campaign;
  $latest := $exists($campaign.LatestCampaignUpdate) ? $campaign.LatestCampaignUpdate : $campaign;
  {
    "mine": $latest.SolutionVersionArn = VERSION,
    "status": $latest.Status,
    "reason": $latest.FailureReason & ""
  }
)"""
_STACK = f'$tags[tagKey = "{STACK_ID_TAG}"].tagValue'
_OWNED = f'$states.result.Tags[TagKey = "{STACK_ID_TAG}"].TagValue = {_STACK}'
_REPLACED = "a deploy has replaced or removed the campaign since this run started; start another run"
# Members whose values are the user's own names, not members of the API.
_MAPS = {"itemExplorationConfig", "rankingInfluence"}


def states(plan: Plan, campaign: CampaignPlan, *, then: str, rolled_back: str, failed: str) -> States:
    """The states from the decision to the version in service."""
    promote, create, update = "Is there a campaign?", "Create the campaign", "Update the campaign"
    owner, owned = "Look at its owner", "Is it the stack's?"
    served = then if plan.bake is None else "Is there a way back?"
    return {
        **_current(plan, campaign, then=promote, failed=failed),
        promote: choice(
            "The first promotion creates it.", ("$hasCampaign", owner, {"polls": 0}), default=create
        ),
        create: task(
            "personalize:createCampaign",
            {
                **request(campaign.request),
                "SolutionVersionArn": jsonata("$version"),
                "Tags": jsonata('[$tags.{"TagKey": tagKey, "TagValue": tagValue}]'),
            },
            comment="With the name, the configuration and the tags that the stack declares.",
            catch=[
                catch(personalize("ResourceAlreadyExists"), then=owner, polls=0),
                fails(create, failed),
            ],
            Assign={"polls": 0},
            Next="Look at the promotion",
        ),
        owner: task(
            "personalize:listTagsForResource",
            {"ResourceArn": campaign.arn},
            comment="While the name was free, anyone could create a campaign with it.",
            catch=[fails(owner, failed)],
            Assign={"owned": jsonata(_OWNED)},
            Next=owned,
        ),
        owned: choice(
            "A campaign of someone else is never changed.",
            ("$not($owned)", failed, failure(owner, "CampaignNotOwned", _not_owned(campaign))),
            default=update,
        ),
        update: _update(campaign, "$version", update, then="Look at the promotion", failed=failed),
        **_served(campaign, "promotion", "$version", then=served, failed=failed),
        **(_baked(plan, plan.bake, campaign, then, rolled_back, failed) if plan.bake else {}),
    }


def _current(plan: Plan, campaign: CampaignPlan, *, then: str, failed: str) -> States:
    """Stop a run whose campaign a deploy has replaced or removed: it would create that campaign again.

    An execution keeps the definition with which it started. The one of now names the campaign of now.
    """
    quoted, found = literal(f'"{campaign.arn}"'), "Does it promote to this campaign?"
    return {
        CURRENT: task(
            "sfn:describeStateMachine",
            {"StateMachineArn": plan.machine_arn},
            comment="A deploy may have changed it since this run started.",
            catch=[fails(CURRENT, failed)],
            Assign={"current": jsonata(f"$contains($states.result.Definition, {quoted})")},
            Output={},
            Next=found,
        ),
        found: choice(
            "The deploy deletes the other one, and nothing would delete it a second time.",
            ("$not($current)", failed, failure(CURRENT, "CampaignReplaced", literal(_REPLACED))),
            default=then,
        ),
    }


def _not_owned(campaign: CampaignPlan) -> str:
    """The reason to leave a campaign as it is. It ends with the command that makes it the stack's."""
    found = (
        f"the campaign's tag {STACK_ID_TAG} doesn't name this stack, so someone else may have created it; "
    )
    others = "if so, delete it, or choose another campaign_name; if it is this stack's, set the tag: "
    tag = f"aws personalize tag-resource --resource-arn {campaign.arn} --tags tagKey={STACK_ID_TAG},tagValue="
    return f"{literal(found + others + tag)} & {_STACK}"


def request(declared: Mapping[str, Any]) -> State:
    """A request in the names of state machines: `minProvisionedTPS` is `MinProvisionedTPS`."""
    return {f"{name[:1].upper()}{name[1:]}": _value(name, value) for name, value in declared.items()}


def _value(name: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value) if name in _MAPS else request(value)
    return value


def _update(campaign: CampaignPlan, version: str, name: str, *, then: str, failed: str) -> State:
    """UpdateCampaign, with everything that the stack declares (rule 156)."""
    kept = {
        member: value
        for member, value in request(campaign.request).items()
        if member in ("MinProvisionedTPS", "CampaignConfig")
    }
    return task(
        "personalize:updateCampaign",
        {"CampaignArn": campaign.arn, "SolutionVersionArn": jsonata(version), **kept},
        comment="While a deploy changes it, it can't be updated: try again.",
        busy=True,
        catch=[fails(name, failed)],
        Assign={"polls": 0},
        Next=then,
    )


def _served(campaign: CampaignPlan, what: str, version: str, *, then: str, failed: str) -> States:
    """Wait until a campaign serves this version: its creation, or its latest update, is ACTIVE with it."""
    look, ended, pause = f"Look at the {what}", f"Is the {what} done?", f"Wait for the {what}"
    return {
        look: task(
            "personalize:describeCampaign",
            {"CampaignArn": campaign.arn},
            comment="What it was last told, and how that went.",
            repeated=True,
            retry_also=(personalize("ResourceNotFound"),),
            catch=[fails(look, failed)],
            Assign={"told": jsonata(_TOLD.replace("VERSION", version))},
            Next=ended,
        ),
        ended: choice(
            "An update of another version is not this one's: answers can be late (rule 154).",
            ('$told.mine and $told.status = "ACTIVE"', then),
            (
                '$told.mine and $contains($told.status, "FAILED")',
                failed,
                failure(look, "CampaignFailed", '"the campaign is " & $told.status & ": " & $told.reason'),
            ),
            (
                "$millis() > $promotionDeadline",
                failed,
                failure(look, "CampaignTimedOut", '"the campaign is still " & $told.status'),
            ),
            default=pause,
        ),
        pause: wait("Minutes.", look),
    }


def _baked(
    plan: Plan, bake: BakePlan, campaign: CampaignPlan, then: str, rolled_back: str, failed: str
) -> States:
    look, back = "Look at the alarms", "Go back to the previous version"
    return {
        "Is there a way back?": choice(
            "The first version has nothing to go back to, so there is nothing to watch for.",
            ('$previous != "" and $previous != $version', "Note the end of the bake"),
            default=then,
        ),
        "Note the end of the bake": {
            "Type": "Pass",
            "Assign": {"bakedAt": jsonata(f"$millis() + {bake.duration * 1000}"), "polls": 0},
            "Next": "Wait for the alarms",
        },
        "Wait for the alarms": wait("The new version serves.", look),
        look: task(
            "cloudwatch:describeAlarms",
            {
                "AlarmNames": list(bake.alarm_names),
                "AlarmTypes": ["MetricAlarm", "CompositeAlarm"],
            },
            comment="Has one fired?",
            repeated=True,
            catch=[catch(then="Note what fired", fired=[jsonata('"unknown: " & $states.errorOutput.Cause')])],
            Assign={
                "fired": jsonata(
                    "[$append($states.result.MetricAlarms, $states.result.CompositeAlarms)"
                    '[StateValue = "ALARM"].AlarmName]'
                )
            },
            Next="Has an alarm fired?",
        ),
        "Has an alarm fired?": choice(
            "One is enough.",
            ("$count($fired) > 0", "Note what fired"),
            ("$millis() >= $bakedAt", then),
            default="Wait for the alarms",
        ),
        "Note what fired": {
            "Type": "Pass",
            "Assign": {
                "reasons": jsonata('$append($reasons, "alarms after the promotion: " & $join($fired, ", "))'),
                "promotionDeadline": jsonata(f"$millis() + {promotion_timeout(plan.timeout) * 1000}"),
            },
            "Next": back,
        },
        back: _update(campaign, "$previous", back, then="Look at the way back", failed=failed),
        **_served(campaign, "way back", "$previous", then=rolled_back, failed=failed),
    }
