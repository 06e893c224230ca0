"""Types as readers need them: `Annotated[str, Text(max=63)]` is a `str`; its limits are in the docstring."""

from __future__ import annotations

from typing import Any

import griffe


class PlainAnnotations(griffe.Extension):
    """Leave only the type in annotations that say more."""

    def on_attribute_instance(self, *, attr: griffe.Attribute, **_kwargs: Any) -> None:
        """Take the first of what is in the brackets of `Annotated`."""
        annotation = attr.annotation
        if isinstance(annotation, griffe.ExprSubscript) and annotation.canonical_name == "Annotated":
            inner = annotation.slice
            attr.annotation = inner.elements[0] if isinstance(inner, griffe.ExprTuple) else inner
