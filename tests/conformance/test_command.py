"""`python -m conformance`: what it refuses, says and writes."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from conformance.account import Account
from conformance.page import page
from conformance.question import Result, Seen
from conformance.questions import QUESTIONS
from conformance.run import Run

from conformance import __main__ as command
from personalize_local.simulator import Fault
from personalize_local.testing.in_process import SimulatedPersonalize

pytestmark = pytest.mark.usefixtures("personalize")

HERE = "http://127.0.0.1:9"
PREFIX = "conformance-0123456789ab-"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An own folder, one quick question, and no STS."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(command, "QUESTIONS", [each for each in QUESTIONS if each.id == "list-token"])
    monkeypatch.setattr(command, "_account_number", lambda: "123456789012")
    return tmp_path


def pretend_local(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the simulator of this process for one on a port: calls to a port are not intercepted."""
    monkeypatch.setattr(command, "is_this_machine", lambda _: True)


def test_local__endpoint_is_on_this_machine__asks_and_writes_the_page(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pretend_local(monkeypatch)

    assert command.main(["local"]) == 0

    said = capsys.readouterr().out
    assert "1 same, 0 different, 0 not asked; nothing left behind" in said
    assert "The page: build/conformance-local.md" in said
    text = (folder / "build" / "conformance-local.md").read_text()
    assert "- Service: the local AWS" in text
    assert "| 101 | ListSolutions with a wrong nextToken | InvalidNextTokenException |" in text


def test_local__endpoint_is_that_of_aws__calls_nothing(
    personalize: SimulatedPersonalize, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["local"]) == 2

    assert personalize.calls == []
    assert (
        "a local run calls only this machine, and this would be personalize.us-east-1"
        in capsys.readouterr().err
    )


def test_local__nothing_answers__ends_at_once_and_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", HERE)
    monkeypatch.setattr(command, "QUESTIONS", [each for each in QUESTIONS if each.id == "schema-text"])
    assert command.main(["local"]) == 3
    assert "Could not connect to the endpoint URL" in capsys.readouterr().out


@pytest.mark.parametrize("answer", ["", "n", "no", "nonsense"])
def test_aws__not_confirmed__calls_nothing(
    personalize: SimulatedPersonalize,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    answer: str,
) -> None:
    monkeypatch.setattr("builtins.input", lambda _: answer)

    assert command.main(["aws"]) == 2

    assert personalize.calls == []
    captured = capsys.readouterr()
    assert "account 123456789012, Region us-east-1 (personalize.us-east-1.amazonaws.com)" in captured.out
    assert "It costs nothing" in captured.out
    assert "nothing was created or deleted" in captured.err


def test_aws__nobody_to_confirm__says_which_option_does(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def closed(_: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", closed)
    assert command.main(["aws"]) == 2
    assert "add --yes" in capsys.readouterr().err


def test_aws__confirmed_by_the_option__asks(folder: Path) -> None:
    assert command.main(["aws", "--yes"]) == 0
    assert "- Service: Amazon Personalize" in (folder / "build" / "conformance-aws.md").read_text()


def test_aws__endpoint_is_on_this_machine__calls_nothing(
    personalize: SimulatedPersonalize, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", HERE)
    assert command.main(["aws", "--yes"]) == 2
    assert personalize.calls == []
    assert "unset AWS_ENDPOINT_URL" in capsys.readouterr().err


def test_aws__no_region__says_what_to_set(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.delenv("AWS_REGION", raising=False)
    assert command.main(["aws", "--yes"]) == 2
    assert "set AWS_PROFILE and AWS_REGION" in capsys.readouterr().err


def test_clean__prefix_of_a_run__deletes_only_what_has_it(
    personalize: SimulatedPersonalize, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pretend_local(monkeypatch)
    monkeypatch.setattr(command, "Account", partial(Account, sleep=personalize.advance))
    for name in (f"{PREFIX}group", "conformance-0123456789ac-group"):
        personalize.client.create_dataset_group(name=name)
    personalize.advance(10)

    assert command.main(["local", "--clean", PREFIX]) == 0

    groups = personalize.client.list_dataset_groups()["datasetGroups"]
    assert [group["name"] for group in groups] == ["conformance-0123456789ac-group"]
    assert capsys.readouterr().out == f"Nothing of {PREFIX} is left.\n"


def test_clean__may_not_list__does_not_say_that_nothing_is_left(
    personalize: SimulatedPersonalize, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pretend_local(monkeypatch)
    personalize.simulator.inject(Fault("ListSolutions", "AccessDeniedException", times=None))
    assert command.main(["local", "--clean", PREFIX]) == 3
    assert f"perhaps a Solution {PREFIX}*: cannot list" in capsys.readouterr().out


@pytest.mark.parametrize("prefix", ["conformance-", "shop-", f"{PREFIX}group"])
def test_clean__no_prefix_of_a_run__calls_nothing(personalize: SimulatedPersonalize, prefix: str) -> None:
    assert command.main(["aws", "--yes", "--clean", prefix]) == 2
    assert personalize.calls == []


def test_page__of_a_run__has_the_differences_first_and_hides_account_and_caller() -> None:
    def result(text: str, seen: Seen | None, reason: str = "") -> Result:
        return Result("q", (17, 33), text, "a | b", seen, reason)

    denied = "User: arn:aws:sts::123456789012:assumed-role/Admin/jane is not authorized"
    outcome = Run(
        [
            result(
                "same", Seen("a | b", f"arn:aws:personalize:us-east-1:123456789012:solution/{PREFIX}x\ntaken")
            ),
            result("denied", None, denied),
            result("other", Seen("<b>")),
        ],
        ["something: a reason"],
        interrupted=False,
    )

    assert page(outcome, {"Region": "us-east-1"}, PREFIX).splitlines() == [
        "# Conformance of Amazon Personalize",
        "",
        "- Region: us-east-1",
        "- Result: 1 same, 1 different, 1 not asked; 1 resources left behind",
        "",
        "## Different",
        "",
        "| Rule | Question | Expected | Seen | The service's words |",
        "|---|---|---|---|---|",
        "| 17, 33 | other | a \\| b | &lt;b> |  |",
        "",
        "## Not asked",
        "",
        "| Rule | Question | Expected | Seen | The service's words |",
        "|---|---|---|---|---|",
        "| 17, 33 | denied | a \\| b | not asked | User: CALLER is not authorized |",
        "",
        "## As expected",
        "",
        "| Rule | Question | Expected | Seen | The service's words |",
        "|---|---|---|---|---|",
        "| 17, 33 | same | a \\| b | a \\| b | arn:aws:personalize:us-east-1:ACCOUNT:solution/x taken |",
        "",
        "## Left behind",
        "",
        "- something: a reason",
    ]
