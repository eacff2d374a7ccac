"""Does every stack come up on the demo's own API server, where no addon's chart can be had?"""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import pytest

from fairlead.cluster.charts import ChartSource, ChartUnavailableError
from fairlead.demo.config import on_server
from fairlead.demo.unreachable import addons_without_chart
from fairlead.evaluation.evaluation import evaluate
from fairlead.yaml_files.stack_reader import read_stack_file
from fairlead_mesh.addons.addons import KINDS
from tests.fixtures.checkout import PROGRAM
from tests.fixtures.evaluated import STACKS

pytestmark = pytest.mark.snapshot


class Nowhere(ChartSource):
    def __init__(self) -> None:
        """No toolchain is needed to find nothing."""

    def find(self, release: object) -> NoReturn:  # noqa: ARG002 - its form
        raise ChartUnavailableError("no network")


@pytest.mark.parametrize("path", STACKS, ids=lambda path: path.stem)
def test_a_stack_without_the_charts_of_its_addons_has_all_else(path: Path) -> None:
    stack = read_stack_file(PROGRAM, config_file=path)
    whole = evaluate(PROGRAM, stack)
    skipped = addons_without_chart(whole, Nowhere())
    there = on_server(stack, kubeconfig=Path("k"), context="demo", charts=None, wait=False, skipped=skipped)
    releases = {each.name for each in evaluate(PROGRAM, there).resources if each.is_release}
    addons = {kind.role for kind in KINDS}
    assert releases == {each.name for each in whole.resources if each.is_release} - addons
