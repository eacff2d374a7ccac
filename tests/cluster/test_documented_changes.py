"""Does what the documents show of a change come of that change? With Istio's charts, and the demo on an API server."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fairlead.cluster.toolchain import Toolchain
from fairlead_mesh.versions import ISTIO_VERSION
from tests.fixtures.checkout import PROGRAM
from tests.fixtures.documents import Block, blocks, shows
from tests.fixtures.reader import Reader

pytestmark = pytest.mark.apiserver

DEV = "Pulumi.dev.yaml"
INTERNAL = ("expose: internet-facing", "expose: internal")
MORE_OF_V2 = ("weights: {v1: 70, v2: 30}", "weights: {v1: 20, v2: 80}")
PERMISSIVE = ("mtls: strict", "mtls: permissive")
NO_GRAFANA = ("    grafana: {}\n", "")
EARLIER = (f"version: {ISTIO_VERSION}", "version: 1.30.5")


def shown(name: str, begins: str) -> Block:
    (found,) = [each for each in blocks(PROGRAM / name) if each.lines[0].startswith(begins)]
    return found


@pytest.fixture
def reader(toolchain: Toolchain, tmp_path: Path) -> Reader:
    """A reader for whom everything is built already, and no chart was ever fetched."""
    for build in (toolchain.servers, toolchain.helm, toolchain.istio_charts):
        build()
    found = Reader(tmp_path)
    cache = found.home / ".cache" / "fairlead"
    cache.mkdir(parents=True)
    for built in toolchain.cache.glob("*-*"):
        (cache / built.name).symlink_to(built)
    return found


def typed(reader: Reader, toolchain: Toolchain, command: str) -> str:
    """What the command says where no repository of charts can be reached, wherever this runs."""
    env = {"HTTPS_PROXY": "http://127.0.0.1:1"}
    env |= {key: value for key, value in toolchain.env.items() if key == "KUBEBUILDER_ASSETS"}
    _, came = reader.types([". .venv/bin/activate", command], env)
    assert came.code == 0, came.output
    return came.output


@pytest.mark.parametrize(
    ("name", "earlier", "changes"),
    [
        ("README.md", [], [INTERNAL, MORE_OF_V2]),
        ("docs/diff.md", [EARLIER], [EARLIER[::-1], INTERNAL, MORE_OF_V2, PERMISSIVE, NO_GRAFANA]),
    ],
)
def test_a_diff_is_the_one_of_these_changes(
    reader: Reader, toolchain: Toolchain, name: str, earlier: list[tuple[str, str]], changes: list[tuple[str, str]]
) -> None:
    reader.edits(DEV, *earlier)
    reader.commits("As it was")
    reader.edits(DEV, *changes)
    said = typed(reader, toolchain, "fairlead diff --stack dev --base main")
    assert not shows(shown(name, "fairlead diff: "), said)


def test_the_demo_says_what_the_readme_shows(reader: Reader, toolchain: Toolchain) -> None:
    said = typed(reader, toolchain, "fairlead demo")
    # Addons need charts that are nowhere at hand.
    said = re.sub(r"\. Skipped: \d+, listed above\.$", ".", said, flags=re.MULTILINE)
    assert not shows(shown("README.md", "One weight changed"), said)
