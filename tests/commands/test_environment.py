"""What do people see who type a command, or `make`, where Python or its packages are not what they have to be?"""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from fairlead.terminal.environment import OLDEST, PACKAGES, complaint
from tests.fixtures.checkout import PROGRAM

pytestmark = pytest.mark.mesh

READ_BY_ANY_PYTHON = ("fairlead/__init__.py", "fairlead/terminal/__init__.py", "fairlead/terminal/environment.py")


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_where_all_is_well_nothing_is_said(checkout: Path) -> None:
    assert complaint(OLDEST, [], str(checkout)) == ""


@pytest.mark.parametrize(
    ("version", "missing", "wrong"),
    [
        ((3, 10, 14), ["typer"], f"fairlead needs Python 3.11 or newer, and {sys.executable} is 3.10.14"),
        ((3, 13, 0), ["rich", "typer"], f"{sys.executable} lacks packages that fairlead needs (rich, typer)"),
    ],
)
def test_what_is_wrong_and_what_to_type_is_one_sentence(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, version: tuple[int, ...], missing: list[str], wrong: str
) -> None:
    assert complaint(version, missing, str(checkout)) == f"{wrong}: type `make install`, then `. .venv/bin/activate`."
    activate = checkout / ".venv" / "bin" / "activate"
    activate.parent.mkdir(parents=True)
    activate.touch()
    assert complaint(version, missing, str(checkout)) == f"{wrong}: type `. .venv/bin/activate` first."
    monkeypatch.chdir("/")
    assert complaint(version, missing, str(checkout)) == f"{wrong}: type `. {activate}` first."
    monkeypatch.setattr(sys, "prefix", str(checkout / ".venv"))
    assert "make install" in complaint(version, missing, str(checkout))


@pytest.mark.parametrize("name", READ_BY_ANY_PYTHON)
def test_an_old_python_can_read_what_speaks_to_it(name: str) -> None:
    text = (PROGRAM / name).read_text(encoding="utf-8")
    ast.parse(text, feature_version=(3, 7))
    assert "from __future__" not in text, "unknown to Python 3.6"


@pytest.mark.scale
def test_every_package_that_is_asked_for_and_imported_is_looked_for() -> None:
    pinned = set(re.findall(r"^([\w.-]+)", "\n".join(_requirements()), re.MULTILINE))
    asked_for = {name.replace("-", "_").partition(".")[0] for name in pinned}
    files = [
        path for folder in ("components", "fairlead", "fairlead_mesh") for path in (PROGRAM / folder).rglob("*.py")
    ]
    nodes = [node for path in files for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    imported = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    imported |= {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    assert {name.partition(".")[0] for name in imported} & asked_for == {name.partition(".")[0] for name in PACKAGES}


def _requirements() -> list[str]:
    files = sorted(PROGRAM.glob("requirements*.in"))
    return [line for file in files for line in file.read_text(encoding="utf-8").splitlines() if line[:1].isalpha()]


@pytest.mark.process
@pytest.mark.parametrize("module", ["fairlead", "fairlead.lifecycle.engine.pulumi_cli", "fairlead.reference.pages"])
def test_a_python_without_packages_says_so_and_shows_no_traceback(module: str) -> None:
    # Without its site module a Python knows only what it came with.
    bare = [sys.executable, "-S", "-m", module, "lint", "--stack", "dev"]
    done = subprocess.run(bare, cwd=PROGRAM, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(
        r"error: \S+ lacks packages that fairlead needs \(filelock, .*, watchfiles\): type .*\.\n", done.stderr
    )


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder for a PATH of one's own: what `make` needs beside Python, and a copy of the Makefile."""
    (tmp_path / "bin").mkdir()
    for name in ("sh", "touch", "make"):
        found = shutil.which(name)
        assert found, f"no {name} on PATH"
        (tmp_path / "bin" / name).symlink_to(found)
    for name in ("Makefile", "requirements.txt", "requirements-cli.txt", "requirements-dev.txt"):
        shutil.copy(PROGRAM / name, tmp_path)
    return tmp_path


def python(machine: Path, refuses: str) -> None:
    """A python3 that fails as one does that lacks something: whatever it is asked that names it."""
    stand_in = machine / "bin" / "python3"
    stand_in.write_text(f'#!/bin/sh\ncase "$*" in *"{refuses}"*) exit 1;; esac\nexit 0\n')
    stand_in.chmod(0o755)


def install(machine: Path) -> tuple[int, str, str]:
    env = {"PATH": str(machine / "bin"), "HOME": os.environ.get("HOME", "/")}
    done = subprocess.run(["make", "install"], cwd=machine, env=env, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.process
@pytest.mark.parametrize(
    ("refuses", "said"),
    [
        ("", "error: there is no python3 on PATH: install Python 3.11 or newer, or name one with PYTHON=..."),
        ("version_info", "error: python3 is older than Python 3.11: name a newer one with PYTHON=..."),
        ("ensurepip", "error: python3 cannot make a virtual environment: install its venv module"),
    ],
)
def test_make_says_in_a_sentence_what_the_machine_lacks(machine: Path, refuses: str, said: str) -> None:
    if refuses:
        python(machine, refuses)
    code, out, err = install(machine)
    assert code == 2
    assert out == ""
    assert err.startswith(said)
    assert len(err.splitlines()) == len(("the sentence", "what make adds"))
    assert not (machine / ".venv").exists()


@pytest.mark.process
def test_make_says_what_it_installs_before_it_does(machine: Path) -> None:
    python(machine, "-m pip")
    (machine / ".venv" / "bin").mkdir(parents=True)
    (machine / ".venv" / "bin" / "python").symlink_to(machine / "bin" / "python3")
    code, out, err = install(machine)
    assert out.startswith("Installing the packages of requirements-dev.txt into .venv")
    assert "minutes" in out
    assert code == 2
    assert err.startswith("error: the packages were not installed; above is why.")
