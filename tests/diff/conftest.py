"""What do the tests of `diff` share? A repository to change, and the command in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.ci.scratch_repository import Diff, ScratchRepository


@pytest.fixture
def repository(tmp_path: Path) -> ScratchRepository:
    return ScratchRepository(tmp_path / "repository")


@pytest.fixture
def diff(repository: ScratchRepository, command: Callable[..., tuple[int, str, str]], monkeypatch: Any) -> Diff:
    """Runs `diff` in the scratch repository; nothing there leads to charts, which other tests render."""

    def run(*arguments: str, stack: str = "local") -> tuple[int, str, str]:
        monkeypatch.chdir(repository.folder)
        return command("diff", "--stack", stack, *arguments)

    return run
