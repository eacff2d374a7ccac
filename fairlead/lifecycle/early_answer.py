"""How is something asked before it is needed? In a thread, while other work goes on; its answer or error is kept."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

_Answer = TypeVar("_Answer")


def early_answer(ask: Callable[[], _Answer]) -> Callable[[], _Answer]:
    """What gives the answer as soon as it is there. Raises what the question raised."""
    answers: list[_Answer] = []
    errors: list[Exception] = []

    def work() -> None:
        try:
            answers.append(ask())
        except Exception as error:
            errors.append(error)

    # Nobody waits for it where the other work fails.
    thread = threading.Thread(target=work, daemon=True)
    thread.start()

    def answer() -> _Answer:
        thread.join()
        if errors:
            raise errors[0]
        return answers[0]

    return answer
