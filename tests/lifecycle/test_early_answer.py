"""Is an answer that was asked for early the same answer? And its error the same error?"""

from __future__ import annotations

import threading

import pytest

from fairlead.lifecycle.early_answer import early_answer
from fairlead.terminal.errors import UserError

pytestmark = pytest.mark.mesh


def test_the_question_is_asked_once_and_at_once() -> None:
    asked, may_answer = threading.Event(), threading.Event()

    def ask() -> str:
        asked.set()
        may_answer.wait(5)
        return "yes"

    answer = early_answer(ask)
    assert asked.wait(5)
    may_answer.set()
    assert [answer(), answer()] == ["yes", "yes"]


def test_an_error_comes_where_the_answer_is_needed() -> None:
    def ask() -> str:
        raise UserError("no")

    answer = early_answer(ask)
    with pytest.raises(UserError, match="no"):
        answer()
