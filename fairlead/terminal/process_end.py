"""How does the command line end? At once: Python would first free each of its objects, for a fifth of a second."""

from __future__ import annotations

import atexit
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn


def at_once(main: Callable[[], object]) -> NoReturn:
    """Run `main`, then what was registered for the end, and leave with its exit code. Where a thread is still at work,
    or `main` failed with a traceback, Python ends by itself."""
    try:
        main()
        code = 0
    except SystemExit as ended:
        # Else it is a message, which Python prints.
        if not isinstance(ended.code, int | None):
            raise
        code = ended.code or 0
    current = threading.current_thread()
    if any(each is not current and not each.daemon for each in threading.enumerate()):
        sys.exit(code)
    # What the kubernetes client wrote for its credentials is deleted here.
    atexit._run_exitfuncs()  # pyright: ignore[reportPrivateUsage] - nothing else runs them
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            stream.flush()
    os._exit(code)
