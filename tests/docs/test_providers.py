"""docs/providers.md: its tables, against what is measured."""

from __future__ import annotations

import os
import re

from personalize_provider.engine.log import logger
from support.pages.documents import ROOT
from support.pages.provider_tables import tables
from support.virtual_time.framework_runtime import framework_runtime

DOCUMENT = ROOT / "docs" / "providers.md"
_MEASURED = re.compile(r"(?<=<!-- measured -->\n).*(?=<!-- end of measured -->)", re.DOTALL)


def test_tables__in_the_document__are_as_measured() -> None:
    level = logger.log_level
    logger.setLevel("CRITICAL")
    with framework_runtime() as runtime:
        measured = tables(runtime)
    logger.setLevel(level)
    text = DOCUMENT.read_text()
    if os.environ.get("PROVIDERS") == "update":
        DOCUMENT.write_text(_MEASURED.sub(lambda _: measured, text))
        text = DOCUMENT.read_text()
    written = _MEASURED.search(text)
    assert written is not None
    assert written[0] == measured
