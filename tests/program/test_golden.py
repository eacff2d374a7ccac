"""What does each example come to? One file each that a reviewer reads: the tree, then every object, release and rule.

`make golden` writes them anew; read the difference before it is committed.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console

from fairlead.evaluation.snapshot import Snapshot
from fairlead.preview.rendering import rendered
from fairlead.preview.tree import resource_tree
from tests.fixtures.checkout import TESTS
from tests.fixtures.evaluated import STACKS, evaluate_file

pytestmark = pytest.mark.snapshot

GOLDEN = TESTS / "golden"


def readable(snapshot: Snapshot) -> str:
    console = Console(width=10_000, color_system=None, highlight=False)
    with console.capture() as capture:
        console.print(resource_tree(snapshot, rules_looked_up=bool(snapshot.lookups)))
    tree = "".join(f"# {line.rstrip()}\n" for line in capture.get().splitlines())
    return tree + "".join(f"---\n# {name}\n{text}" for name, text in rendered(snapshot).items())


@pytest.mark.parametrize("path", STACKS, ids=lambda path: path.stem)
def test_the_rendering_is_the_one_that_was_read(path: Path, request: pytest.FixtureRequest) -> None:
    golden = GOLDEN / f"{path.stem.removeprefix('Pulumi.')}.yaml"
    text = readable(evaluate_file(path))
    if request.config.getoption("--write-golden"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert golden.read_text(encoding="utf-8") == text


def test_every_golden_file_belongs_to_a_stack() -> None:
    stacks = {path.stem.removeprefix("Pulumi.") for path in STACKS}
    assert {path.stem for path in GOLDEN.glob("*.yaml")} == stacks
