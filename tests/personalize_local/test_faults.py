from __future__ import annotations

import pytest

from personalize_local.simulator import Failure, Fault
from support.virtual_time.simulated import Simulated


def test_fault__before__answers_so_many_times_and_nothing_happens(sim: Simulated) -> None:
    sim.service.inject(Fault("CreateSolution", "LimitExceededException", "Rate exceeded", times=2))
    for _ in range(2):
        assert sim.refusal("CreateSolution", **sim.request()) == ("LimitExceededException", "Rate exceeded")
    assert sim.call("ListSolutions") == {"solutions": []}
    sim.create()


def test_fault__after__has_its_effect_and_loses_the_answer(sim: Simulated) -> None:
    sim.service.inject(Fault("CreateSolution", "InternalServerException", after=True))
    assert sim.refusal("CreateSolution", **sim.request())[0] == "InternalServerException"
    assert len(sim.call("ListSolutions")["solutions"]) == 1
    assert sim.refusal("CreateSolution", **sim.request())[0] == "ResourceAlreadyExistsException"


def test_fault__after_a_call_that_fails_by_itself__waits_for_one_that_does_not(sim: Simulated) -> None:
    sim.service.inject(Fault("CreateSolution", "InternalServerException", after=True))
    bad = sim.request(recipeArn=sim.recipe("aws-magic"))
    assert sim.refusal("CreateSolution", **bad)[0] == "ResourceNotFoundException"
    assert sim.refusal("CreateSolution", **sim.request())[0] == "InternalServerException"


def test_fault__of_another_operation__strikes_only_that(sim: Simulated) -> None:
    sim.service.inject(Fault("DeleteSolution", "ResourceInUseException"))
    arn = sim.active()
    assert sim.refusal("DeleteSolution", solutionArn=arn)[0] == "ResourceInUseException"
    sim.call("DeleteSolution", solutionArn=arn)


def test_faults__several__strike_in_the_order_given(sim: Simulated) -> None:
    for code in ("A", "B"):
        sim.service.inject(Fault("ListSolutions", code))
    assert [sim.refusal("ListSolutions")[0] for _ in range(2)] == ["A", "B"]
    sim.call("ListSolutions")


def test_faults__cleared__strike_no_more(sim: Simulated) -> None:
    sim.service.inject(Fault("ListSolutions", "A", times=9))
    sim.service.clear_faults()
    sim.call("ListSolutions")


def test_fault__for_ever__strikes_until_it_is_cleared(sim: Simulated) -> None:
    sim.service.inject(Fault("ListSolutions", "A", times=None))
    assert {sim.refusal("ListSolutions") for _ in range(100)} == {("A", "injected by a test")}
    assert sim.service.state()["faults"][0]["times"] is None
    sim.service.clear_faults()
    sim.call("ListSolutions")


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("ThrottlingException", 400),
        ("AccessDeniedException", 400),
        ("InternalServerException", 500),
        ("ServiceUnavailableException", 503),
    ],
)
def test_fault__on_the_wire__travels_with_the_status_of_its_code(
    sim: Simulated, code: str, status: int
) -> None:
    sim.service.inject(Fault("ListSolutions", code))
    response = sim.service.respond("AmazonPersonalize.ListSolutions", b"{}", sim.scope)
    assert (response.status, response.headers["x-amzn-errortype"]) == (status, code)


def test_fault__impossible__is_refused() -> None:
    with pytest.raises(ValueError, match="unknown operation 'CreateMagic'"):
        Fault("CreateMagic", "A")
    with pytest.raises(ValueError, match="times must be 1 or more: got 0"):
        Fault("ListSolutions", "A", times=0)


def test_failure__of_an_unknown_resource__names_the_known_ones() -> None:
    with pytest.raises(
        ValueError,
        match="unknown resource 'recipe': expected one of dataset_group, dataset, ",
    ):
        Failure("recipe", "*", "why")
