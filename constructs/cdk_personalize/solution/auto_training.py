"""Whether and how often Amazon Personalize trains a solution by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cdk_personalize.model.tokens import is_token


@dataclass(frozen=True, kw_only=True)
class AutoTraining:
    """Automatic training of a solution: `AutoTraining.DISABLED` or `AutoTraining.every(days=7)`.

    The service's own default is on, every seven days, and each training is billed (rule 33). A `Solution`
    therefore always states its choice, and that is `AutoTraining.DISABLED` unless you say otherwise.
    """

    enabled: bool
    """Whether the service trains by itself."""
    days: int | None = None
    """Whole days between trainings; None when it does not."""

    DISABLED: ClassVar[AutoTraining]

    @classmethod
    def every(cls, *, days: int) -> AutoTraining:
        """Train whenever so many days have passed and new interactions were imported.

        Cost: every training is billed, for as long as the solution exists, with or without a campaign.

        Args:
            days: Whole days between trainings, 1 to 30 (rule 16). `Solution` checks the range.
        """
        return cls(enabled=True, days=days)

    @property
    def schedule_expression(self) -> str | None:
        """The schedule as the API writes it, such as `rate(7 days)`; None when it is off."""
        if not self.enabled or self.days is None:
            return None
        if is_token(self.days):
            from aws_cdk import Tokenization  # noqa: PLC0415 (slow, and who has a token has it already)

            return f"rate({Tokenization.stringify_number(self.days)} days)"
        return "rate(1 day)" if self.days == 1 else f"rate({self.days} days)"


AutoTraining.DISABLED = AutoTraining(enabled=False)
