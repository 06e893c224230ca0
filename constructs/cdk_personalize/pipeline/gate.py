"""What a trained version must pass before it is promoted."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cdk_personalize.solution.base import ISolution


class WhenUnknown(Enum):
    """What happens to a version when a gate can't judge it: a metric is missing, or a baseline failed."""

    REJECT = "REJECT"
    """The campaign goes on with the version that it serves."""
    PROMOTE = "PROMOTE"
    """The version is promoted; its record has the reasons."""


@dataclass(frozen=True, kw_only=True)
class MetricCheck:
    """One check of a gate.

    Attributes:
        metric: The metric's name, as in GetSolutionMetrics.
        kind: `at_least`, `at_most`, `no_drop` or `better_than_baseline`.
        value: The bound, or the share of the other version's value.
        baseline: The solution to compare with.
    """

    metric: str
    kind: str
    value: float
    baseline: ISolution | None = None


@dataclass(frozen=True, kw_only=True)
class MetricGate:
    """Checks of a trained version's metrics. The version passes if it passes all of them.

    Metrics are those of GetSolutionMetrics, such as `coverage`, `precision_at_25` or
    `normalized_discounted_cumulative_gain_at_25`; which ones there are depends on the recipe (rules 111 to
    114). Each check has one of three outcomes: pass, fail, or unknown if a number is missing. The pipeline's
    record has each check with its numbers and its reason.

    Create one with `MetricGate.at_least(...)` and its siblings, and combine them with `MetricGate.all_of`.

    Attributes:
        checks: The checks.
        when_unknown: What happens if no check fails, but one is unknown.
    """

    checks: tuple[MetricCheck, ...]
    when_unknown: WhenUnknown = WhenUnknown.REJECT

    @classmethod
    def all_of(cls, *gates: MetricGate, when_unknown: WhenUnknown = WhenUnknown.REJECT) -> MetricGate:
        """Combine gates: all of their checks must pass.

        Args:
            gates: The gates to combine.
            when_unknown: What happens if no check fails, but one is unknown; it replaces what the gates say.
                Default: WhenUnknown.REJECT.
        """
        # What isn't a gate is a problem of the pipeline, whose error names the construct.
        checks: list[Any] = [check for gate in gates for check in getattr(gate, "checks", [gate])]
        return cls(checks=tuple(checks), when_unknown=when_unknown)

    @classmethod
    def at_least(cls, metric: str, value: float) -> MetricGate:
        """Require a metric to be at least this.

        Args:
            metric: The metric's name.
            value: The least value that passes.
        """
        return cls._of(metric, "at_least", value)

    @classmethod
    def at_most(cls, metric: str, value: float) -> MetricGate:
        """Require a metric to be at most this.

        Args:
            metric: The metric's name.
            value: The greatest value that passes.
        """
        return cls._of(metric, "at_most", value)

    @classmethod
    def no_drop(cls, metric: str, *, at_most: float = 0.0) -> MetricGate:
        """Require a metric not to drop below that of the version in service.

        This is weak evidence: AWS advises against comparing versions that were trained on different data
        (rule 144), and two weekly trainings are that. Prefer `better_than_baseline`. While no version is in
        service, the check passes.

        Args:
            metric: The metric's name.
            at_most: The drop that still passes, as a share of the value in service, such as 0.05 for 5 %.
                Default: 0.0.
        """
        return cls._of(metric, "no_drop", at_most)

    @classmethod
    def better_than_baseline(cls, metric: str, baseline: ISolution, *, by: float = 0.0) -> MetricGate:
        """Require a metric to be better than that of a baseline, which each run trains on the same data.

        Use a solution with a simple recipe on the same dataset group, such as
        `Solution(self, "Popular", dataset_group=group, recipe=Recipe.POPULARITY_COUNT)`.

        Cost: each run trains the baseline as well.

        Args:
            metric: The metric's name.
            baseline: The solution to train and compare with.
            by: How much better, as a share of the baseline's value, such as 0.10 for 10 %.
                Default: 0.0, which is better by any amount.
        """
        return cls._of(metric, "better_than_baseline", by, baseline)

    @classmethod
    def _of(cls, metric: str, kind: str, value: float, baseline: ISolution | None = None) -> MetricGate:
        return cls(checks=(MetricCheck(metric=metric, kind=kind, value=value, baseline=baseline),))
