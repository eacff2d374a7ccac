"""Whose is the lock of a stack, and what does a Ctrl-C do? With another program as the Pulumi CLI."""

from __future__ import annotations

import getpass
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from fairlead.lifecycle.engine.engine import Engine
from fairlead.lifecycle.engine.engine_errors import LockedError
from fairlead.lifecycle.healing import Healing
from fairlead.lifecycle.wholeness import Wholeness
from fairlead.terminal.progress import Silent
from tests.fixtures.checkout import PROGRAM
from tests.fixtures.interrupted import record, snapshot, state

pytestmark = [pytest.mark.snapshot, pytest.mark.process]

LOCKED = """\
error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock \
file with `pulumi cancel`.
  file:///state/.pulumi/locks/organization/fairlead/dev/1.json: created by {owner} (pid {pid}) at 2026-11-25T01:00:00Z
"""
"""As pkg/backend/diy/lock.go of pulumi/pulumi says it."""
HERE = f"{getpass.getuser()}@{socket.gethostname()}"
WITHIN = 20


def program(folder: Path, text: str) -> Path:
    made = folder / "pulumi"
    made.write_text(f"#!/bin/sh\n{text}")
    made.chmod(0o755)
    return made


def locked(folder: Path, owner: str, pid: int) -> None:
    """A CLI whose stack is locked until it is told to cancel; it writes down what it was asked to do."""
    (folder / "lock").write_text(LOCKED.format(owner=owner, pid=pid))
    text = 'cd "$(dirname "$0")"; echo "$1" >> asked\n[ "$1" = cancel ] && rm lock\n'
    program(folder, text + "[ ! -f lock ] || { cat lock >&2; exit 255; }\necho done\n")


@pytest.fixture
def whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Wholeness:
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    def nowhere() -> Any:
        raise AssertionError

    return Wholeness(Engine(PROGRAM, "dev", Silent()), snapshot(), nowhere, Silent())


def ended_process() -> int:
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    return done.pid


def test_the_lock_of_a_run_that_was_killed_is_removed(whole: Wholeness, tmp_path: Path) -> None:
    locked(tmp_path, HERE, ended_process())
    assert whole.unlocked(whole.engine.up) == "done"
    assert (tmp_path / "asked").read_text().split() == ["up", "cancel", "up"]


@pytest.mark.parametrize(
    ("owner", "pid"),
    [(HERE, os.getpid()), (f"somebody@{socket.gethostname()}", 1), (f"{getpass.getuser()}@elsewhere", 1)],
    ids=["a run of mine", "another user", "another machine"],
)
def test_the_lock_of_a_run_that_goes_on_or_of_somebody_else_is_named_and_kept(
    whole: Wholeness, tmp_path: Path, owner: str, pid: int
) -> None:
    locked(tmp_path, owner, pid)
    with pytest.raises(LockedError) as caught:
        whole.unlocked(whole.engine.up)
    user, _, host = owner.partition("@")
    assert caught.value.message == (
        f"The stack is locked by {user} on {host} (process {pid}), since 2026-11-25T01:00:00Z."
    )
    assert (tmp_path / "asked").read_text().split() == ["up"]
    assert (tmp_path / "lock").exists()


def test_nothing_is_repaired_while_somebody_else_has_the_stack(whole: Wholeness, tmp_path: Path) -> None:
    locked(tmp_path, f"somebody@{socket.gethostname()}", 1)
    found = Healing(state(), records=[record("pending-install").ref], said=["Release edge/edge was interrupted"])
    cluster: Any = object()  # It has nothing that could be deleted.
    with pytest.raises(LockedError):
        whole.heal(found, cluster)


def test_a_lock_that_nobody_can_read_is_kept(whole: Wholeness, tmp_path: Path) -> None:
    program(tmp_path, 'echo "error: [409] Conflict: Another update is currently in progress." >&2; exit 255')
    with pytest.raises(LockedError, match="Another update is currently in progress"):
        whole.unlocked(whole.engine.unlock)


PATIENT = """
trap 'n=$((n + 1)); [ "$n" -ge "$NEEDED" ] && { echo "wrote its state" > "$STATE"; exit 255; }' INT
n=0; echo started
while :; do sleep 0.1; done
"""


@pytest.mark.parametrize("times", [1, 2])
def test_a_ctrl_c_waits_for_the_engine_and_a_second_reaches_it_too(tmp_path: Path, times: int) -> None:
    """The CLI ends what it has begun at the first, and at once at the second; fairlead ends after it, with 130."""
    program(tmp_path, PATIENT)
    runner = (
        "import sys; from pathlib import Path; from fairlead.lifecycle.command import _ended;"
        "from fairlead.lifecycle.engine.engine import Engine; from fairlead.terminal.progress import ConsoleProgress;"
        "from fairlead.terminal.plain_console import PlainConsole;"
        f"engine = Engine(Path({str(tmp_path)!r}), 'dev', ConsoleProgress(PlainConsole()));"
        "sys.exit(_ended(lambda: print(engine.up()) or 0))"
    )
    env = {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}", "STATE": str(tmp_path / "state")}
    # A shell starts a job in the background with SIGINT ignored, and the program would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(
        [sys.executable, "-c", runner],
        cwd=PROGRAM,
        env={**env, "NEEDED": str(times)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout
    assert "started" in process.stdout.readline()
    for _ in range(times):
        time.sleep(0.4)
        os.killpg(process.pid, signal.SIGINT)
    out, errors = process.communicate(timeout=WITHIN)
    assert (tmp_path / "state").read_text() == "wrote its state\n"
    assert process.returncode == 130
    assert "Interrupted: Pulumi ends what it has begun." in out
    assert errors == "Interrupted; the next run goes on from here.\n"
