"""Does lint find the defects that break clean meshes, one each, and nothing in the clean ones?"""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.fixtures.checkout import PROGRAM

pytestmark = [pytest.mark.mesh, pytest.mark.process]

_GOAL = 97


def test_lint_finds_nearly_every_defect_and_cries_at_no_clean_mesh() -> None:
    command = [sys.executable, str(PROGRAM / "tools" / "lint_mutants.py")]
    said = subprocess.run(command, capture_output=True, text=True, check=True, cwd=PROGRAM).stdout
    assert [line for line in said.splitlines() if line.startswith("false alarm")] == []
    shares = {about: float(share) for about, share in re.findall(r"^(\w+): \d+ of \d+ \(([\d.]+)%\)$", said, re.M)}
    assert shares["all"] >= _GOAL, said
    assert min(shares.values()) >= _GOAL - 3, said
