"""What does `lint --watch` say while somebody types? The findings of now, until Ctrl-C ends it without a traceback."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from tests.fixtures.checkout import PROGRAM

pytestmark = [pytest.mark.mesh, pytest.mark.process]

GOOD = (
    "apiVersion: v1\nkind: Service\nmetadata: {name: shop, namespace: web}\nspec: {ports: [{name: http, port: 80}]}\n"
)
# A shell starts a job in the background with SIGINT ignored, and a test run in such a job would hand that on.
LINT = """
import runpy, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.argv = ["fairlead", "lint", "--objects", sys.argv[1], "--watch"]
runpy.run_module("fairlead", run_name="__main__")
"""
WITHIN = 60.0


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "service.yaml"
    path.write_text(GOOD, encoding="utf-8")
    return path


@pytest.fixture
def watching(file: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-u", "-c", LINT, str(file.parent)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    env = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, cwd=PROGRAM, env=env, **pipes) as process:  # type: ignore[call-overload]
        yield process
        process.kill()


class Lines:
    """What a program says, line by line, read beside the test."""

    def __init__(self, source: IO[str]) -> None:
        self._said: queue.Queue[str] = queue.Queue()
        threading.Thread(target=lambda: [self._said.put(line) for line in source], daemon=True).start()

    def until(self, word: str) -> str:
        """Everything up to the line with this word."""
        said = ""
        while word not in said:
            said += self._said.get(timeout=WITHIN)
        return said


def test_findings_follow_what_is_typed_and_ctrl_c_ends_it(watching: subprocess.Popen[str], file: Path) -> None:
    assert watching.stdout
    lines = Lines(watching.stdout)
    first = lines.until("Ctrl-C ends it")
    assert "0 errors" in first
    file.write_text(GOOD.replace("port: 80", "port: 99999"), encoding="utf-8")
    assert "0 errors" not in lines.until("Ctrl-C ends it")
    file.write_text(GOOD.replace("spec: {", "spec: {{"), encoding="utf-8")
    assert "yaml" in lines.until("Ctrl-C ends it")
    file.write_text(GOOD, encoding="utf-8")
    assert "0 errors" in lines.until("Ctrl-C ends it")
    watching.send_signal(signal.SIGINT)
    assert watching.wait(WITHIN) == 0
