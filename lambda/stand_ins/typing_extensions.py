"""The two names that Powertools' logger imports of typing_extensions, which the asset leaves out.

The whole of it is one file of 160 KB, which has no byte code on Lambda: its compilation would be the largest
single part of a cold start's imports, and its peak of memory.
"""

import sys
from collections.abc import Callable
from typing import Any, NotRequired

if sys.version_info >= (3, 13):
    from warnings import deprecated
else:  # the local AWS may run an older Python than Lambda

    def deprecated(_message: str, **_settings: Any) -> Callable[[Any], Any]:
        """Change nothing."""
        return lambda decorated: decorated


__all__ = ["NotRequired", "deprecated"]
