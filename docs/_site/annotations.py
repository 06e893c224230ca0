"""Show `Annotated[str, Text(max=63)]` as `str`. The limits are in the docstring."""

from __future__ import annotations

from typing import Any

import griffe


class PlainAnnotations(griffe.Extension):
    """Show only the type of an `Annotated`."""

    def on_attribute_instance(self, *, attr: griffe.Attribute, **_kwargs: Any) -> None:
        """Replace `Annotated[T, ...]` by `T`."""
        annotation = attr.annotation
        if isinstance(annotation, griffe.ExprSubscript) and annotation.canonical_name == "Annotated":
            inner = annotation.slice
            attr.annotation = inner.elements[0] if isinstance(inner, griffe.ExprTuple) else inner
