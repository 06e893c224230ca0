"""What the two kinds of provider take and cost, measured.

    PYTHONPATH=tests/support python tests/support/processes/compare_providers.py     prints all tables

Bills are those of virtual time, where a call takes 0.04 to 0.4 seconds and a function 0.3 to start; so they
are the same on each machine. The seconds of the last table are real ones, on the local AWS.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path[:0] = [
        str(Path(__file__).resolve().parents[3] / root) for root in ("constructs", "lambda", "local")
    ]

from aws_cdk import App, Stack
from aws_cdk.assertions import Template

from cdk_personalize import AutoTraining, PersonalizeProvider, Recipe, Solution
from personalize_local.simulator import Durations
from personalize_local.testing.server_process import running
from personalize_provider.engine.log import logger
from support.processes.cloud import Build, Cloud
from support.virtual_time.account import Account, account, template
from support.virtual_time.event_rules import OneFunction
from support.virtual_time.framework_runtime import FrameworkRuntime, framework_runtime
from support.virtual_time.functions import dollars
from support.virtual_time.provider_world import SIMS

DEPLOYS = ("create", "update in place", "replacement", "delete", "delete that waits ten minutes")


@dataclass(frozen=True)
class Deploy:
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


def deploys(transport: FrameworkRuntime | OneFunction) -> list[Deploy]:
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


def _measured(made: Account) -> Deploy:
    functions, first, began = made.functions, len(made.engine.requests), made.time.now()
    functions.invocations, functions.gigabyte_seconds, functions.transitions = 0, 0.0, 0
    made.time.run()
    ended = max(answer[0] for request in made.engine.requests[first:] for answer in request.answers)
    return Deploy(ended - began, functions.invocations, functions.gigabyte_seconds, functions.transitions)


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


def on_the_local_aws() -> str:
    """How long CloudFormation takes there with each, provider included; real seconds of this machine."""
    lines = ["| On the local AWS | Framework | Single function |", "|---|---|---|"]
    took: list[list[float]] = []
    builds = [
        _solution(Recipe.SIMS),
        _solution(Recipe.SIMS, auto_training=AutoTraining.every(days=3)),
        _solution(Recipe.SIMILAR_ITEMS),
        None,
    ]
    for make in (None, PersonalizeProvider.single_function):
        with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as aws:
            cloud, times = Cloud(aws, make), []
            for build in builds:
                began = time.monotonic()
                status = cloud.deploy(build) if build else cloud.destroy()
                assert status.endswith("_COMPLETE")
                times.append(time.monotonic() - began)
            took.append(times)
    names = ("create the stack", "update in place", "replacement", "delete the stack")
    lines += [f"| {name} | {a:.1f} s | {b:.1f} s |" for name, a, b in zip(names, *took, strict=True)]
    return "\n".join(lines) + "\n"


def _solution(recipe: Recipe, **more: Any) -> Build:
    return lambda stack: Solution(
        stack, "Solution", dataset_group=Cloud.dataset_group_arn, recipe=recipe, **more
    )


def start_up() -> str:
    """How long the imports of a cold start take, and crhelper's clients; real seconds of this machine."""
    lines = ["| A cold start | |", "|---|---|"]
    for name, statement in {
        "imports of the framework's handler": "from personalize_provider import framework",
        "imports of the single function": "from personalize_provider import single_function",
        "and crhelper's own three clients, which are not made": (
            "from personalize_provider import single_function\nimport crhelper; crhelper.CfnResource()"
        ),
    }.items():
        script = f"import time; began = time.monotonic()\n{statement}\nprint(time.monotonic() - began)"
        environment = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "AWS_REGION": "us-east-1"}
        command = [sys.executable, "-c", script]
        times = [
            float(subprocess.run(command, env=environment, capture_output=True, check=True).stdout)
            for _ in range(5)
        ]
        lines.append(f"| {name} | {min(times):.2f} s |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    logger.setLevel("CRITICAL")
    with framework_runtime() as code:
        print(tables(code))  # noqa: T201 (a command speaks through its output)
    print(start_up())  # noqa: T201
    print(on_the_local_aws())  # noqa: T201
