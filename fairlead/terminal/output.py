"""Did all of the output reach somebody? What is printed may not fit where it goes, which shows only at the end."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager

from fairlead.terminal.errors import unwritable


@contextmanager
def whole_output() -> Generator[None]:
    """For a whole command. Raises UserError where standard output, or a file that has no handler of its own, cannot be
    written. A reader that has read enough, as `head`, is told nothing."""
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        _give_up_output()
        sys.exit(1)
    except OSError as error:
        if error.filename is None:
            _give_up_output()
        where = error.filename or "standard output"
        raise unwritable(where, error, "Write to another place.") from None


def _give_up_output() -> None:
    """What is still in the buffer would be tried once more when Python ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
