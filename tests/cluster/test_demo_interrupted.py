"""What does a demo that ends badly leave behind? Nothing: no process, no folder, no traceback."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fairlead.cluster.api_server import ATTEMPTS, ApiServer
from fairlead.cluster.toolchain import Servers, Toolchain
from fairlead.terminal.errors import UnreachableError, UserError
from tests.fixtures.checkout import PROGRAM

pytestmark = pytest.mark.apiserver
# A shell starts a job in the background with SIGINT ignored, and a test run in such a job would hand that on.
DEMO = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from rich.console import Console
from fairlead.demo.demo import run_demo
from tests.fixtures.hand_made import mesh
sys.exit(run_demo(mesh(70), mesh(60), keep=False, console=Console()))
"""


def environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "TMPDIR": str(folder), "PYTHONPATH": str(PROGRAM), "PYTHONUNBUFFERED": "1"}


def processes_of(folder: Path) -> list[str]:
    listed = subprocess.run(["ps", "-A", "-o", "args"], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if str(folder) in line]


@pytest.mark.skipif(not shutil.which("ps"), reason="ps is not installed")
@pytest.mark.parametrize(
    ("moment", "stop"),
    [
        ("API server", signal.SIGINT),
        ("Up, in", signal.SIGINT),
        ("Release istio-system/istio-base", signal.SIGTERM),
        ("Down, in", signal.SIGINT),
    ],
)
def test_an_interrupted_demo_says_one_line_and_leaves_nothing(
    moment: str, stop: signal.Signals, toolchain: Toolchain, tmp_path: Path
) -> None:
    toolchain.servers()
    command = [sys.executable, "-c", DEMO]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    with subprocess.Popen(command, env=environment(tmp_path), cwd=PROGRAM, **pipes) as process:
        lines = process.stdout or ()
        for line in lines:
            if moment in line:
                break
        time.sleep(0.3)
        process.send_signal(stop)
        rest = [line for line in lines if line.strip()]
    assert process.returncode == 130, rest
    assert rest[-1].startswith("Interrupted. ")
    assert not [line for line in rest if "Traceback" in line or "Error" in line]
    assert processes_of(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def program(folder: Path, said: str, code: int = 3) -> Path:
    path = folder / "program"
    path.write_text(f"#!/bin/sh\necho '{said}' >&2\nexit {code}\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("panic: cannot open database", "cannot open database"),
        ("bind: address already in use", f"in {ATTEMPTS} attempts"),
        ("write: no space left on device", "is full"),
    ],
)
def test_a_server_that_cannot_start_is_quoted_and_its_folder_removed(
    said: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    broken = program(tmp_path, said)
    with pytest.raises(UserError) as caught, ApiServer(Servers(broken, broken, broken, "")):
        pass
    assert message in caught.value.message
    assert list(folder.iterdir()) == []


def test_a_server_that_dies_on_the_way_is_named_instead_of_what_it_no_longer_answers(toolchain: Toolchain) -> None:
    server = ApiServer(toolchain.servers())

    def lose_etcd() -> None:
        with server:
            os.kill(int(server.stop_command.split()[1]), signal.SIGKILL)
            time.sleep(0.2)
            raise UnreachableError("no answer")

    with pytest.raises(UserError, match="etcd ended with exit code"):
        lose_etcd()
    assert not server.kubeconfig.exists()


def test_a_temporary_folder_that_does_not_exist_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "absent"))
    unused = Path("unused")
    with pytest.raises(UserError, match="absent"), ApiServer(Servers(unused, unused, unused, "")):
        pass


def test_a_program_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    gone = tmp_path / "gone"
    with pytest.raises(UserError, match="gone could not be started"), ApiServer(Servers(gone, gone, gone, "")):
        pass
    assert list(tmp_path.iterdir()) == []
