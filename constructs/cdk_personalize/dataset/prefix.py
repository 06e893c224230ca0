"""The files in a bucket that an import reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cdk_personalize.model.findings import Problem
from cdk_personalize.model.value_types import ValueType

# Of the 256 characters of a job's dataLocation, with s3:// and the shortest bucket name.
_LONGEST_PREFIX = 247
_NO_FOLDER = ("://", "*")


class _Prefix(ValueType):
    """The folder or the file of an import."""

    def problems(self, value: Any, at: str) -> Iterator[Problem]:
        if (
            not isinstance(value, str)
            or len(value) > _LONGEST_PREFIX
            or any(part in value for part in _NO_FOLDER)
        ):
            yield Problem(
                argument=at,
                value=value,
                rule=f"must be a folder of the bucket or the key of a file, at most {_LONGEST_PREFIX}"
                " characters without wildcards",
                fix='write the folder only, as in "interactions/"',
            )


PREFIX = _Prefix()
