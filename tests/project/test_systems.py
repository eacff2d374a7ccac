"""Can this run on Windows and macOS? As far as its imports and names tell: what only POSIX has is in one file."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

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
