"""What Lambda and Step Functions bill: list prices of us-east-1, in dollars, without the free tier.

EventBridge bills nothing for a schedule's own events.
"""

from __future__ import annotations

# https://aws.amazon.com/lambda/pricing/ (x86, November 2026)
PER_GIGABYTE_SECOND = 0.0000166667
PER_INVOCATION = 0.20 / 1_000_000
# https://aws.amazon.com/step-functions/pricing/ (standard, November 2026). A retry is a transition too.
PER_TRANSITION = 0.025 / 1_000


def dollars(*, gigabyte_seconds: float, invocations: float, transitions: float) -> float:
    """The price of so much of each."""
    return (
        gigabyte_seconds * PER_GIGABYTE_SECOND + invocations * PER_INVOCATION + transitions * PER_TRANSITION
    )
