"""What happens at Ctrl-C? Nothing that has been started is forgotten: a signal waits while the books are written."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType

STOPPING = (signal.SIGINT, signal.SIGTERM)


def _raise_interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@contextmanager
def termination_is_interrupt() -> Generator[None]:
    """SIGTERM cleans up exactly as Ctrl-C does; a handler that the process already has is left alone."""
    free = signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    if not free or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _raise_interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def interrupts_held() -> Generator[None]:
    """Ctrl-C and SIGTERM arrive after the block: for starting a process and noting it, and for cleaning up."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    pending: list[int] = []
    before = {number: signal.signal(number, lambda got, _frame: pending.append(got)) for number in STOPPING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        # Once is enough: a second Ctrl-C must not cut the cleaning up short.
        if pending and not isinstance(sys.exception(), KeyboardInterrupt):
            signal.raise_signal(pending[0])
