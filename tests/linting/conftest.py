"""What do the tests of lint share? A file with one finding."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fixtures.lint_input import HOUSE, ROUTES


@pytest.fixture
def routes(tmp_path: Path) -> Path:
    file = tmp_path / "routes.yaml"
    file.write_text(HOUSE + ROUTES)
    return file
