"""The gate's expression, in the reference implementation of JSONata and in the one of the local AWS."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonata
import pytest

from cdk_personalize.pipeline.definition import gate

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = "2.0.6"
"""The version that Step Functions implements ("Transforming data with JSONata" in its Developer Guide)."""

_SCRIPT = """
const jsonata = require("jsonata");
const version = require("jsonata/package.json").version;
const asked = JSON.parse(require("fs").readFileSync(0));
Promise.all(asked.map(([text, bindings]) => jsonata(text).evaluate({}, bindings)))
  .then((answers) => console.log(JSON.stringify({ version, answers })));
"""

LEAST = {"metric": "coverage", "kind": "at_least", "value": 0.2}
MOST = {"metric": "coverage", "kind": "at_most", "value": 0.9}
DROP = {"metric": "p", "kind": "no_drop", "value": 0.05}
BETTER = {"metric": "p", "kind": "better_than_baseline", "value": 0.1, "baseline": 0}
ANY_BETTER = {**BETTER, "value": 0}
SECOND = {**BETTER, "baseline": 1}


def measured(**metrics: float) -> dict[str, Any]:
    return {"metrics": metrics}


BROKEN = {"metrics": {}, "problem": "it failed"}
NONE = {"metrics": {}, "none": True}


@dataclass(frozen=True)
class Case:
    """Checks and metrics, and what comes of them: the verdict, each outcome, and a part of a reason."""

    checks: Sequence[Mapping[str, Any]]
    candidate: Mapping[str, Any]
    verdict: str
    outcomes: str
    reason: str = ""
    baselines: Sequence[Mapping[str, Any]] = ()
    in_service: Mapping[str, Any] | None = None

    @property
    def asked(self) -> tuple[str, dict[str, Any]]:
        """The expression, and its variables."""
        bindings = {
            "candidate": self.candidate,
            "baselines": list(self.baselines),
            "inService": self.in_service or NONE,
        }
        return gate.expression(self.checks), bindings


CASES = {
    "at the bound": Case([LEAST], measured(coverage=0.2), "PASS", "PASS", "is 0.2; required: at least 0.2"),
    "below": Case([LEAST], measured(coverage=0.19999), "FAIL", "FAIL", "coverage is 0.2; required"),
    "above": Case([MOST], measured(coverage=0.95), "FAIL", "FAIL", "is 0.95; required: at most 0.9"),
    "zero is a value": Case([LEAST], measured(coverage=0), "FAIL", "FAIL", "coverage is 0;"),
    "both bounds": Case([LEAST, MOST], measured(coverage=0.5), "PASS", "PASS PASS"),
    "absent": Case(
        [LEAST],
        measured(p=1, a=2),
        "UNKNOWN",
        "UNKNOWN",
        "coverage is not among the metrics of the candidate: a, p",
    ),
    "no metrics": Case(
        [LEAST], BROKEN, "UNKNOWN", "UNKNOWN", "of the candidate could not be read: it failed"
    ),
    "fail outweighs unknown": Case([LEAST, DROP], measured(coverage=0.1), "FAIL", "FAIL PASS"),
    "unknown outweighs pass": Case(
        [LEAST, BETTER], measured(coverage=0.3, p=1), "UNKNOWN", "PASS UNKNOWN", "", [BROKEN]
    ),
    "nothing in service": Case([DROP], measured(p=0.1), "PASS", "PASS", "no version is in service yet"),
    "small drop": Case(
        [DROP],
        measured(p=0.096),
        "PASS",
        "PASS",
        "required: at least 0.095, 5 % below 0.1 of the version in service",
        in_service=measured(p=0.1),
    ),
    "drop": Case([DROP], measured(p=0.09), "FAIL", "FAIL", "p is 0.09", in_service=measured(p=0.1)),
    "service is not measured": Case(
        [DROP], measured(p=1), "UNKNOWN", "UNKNOWN", "the version in service could", in_service=BROKEN
    ),
    "better": Case(
        [BETTER],
        measured(p=0.056),
        "PASS",
        "PASS",
        "required: at least 0.055, 10 % above 0.05 of the baseline",
        [measured(p=0.05)],
    ),
    "not better enough": Case([BETTER], measured(p=0.054), "FAIL", "FAIL", "", [measured(p=0.05)]),
    "equal": Case([ANY_BETTER], measured(p=0.05), "FAIL", "FAIL", "more than 0.05 of", [measured(p=0.05)]),
    "better by any amount": Case([ANY_BETTER], measured(p=0.0501), "PASS", "PASS", "", [measured(p=0.05)]),
    "both are zero": Case([BETTER], measured(p=0), "FAIL", "FAIL", "", [measured(p=0)]),
    "second baseline": Case(
        [BETTER, SECOND], measured(p=0.1), "FAIL", "PASS FAIL", "", [measured(p=0.01), measured(p=0.2)]
    ),
    "baseline lacks it": Case(
        [BETTER], measured(p=0.1), "UNKNOWN", "UNKNOWN", "of the baseline: q", [measured(q=1)]
    ),
    "a count over 1": Case([LEAST], measured(coverage=19.76), "PASS", "PASS", "coverage is 19.76"),
}


def by_python(case: Case) -> dict[str, Any]:
    text, bindings = case.asked
    found: dict[str, Any] = jsonata.Jsonata.jsonata(text).evaluate(None, bindings)
    return found


@pytest.mark.parametrize("name", CASES)
def test_gate__verdict_and_reasons(name: str) -> None:
    case = CASES[name]
    found = by_python(case)
    assert found["verdict"] == case.verdict
    assert " ".join(check["outcome"] for check in found["checks"]) == case.outcomes
    assert case.reason in " ".join(check["reason"] for check in found["checks"])
    assert found["reasons"] == [check["reason"] for check in found["checks"] if check["outcome"] != "PASS"]


@pytest.mark.process
def test_gate__in_the_reference_implementation__is_the_same() -> None:
    places = [str(ROOT / "node_modules"), os.environ.get("NODE_PATH", "")]
    if not any(Path(place, "jsonata").is_dir() for place in places if place):
        pytest.skip("the npm package jsonata is not installed: npm ci")
    done = subprocess.run(
        ["node", "-e", _SCRIPT],
        input=json.dumps([case.asked for case in CASES.values()]),
        env={**os.environ, "NODE_PATH": os.pathsep.join(places)},
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    assert found["version"] == REFERENCE
    assert dict(zip(CASES, found["answers"], strict=True)) == {
        name: json.loads(json.dumps(by_python(case))) for name, case in CASES.items()
    }
