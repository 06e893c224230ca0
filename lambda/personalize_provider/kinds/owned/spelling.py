"""Numbers and booleans that the API has as strings, in one spelling. Pure."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

_DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")


def scalar_text(value: Any) -> str:
    """A number or a boolean in one spelling: `0.50` is `0.5`, `1e-2` is `0.01`, and `True` is `true`.

    Any other text stays as it is.
    """
    text = str(value)
    if _DECIMAL.fullmatch(text):
        return _decimal_text(text)
    return text.lower() if text.lower() in {"true", "false"} else text


def _decimal_text(text: str) -> str:
    plain = f"{Decimal(text):f}"
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    digits = plain.lstrip("+-")
    whole, point, part = digits.partition(".")
    digits = (whole.lstrip("0") or "0") + point + part
    return f"-{digits}" if plain.startswith("-") and digits != "0" else digits
