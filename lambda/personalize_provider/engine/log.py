"""The provider's structured log. `ResponseURL` is a credential and never reaches it."""

from __future__ import annotations

from aws_lambda_powertools import Logger

logger = Logger()
