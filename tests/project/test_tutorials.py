"""Does a tutorial work for a newcomer? Typed from its first line to its last, with the package and no checkout."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.fixtures.documents import TUTORIALS, blocks, commands, shows
from tests.fixtures.installed import Installed, built_wheel

pytestmark = [pytest.mark.snapshot, pytest.mark.process]
by_tutorial = pytest.mark.parametrize("tutorial", TUTORIALS, ids=lambda each: each.stem)

NOT_TYPED = re.compile(r"kubectl |minikube |pulumi |fairlead (up|down|open|verify|doctor)\b|fairlead .* --live\b")
"""They need a cluster. What they end with without one is held by the tests of each command."""


class Typed(NamedTuple):
    """What came of a line."""

    place: str
    text: str
    code: int
    output: str


@pytest.fixture(scope="module", name="newcomer")
def _newcomer(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    wheel = built_wheel(tmp_path_factory.mktemp("wheel"))
    return Installed(tmp_path_factory.mktemp("newcomer"), wheel)


def typed(newcomer: Installed, tutorial: Path, folder: Path) -> list[Typed]:
    """Every line of it that needs no cluster, in one shell, in an empty folder."""
    lines = [each for each in commands([tutorial]) if not NOT_TYPED.match(each.text)]
    script = ["exec 2>&1", *(f"printf '\\036'\n{each.line}\nprintf '\\036%d' $?" for each in lines)]
    known = {"PATH": f"{newcomer.environment / 'bin'}{os.pathsep}{os.environ['PATH']}", "HOME": str(newcomer.home)}
    env = {**known, "LANG": "C.UTF-8", "COLUMNS": "200"}
    command = ["bash", "--noprofile", "--norc", "-c", "\n".join(script)]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=240, check=True)
    parts = done.stdout.split("\x1e")[1:]
    came = zip(lines, parts[::2], parts[1::2], strict=True)
    return [Typed(each.place, each.text, int(code), output) for each, output, code in came]


def test_there_is_one_for_each_start() -> None:
    assert {each.stem for each in TUTORIALS} >= {"tutorial-first-mesh", "tutorial-eks", "tutorial-bookinfo"}


@by_tutorial
def test_every_line_that_needs_no_cluster_works_and_shows_what_it_says(
    newcomer: Installed, tutorial: Path, tmp_path: Path
) -> None:
    came = typed(newcomer, tutorial, tmp_path)
    assert [each for each in came if each.code or "Traceback" in each.output] == []
    assert len(came) >= 6
    for block in blocks(tutorial):
        if block.language or block.is_typed:
            continue
        places = [each for each in blocks(tutorial) if each.is_typed and each.line < block.line][-1].places
        said = [each.output for each in came if each.place in places]
        assert any(not shows(block, each) for each in said), "\n".join(shows(block, each) for each in said)
    assert list(tmp_path.iterdir()) == [], "the last lines remove what the first ones made"


@by_tutorial
def test_it_ends_with_teardown(tutorial: Path) -> None:
    lines = [each.text for each in commands([tutorial])]
    assert [each for each in lines if each.startswith("fairlead up")], "nothing comes up"
    last_up = max(place for place, each in enumerate(lines) if each.startswith("fairlead up"))
    assert "fairlead down --stack dev --yes" in lines[last_up:]
    assert ("minikube delete --profile mesh" in lines) == any(each.startswith("minikube start") for each in lines)
