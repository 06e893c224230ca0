"""The gate as one JSONata expression: the verdict, and each check with its numbers and its reason.

It reads the variables `candidate`, `baselines` and `inService`, each `{"metrics": {...}}`, with a `problem`
where the metrics could not be read. `inService.none` says that nothing is in service yet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cdk_personalize.pipeline.definition.states import literal

AT_LEAST, AT_MOST, NO_DROP, BETTER = "at_least", "at_most", "no_drop", "better_than_baseline"

_EXPRESSION = """(
  $checks := CHECKS;
  $show := function($value) { $string($round($value, 4)) };
  $percent := function($share) { $string($round($share * 100, 2)) & " %" };
  $absent := function($metric, $version, $whose) {
    $exists($version.problem)
      ? "the metrics of " & $whose & " could not be read: " & $version.problem
      : $metric & " is not among the metrics of " & $whose & ": "
        & $join($sort($keys($version.metrics)), ", ")
  };
  $judged := [$checks.(
    $check := $;
    $value := $lookup($candidate.metrics, $check.metric);
    $other := $check.kind = "no_drop" ? $inService
      : $check.kind = "better_than_baseline" ? $baselines[$check.baseline] : {"metrics": {}};
    $against := $lookup($other.metrics, $check.metric);
    $whose := $check.kind = "no_drop" ? "the version in service" : "the baseline";
    $compares := $check.kind in ["no_drop", "better_than_baseline"];
    $first := $check.kind = "no_drop" and $exists($other.none);
    $bound := $check.kind = "no_drop" ? $against * (1 - $check.value)
      : $check.kind = "better_than_baseline" ? $against * (1 + $check.value) : $check.value;
    $passes := $check.kind = "at_most" ? $value <= $bound
      : $check.kind = "better_than_baseline" ? $value >= $bound and $value > $against : $value >= $bound;
    $required := $check.kind = "at_least" ? "at least " & $show($bound)
      : $check.kind = "at_most" ? "at most " & $show($bound)
      : $check.value = 0
        ? ($check.kind = "no_drop" ? "at least " : "more than ") & $show($against) & " of " & $whose
      : "at least " & $show($bound) & ", " & $percent($check.value)
        & ($check.kind = "no_drop" ? " below " : " above ") & $show($against) & " of " & $whose;
    $outcome := $first ? "PASS"
      : $not($exists($value)) or ($compares and $not($exists($against))) ? "UNKNOWN"
      : $passes ? "PASS" : "FAIL";
    $merge([
      {
        "metric": $check.metric,
        "kind": $check.kind,
        "outcome": $outcome,
        "reason": $first ? $check.metric & " has nothing to be compared with: no version is in service yet"
          : $not($exists($value)) ? $absent($check.metric, $candidate, "the candidate")
          : $compares and $not($exists($against)) ? $absent($check.metric, $other, $whose)
          : $check.metric & " is " & $show($value) & "; required: " & $required
      },
      $exists($value) ? {"value": $value} : {},
      $outcome != "UNKNOWN" and $not($first) ? {"bound": $bound} : {}
    ])
  )];
  {
    "verdict": $count($judged[outcome = "FAIL"]) > 0 ? "FAIL"
      : $count($judged[outcome = "UNKNOWN"]) > 0 ? "UNKNOWN" : "PASS",
    "checks": $judged,
    "reasons": [$judged[outcome != "PASS"].reason]
  }
)"""


def expression(checks: Sequence[Mapping[str, Any]]) -> str:
    """The expression for these checks."""
    return _EXPRESSION.replace("CHECKS", literal(list(checks)))
