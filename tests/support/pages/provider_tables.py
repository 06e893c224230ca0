"""The tables of docs/providers.md: what the two kinds of provider need and cost, measured in virtual time.

A call takes 0.04 to 0.4 seconds there, and a function 0.3 to start. So the tables are the same everywhere.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from aws_cdk import App, Stack
from aws_cdk.assertions import Template

from cdk_personalize import PersonalizeProvider
from personalize_local.simulator import Durations
from support.virtual_time.account import Account, account, template
from support.virtual_time.event_rules import OneFunction
from support.virtual_time.framework_runtime import FrameworkRuntime
from support.virtual_time.functions import dollars
from support.virtual_time.provider_world import SIMS

DEPLOYS = ("create", "update in place", "replacement", "delete", "delete that waits ten minutes")


@dataclass(frozen=True)
class MeasuredDeploy:
    """One deploy of one solution.

    Attributes:
        seconds: From the first request to the last answer.
        invocations: Of Lambda functions.
        gigabyte_seconds: Of Lambda functions.
        transitions: Of Step Functions.
    """

    seconds: float
    invocations: int
    gigabyte_seconds: float
    transitions: int

    @property
    def dollars(self) -> float:
        """What it costs."""
        return dollars(
            gigabyte_seconds=self.gigabyte_seconds,
            invocations=self.invocations,
            transitions=self.transitions,
        )

    def __str__(self) -> str:
        return (
            f"{self.seconds:.0f} s; {self.invocations} invocations, {self.gigabyte_seconds:.1f} GB-s, "
            f"{self.transitions} transitions; {self.dollars * 1e6:,.0f}"
        )


def deploys(transport: FrameworkRuntime | OneFunction) -> list[MeasuredDeploy]:
    """Each of `DEPLOYS` in turn."""
    with account(transport, total_timeout=1800, durations=Durations(solution_create=1, delete=1)) as made:
        stack = made.engine.create("films", template(Movies={}))
        done = [_measured(made)]
        stack.update(template(Movies={"performAutoTraining": "true"}))
        done.append(_measured(made))
        stack.update(template(Movies={"recipeArn": SIMS}))
        done.append(_measured(made))
        stack.delete()
        done.append(_measured(made))

        stack = made.deploy("films", template(Movies={}))
        arn = stack.resources["Movies"].physical_id
        version = made.call("CreateSolutionVersion", solutionArn=arn)["solutionVersionArn"]
        made.time.run(3600)
        campaign = made.call("CreateCampaign", name="home", solutionVersionArn=version)["campaignArn"]
        made.time.run(600)
        made.simulator.set_durations(delete=600)
        made.call("DeleteCampaign", campaignArn=campaign)
        made.simulator.set_durations(delete=1)
        stack.delete()
        done.append(_measured(made))
        assert stack.status == "DELETE_COMPLETE", stack.reasons
        return done


def _measured(made: Account) -> MeasuredDeploy:
    functions, first, began = made.functions, len(made.engine.requests), made.time.now()
    functions.invocations, functions.gigabyte_seconds, functions.transitions = 0, 0.0, 0
    made.time.run()
    ended = max(answer[0] for request in made.engine.requests[first:] for answer in request.answers)
    return MeasuredDeploy(
        ended - began, functions.invocations, functions.gigabyte_seconds, functions.transitions
    )


def resources() -> list[tuple[str, int, int]]:
    """How many resources each kind of provider has in a template, by type."""
    counted = []
    for make in (PersonalizeProvider, PersonalizeProvider.single_function):
        stack = Stack(App(), "Stack")
        make(stack)
        found = Template.from_stack(stack).to_json()["Resources"].values()
        counted.append(Counter(resource["Type"] for resource in found))
    framework, single = counted
    rows = [(kind, framework[kind], single[kind]) for kind in sorted(framework | single)]
    return [*rows, ("all", framework.total(), single.total())]


def tables(runtime: FrameworkRuntime) -> str:
    """Both tables, as they stand in the document."""
    lines = ["| Resources | Framework | Single function |", "|---|---|---|"]
    lines += [f"| {f'`{kind}`' if ':' in kind else kind} | {a} | {b} |" for kind, a, b in resources()]
    lines += ["", "| Deploy | Framework | Single function |", "|---|---|---|"]
    measured = zip(DEPLOYS, deploys(runtime), deploys(OneFunction()), strict=True)
    lines += [f"| {name} | {framework} | {single} |" for name, framework, single in measured]
    return "\n".join(lines) + "\n"
