"""Does a command that ends at once still end whole?"""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.fixtures.checkout import PROGRAM

pytestmark = [pytest.mark.mesh, pytest.mark.process]

_START = """
import atexit, sys, threading, time
from fairlead.terminal.process_end import at_once
def main():
    {}
at_once(main)
"""


def _ended(main: str) -> subprocess.CompletedProcess[str]:
    program = _START.format(main.replace("\n", "\n    "))
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=PROGRAM, check=False, timeout=30
    )


@pytest.mark.parametrize(("leave", "code"), [("pass", 0), ("sys.exit()", 0), ("sys.exit(3)", 3)])
def test_the_exit_code_is_that_of_the_command(leave: str, code: int) -> None:
    assert _ended(leave).returncode == code


def test_a_message_is_printed_as_python_prints_it() -> None:
    ended = _ended("sys.exit('no')")
    assert (ended.returncode, ended.stderr) == (1, "no\n")


def test_all_that_was_printed_arrives_and_what_was_registered_is_done_first() -> None:
    ended = _ended("atexit.register(print, 'removed')\nsys.stdout.write('x' * 100_000 + ' ')")
    assert ended.stdout == "x" * 100_000 + " removed\n"


def test_a_thread_that_is_at_work_is_waited_for() -> None:
    ended = _ended("threading.Thread(target=lambda: (time.sleep(0.3), print('done'))).start()\nsys.exit(2)")
    assert (ended.returncode, ended.stdout) == (2, "done\n")


def test_a_fault_of_the_program_keeps_its_traceback() -> None:
    ended = _ended("raise KeyError('x')")
    assert ended.returncode == 1
    assert ended.stderr.startswith("Traceback")
