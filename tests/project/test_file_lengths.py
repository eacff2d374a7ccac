"""Can every file be read at one sitting? A limit for each kind of file, which its directory decides."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fixtures.checkout import PROGRAM

pytestmark = pytest.mark.mesh

LIMITS = {"components": 120, "fairlead": 200, "fairlead_mesh": 200, "tools": 200, "tests": 250}
PROGRAM_LIMIT = 10


def every_file() -> Iterator[tuple[Path, int]]:
    yield PROGRAM / "__main__.py", PROGRAM_LIMIT
    for folder, limit in LIMITS.items():
        yield from ((path, limit) for path in sorted((PROGRAM / folder).rglob("*.py")))


def test_a_file_is_no_longer_than_can_be_taken_in() -> None:
    lengths = [(path, len(path.read_text(encoding="utf-8").splitlines()), limit) for path, limit in every_file()]
    too_long = {
        str(path.relative_to(PROGRAM)): f"{lines} of {limit}" for path, lines, limit in lengths if lines > limit
    }
    assert too_long == {}, "take out the part that answers a question of its own"


def test_contributing_says_the_limits_that_hold() -> None:
    told = " ".join((PROGRAM / "CONTRIBUTING.md").read_text(encoding="utf-8").split())
    assert (
        f"at most {LIMITS['fairlead_mesh']} lines, a component {LIMITS['components']}, "
        f"`__main__.py` {PROGRAM_LIMIT}, a test file {LIMITS['tests']}"
    ) in told
