"""Is anything done that nobody agreed to? The options of `up` and `down`, and the question at a terminal."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import typer

from fairlead.lifecycle.consent import Consent, DeclinedError

pytestmark = pytest.mark.mesh

Command = Callable[..., tuple[int, str, str]]


@pytest.mark.parametrize("verb", ["up", "down"])
def test_without_a_terminal_it_has_to_be_said(command: Command, verb: str) -> None:
    code, _, errors = command(verb, "--stack", "dev")
    assert code == 2
    assert "say --yes, or --plan" in " ".join(errors.replace("│", " ").split())


@pytest.mark.parametrize("verb", ["up", "down"])
def test_a_plan_and_a_yes_exclude_each_other(command: Command, verb: str) -> None:
    code, _, errors = command(verb, "--stack", "dev", "--yes", "--plan")
    assert code == 2
    assert "they exclude each other" in " ".join(errors.replace("│", " ").split())


@pytest.mark.parametrize("answer", [True, False])
def test_what_would_be_done_is_shown_before_the_question(
    answer: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(typer, "confirm", lambda *_, **__: answer)
    consent = Consent()
    if answer:
        consent.to(["would repair: this"], "Repair this first?")
    else:
        with pytest.raises(DeclinedError):
            consent.to(["would repair: this"], "Repair this first?")
    assert capsys.readouterr().out == "would repair: this\n"


def test_a_yes_asks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_: object, **__: object) -> bool:
        pytest.fail("it was asked")

    monkeypatch.setattr(typer, "confirm", nobody)
    Consent(yes=True).to(["would repair: this"], "Repair this first?")


def test_what_others_lose_is_shown_where_nothing_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    Consent(yes=True).to(["quiet"], "Go on?")
    Consent(yes=True).to_loss(["Deployment shop/cart"], "Go on?")
    assert capsys.readouterr().out == "Deployment shop/cart\n"
