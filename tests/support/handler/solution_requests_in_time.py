"""What happens to a solution while a provider works on it."""

from __future__ import annotations

from support.virtual_time.provider_world import GROUP, V2, World


def foreign(at: World, name: str = "movies") -> str:
    made: str = at.call("CreateSolution", name=name, datasetGroupArn=GROUP, recipeArn=V2)["solutionArn"]
    at.simulator.advance(60)
    at.simulator.clear_calls()
    return made


def writes(at: World) -> dict[str, int]:
    """The provider's calls that change something."""
    return {name: n for name, n in at.calls().items() if not name.startswith(("Describe", "List"))}
