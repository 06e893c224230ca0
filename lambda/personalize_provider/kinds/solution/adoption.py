"""Whether an existing solution is the declared one. Pure.

The service may describe a configuration in another spelling than the request's (rule 45): feature
transformation parameters under older names, tuned hyperparameters with a prefix, numbers in another format.
So names are compared by their last part, and if no name matches, by their values alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from personalize_provider.kinds.owned.differences import difference
from personalize_provider.kinds.owned.spelling import scalar_text
from personalize_provider.kinds.solution.config import UPDATABLE_CONFIG_MEMBERS, canonical_config

_SCALARS = ("datasetGroupArn", "recipeArn", "eventType", "performHPO", "performAutoML")
_OF_AUTO_ML = frozenset({"recipeArn", "performHPO"})  # the service chooses them (rules 19 and 21)

# In these maps and lists of ranges, the service may use other names than the request.
_RENAMED = ("algorithmHyperParameters", "featureTransformationParameters", "hpoConfig")

# Values that the service may add.
_FILLED_IN = ("hpoConfig", "autoMLConfig", "optimizationObjective.objectiveSensitivity")


def differences(declared: Mapping[str, Any], live: Mapping[str, Any]) -> list[str]:
    """What can't be changed about a live solution and differs from the declared one, one line each.

    Args:
        declared: A CreateSolution request.
        live: The solution in the answer of DescribeSolution.
    """
    return [*_of_members(declared, live), *_of_configs(declared, live)]


def _of_members(declared: Mapping[str, Any], live: Mapping[str, Any]) -> Iterator[str]:
    chosen = _OF_AUTO_ML if declared.get("performAutoML") else frozenset()
    for name in _SCALARS:
        if name not in chosen and (declared.get(name) or None) != (live.get(name) or None):
            yield difference(name, live.get(name), declared.get(name))


def _of_configs(declared: Mapping[str, Any], live: Mapping[str, Any]) -> Iterator[str]:
    ours, theirs = (
        dict(_leaves(canonical_config(solution.get("solutionConfig", {})))) for solution in (declared, live)
    )
    if declared.get("performAutoML"):  # the service ignores the rest (rule 20)
        ours, theirs = (
            {k: v for k, v in leaves.items() if k[0] == "autoMLConfig"} for leaves in (ours, theirs)
        )
    missing = {path: value for path, value in ours.items() if path not in theirs}
    surplus = {path: value for path, value in theirs.items() if path not in ours}
    for path, value in list(missing.items()):
        same = [p for p, v in surplus.items() if v == value and p[:-1] == path[:-1] and path[0] in _RENAMED]
        if same:
            del missing[path], surplus[same[0]]
    for path, value in ours.items():
        if path in missing or theirs.get(path, value) != value:
            yield difference(".".join(path), theirs.get(path), value)
    for path, value in surplus.items():
        if not ".".join(path).startswith(_FILLED_IN):
            yield difference(".".join(path), value, None)


_Path = tuple[str, ...]


def _leaves(config: Mapping[str, Any], path: _Path = ()) -> Iterator[tuple[_Path, str]]:
    """Every value of a canonical configuration that can't be changed, by its path."""
    for name, value in config.items():
        if not path and name in UPDATABLE_CONFIG_MEMBERS:
            continue
        match value:
            case Mapping():
                yield from _leaves(value, (*path, _one_name(name, path)))
            case [Mapping(), *_]:  # ranges of hyperparameters
                for item in value:
                    span = " to ".join(
                        scalar_text(item[end]) for end in ("minValue", "maxValue") if end in item
                    )
                    choice = ", ".join(item.get("values", ()))
                    yield (*path, name, _one_name(item.get("name", ""), (name,))), span or choice
            case []:
                pass
            case list():
                yield (*path, _one_name(name, path)), ", ".join(map(str, value))
            case _:
                yield (*path, _one_name(name, path)), str(value)


def _one_name(name: str, path: _Path) -> str:
    """A name by its last part: `training.bptt` is `bptt` (rule 45)."""
    if path and path[-1].endswith("DatasetColumns"):
        return name.lower()
    return name.rpartition(".")[2] if path else name
