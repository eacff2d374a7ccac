"""Does `make install` leave the clone's command in its environment? Made as on a fresh clone, without a download."""

from __future__ import annotations

import shutil
import site
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fixtures.checkout import PROGRAM

pytestmark = [pytest.mark.snapshot, pytest.mark.process]


def test_make_install_writes_the_command_of_the_clone(tmp_path: Path) -> None:
    make = shutil.which("make")
    assert make, "no make on PATH"
    environment = tmp_path / "venv"
    given = [f"VENV={environment}", "PIP=true", f"PYTHON={sys.executable}"]
    made = subprocess.run([make, "install", *given], cwd=PROGRAM, capture_output=True, text=True, check=False)
    assert (made.returncode, made.stderr) == (0, "")
    (packages,) = environment.glob("lib/python*/site-packages")
    (packages / "dependencies.pth").write_text("\n".join(site.getsitepackages()), encoding="utf-8")
    typed = [str(environment / "bin" / "fairlead"), "lint", "--stack", "local"]
    came = subprocess.run(typed, cwd=PROGRAM, capture_output=True, text=True, check=False)
    assert (came.returncode, came.stderr) == (0, "")
    assert "0 errors" in came.stdout
