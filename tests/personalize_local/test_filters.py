"""Filters, and the grammar of their expressions."""

from __future__ import annotations

import pytest

from personalize_local.simulator.kinds.filter.expression import problem_in
from support.requests.filter_expressions import ACCEPTED, REJECTED
from support.virtual_time.simulated import Simulated

EXPRESSION = 'EXCLUDE ItemID WHERE Items.GENRE IN ("horror")'


def narrow(sim: Simulated, **members: object) -> str:
    parts = {"name": "calm", "datasetGroupArn": sim.group, "filterExpression": EXPRESSION}
    return str(sim.call("CreateFilter", **(parts | members))["filterArn"])


def test_create__of_a_good_expression__becomes_active_and_is_listed(sim: Simulated) -> None:
    arn = narrow(sim)
    assert arn == "arn:aws:personalize:us-east-1:123456789012:filter/calm"
    assert sim.call("DescribeFilter", filterArn=arn)["filter"]["status"] == "CREATE PENDING"
    sim.advance(1)
    described = sim.call("DescribeFilter", filterArn=arn)["filter"]
    assert (described["status"], described["filterExpression"]) == ("ACTIVE", EXPRESSION)
    narrow(sim, datasetGroupArn=sim.create_group("books"), name="other")
    [listed] = sim.call("ListFilters", datasetGroupArn=sim.group)["Filters"]
    assert (listed["filterArn"], "filterExpression" in listed) == (arn, False)
    assert len(sim.call("ListFilters")["Filters"]) == 2


def test_create__taken_name_or_full_quota__is_refused(sim: Simulated) -> None:
    sim.service.set_limits(filters=2)
    sim.fail("filter")
    narrow(sim, name="fails")
    sim.advance(1)
    narrow(sim)
    parts = {"datasetGroupArn": sim.group, "filterExpression": EXPRESSION}
    assert sim.refusal("CreateFilter", name="calm", **parts)[0] == "ResourceAlreadyExistsException"
    narrow(sim, name="calm-2")
    code, message = sim.refusal("CreateFilter", name="calm-3", **parts)
    assert (code, "More than 2 filters" in message) == ("LimitExceededException", True)


def test_create__bad_expression__says_what_is_wrong(sim: Simulated) -> None:
    parts = {"name": "calm", "datasetGroupArn": sim.group}
    assert sim.refusal("CreateFilter", filterExpression="EXCLUDE ItemID", **parts) == (
        "InvalidInputException",
        "filterExpression must have WHERE here: got the end",
    )


def test_create__told_to_fail__says_why(sim: Simulated) -> None:
    sim.fail("filter", reason="no such column")
    arn = narrow(sim)
    sim.advance(1)
    described = sim.call("DescribeFilter", filterArn=arn)["filter"]
    assert (described["status"], described["failureReason"]) == ("CREATE FAILED", "no such column")


def test_group__with_a_filter__cannot_be_deleted(sim: Simulated) -> None:
    arn = narrow(sim)
    sim.advance(1)
    assert arn in sim.refusal("DeleteDatasetGroup", datasetGroupArn=sim.group)[1]
    sim.call("DeleteFilter", filterArn=arn)
    sim.advance(1)
    assert sim.refusal("DescribeFilter", filterArn=arn)[0] == "ResourceNotFoundException"
    sim.call("DeleteDatasetGroup", datasetGroupArn=sim.group)


@pytest.mark.parametrize("expression", ACCEPTED)
def test_expression__of_the_documented_forms__is_taken(expression: str) -> None:
    assert problem_in(expression) is None


@pytest.mark.parametrize("expression", REJECTED)
def test_expression__that_the_constructs_reject__is_refused(expression: str) -> None:
    assert problem_in(expression) is not None


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        ("", "must have INCLUDE or EXCLUDE here: got the end"),
        ("DROP ItemID", "must have INCLUDE or EXCLUDE here: got DROP"),
        ("INCLUDE Item WHERE Items.A IN (1)", "must have ItemID, ActionID or UserID here: got Item"),
        ("INCLUDE ItemID WHERE GENRE IN (1)", "must have a field such as Items.GENRE here: got GENRE"),
        ("INCLUDE ItemID WHERE Films.A IN (1)", "here: got Films.A"),
        (
            'INCLUDE ItemID WHERE Items.A IN ("a") AND Interactions.EVENT_TYPE IN ("b")',
            "must use a field of ITEMS here: got Interactions.EVENT_TYPE",
        ),
        (
            "INCLUDE ItemID WHERE Interactions.DEVICE IN (1)",
            "must use only EVENT_TYPE of INTERACTIONS: got Interactions.DEVICE",
        ),
        (
            "INCLUDE ItemID WHERE CurrentUser.AGE > 18",
            "here: got CurrentUser.AGE",
        ),
        (
            "INCLUDE ItemID WHERE Items.A > 1 IF Items.A > 2",
            "must use a field of CURRENTUSER here: got Items.A",
        ),
        ("INCLUDE ItemID WHERE Items.A IN (*)", "can have * with Interactions.EVENT_TYPE only"),
        ("INCLUDE ItemID WHERE Items.A NOT IN ($A)", "must not have the parameter $A with NOT IN"),
        ("INCLUDE ActionID WHERE Actions.REPEAT_FREQUENCY > 1", "must not use Actions.REPEAT_FREQUENCY"),
        ("INCLUDE ItemID WHERE Items.A LIKE (1)", "must have IN, NOT IN or a comparison here: got LIKE"),
        (
            "INCLUDE ItemID WHERE Items.A IN (horror)",
            'must have a value here: got horror; text needs double quotes: "horror"',
        ),
        ("INCLUDE ItemID WHERE Items.A IN ()", "must have a value here: got )"),
        (
            "INCLUDE ItemID WHERE Films.A IN (1)",
            "must use a field of ACTIONS, ACTION_INTERACTIONS, INTERACTIONS, ITEMS, USERS here: got Films.A",
        ),
        ("INCLUDE ItemID WHERE Items.A IN (1", "must have , or ) here: got the end"),
        ("INCLUDE ItemID WHERE Items.A IN (1) 2", "must have AND, OR, IF, | or the end here: got 2"),
        ("INCLUDE ItemID WHERE Items.A IN (1) |", "must have INCLUDE or EXCLUDE here: got the end"),
        ('INCLUDE ItemID WHERE Items.A IN ("open)', "cannot be read from '\"open)' on"),
        (
            "INCLUDE ItemID WHERE " + " OR ".join(f"Items.F{n} > 1" for n in range(11)),
            "must use at most 10 fields: got 11",
        ),
    ],
)
def test_expression__that_the_guide_forbids__is_named(expression: str, problem: str) -> None:
    assert problem in (problem_in(expression) or "")
