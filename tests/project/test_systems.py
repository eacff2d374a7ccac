"""Can this run on Windows and macOS? What only POSIX has is in one file, and commands run without it."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fairlead.yaml_files.positions import Place
from tests.fixtures.checkout import PROGRAM

pytestmark = pytest.mark.mesh

ONE_PLACE = PROGRAM / "fairlead" / "cluster" / "sessions.py"
POSIX_MODULES = {"crypt", "fcntl", "grp", "pty", "pwd", "resource", "spwd", "syslog", "termios", "tty"}
POSIX_NAMES = {
    *("os.fork", "os.forkpty", "os.getegid", "os.geteuid", "os.getgid", "os.getpgid", "os.getsid", "os.getuid"),
    *("os.killpg", "os.setpgid", "os.setpgrp", "os.setsid", "os.chown", "os.mkfifo", "os.uname"),
    *("signal.SIGKILL", "signal.SIGHUP", "signal.SIGQUIT", "signal.SIGUSR1", "signal.SIGUSR2", "signal.SIGALRM"),
    *("signal.alarm", "signal.pause", "signal.setitimer", "signal.sigwait", "select.poll", "select.epoll"),
}
POSIX_ARGUMENTS = {"start_new_session", "preexec_fn", "process_group", "pass_fds"}
LAYERS = ("components", "fairlead", "fairlead_mesh")
FILES = [
    PROGRAM / "__main__.py",
    *(
        path
        for layer in ("components", "fairlead", "fairlead_mesh")
        for path in sorted((PROGRAM / layer).rglob("*.py"))
    ),
]
BEGIN = f"""
import sys
for name in {sorted(POSIX_MODULES)!r}:
    sys.modules[name] = None
import asyncio, multiprocessing, os, select, shutil, signal, subprocess, tempfile
for name in {sorted(POSIX_NAMES)!r}:
    module, _, own = name.partition(".")
    if hasattr(sys.modules[module], own):
        delattr(sys.modules[module], own)
subprocess.CREATE_NEW_PROCESS_GROUP = 0
real, sys.platform = sys.platform, "win32"
import fairlead.cluster.sessions
sys.platform = real
from fairlead.__main__ import main
main()
"""
COMMANDS = [
    ["lint", "--stack", "dev"],
    ["lint", "--objects", "tests/fixtures/loopback/shop.yaml", "--format", "sarif", "--fail-on", "never"],
    ["preview", "--stack", "local"],
    ["explain", "--stack", "dev", "GET http://hello.dev.example.com/hello"],
    ["render", "--stack", "dev", "--out", "{out}/rendered"],
    ["picture", "--stack", "dev", "--out", "{out}/picture"],
    ["new", "{out}/new"],
    ["init", "{out}/drafted", "--from-objects", "tests/fixtures/loopback/shop.yaml"],
    ["diff", "--stack", "dev", "--base", "HEAD"],
    ["versions", "--offline"],
]


def posix(path: Path) -> Iterator[str]:
    """What a file has that Windows lacks."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names if each.name in POSIX_MODULES)
        elif isinstance(node, ast.ImportFrom) and node.module in POSIX_MODULES:
            yield node.module
        elif isinstance(node, ast.Attribute) and ast.unparse(node) in POSIX_NAMES:
            yield ast.unparse(node)
        elif isinstance(node, ast.keyword) and node.arg in POSIX_ARGUMENTS:
            yield node.arg


def test_what_only_posix_has_is_in_one_file() -> None:
    found = {str(path.relative_to(PROGRAM)): list(posix(path)) for path in FILES if path != ONE_PLACE}
    assert {path: names for path, names in found.items() if names} == {}, f"put it into {ONE_PLACE.name}"


def test_that_file_says_what_windows_does_instead() -> None:
    assert list(posix(ONE_PLACE)), "nothing is left in it"
    (branch,) = [node for node in ast.parse(ONE_PLACE.read_text(encoding="utf-8")).body if isinstance(node, ast.If)]
    assert ast.unparse(branch.test) == "sys.platform == 'win32'"
    assert names(branch.body) == names(branch.orelse)
    assert {"APART", "KILL", "tell"} <= names(branch.body)


def names(statements: list[ast.stmt]) -> set[str]:
    """What is defined by these."""
    defined = {node.name for node in statements if isinstance(node, ast.FunctionDef)}
    targets = [each for node in statements if isinstance(node, ast.Assign) for each in node.targets]
    targets += [node.target for node in statements if isinstance(node, ast.AnnAssign)]
    return defined | {ast.unparse(each) for each in targets}


@pytest.mark.process
@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(words[:1]))
def test_a_command_runs_without_what_only_posix_has(words: list[str], tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-X",
        "warn_default_encoding",
        "-c",
        BEGIN,
        *(each.format(out=tmp_path) for each in words),
    ]
    env = {**os.environ, "PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0", "PYTHONPATH": str(PROGRAM)}
    done = subprocess.run(command, cwd=PROGRAM, env=env, capture_output=True, check=False)
    err = done.stderr.decode("cp1252")
    assert done.returncode == 0, err
    own = [line for line in err.splitlines() if "EncodingWarning" in line and str(PROGRAM / "fairlead") in line]
    assert own == [], "say encoding=, as the usual one on Windows is that of the code page"


def without_encoding(path: Path) -> Iterator[str]:
    """Where a file or another program's text is read or written in whatever encoding the system has."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        given = {each.arg for each in node.keywords}
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        is_of_a_package = ast.unparse(node).startswith("found.")
        if (
            called in ("read_text", "write_text")
            and not is_of_a_package
            and not given & {"encoding", None}
            and not _is_utf8(node)
        ):
            yield f"{path.name}:{node.lineno} {called}"
        programs = called in ("run", "Popen", "check_output", "call")
        if programs and {"text", "universal_newlines"} & given and "encoding" not in given:
            yield f"{path.name}:{node.lineno} {called}"


def _is_utf8(node: ast.Call) -> bool:
    return any(isinstance(each, ast.Constant) and each.value == "utf-8" for each in node.args)


def test_every_text_says_its_encoding() -> None:
    scripts = sorted((PROGRAM / "tools" / "ci").glob("*.py"))
    assert [place for path in [*FILES, *scripts] for place in without_encoding(path)] == []


def test_paths_of_windows_are_addresses_in_sarif() -> None:
    from fairlead.lint.sarif_report import _physical  # noqa: PLC0415  # pyright: ignore[reportPrivateUsage]

    address = _physical("deploy\\mesh files\\a.yaml", Place(1, 1))["artifactLocation"]["uri"]
    assert address == "deploy/mesh%20files/a.yaml"
