"""What do the tests of lint share? A file with one finding, and a cluster that knows Istio's kinds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fairlead.cluster.api_server import ApiServer
from fairlead.cluster.live_cluster import LiveCluster
from fairlead.cluster.toolchain import Toolchain
from fairlead_mesh.reading.documents import yaml_objects
from tests.fixtures.lint_input import HOUSE, ROUTES


@pytest.fixture
def routes(tmp_path: Path) -> Path:
    file = tmp_path / "routes.yaml"
    file.write_text(HOUSE + ROUTES)
    return file


@pytest.fixture(scope="package", name="cluster")
def _cluster(toolchain: Toolchain) -> Iterator[LiveCluster]:
    """A cluster that knows Istio's kinds; its own, as definitions go slowly and others count what is left."""
    text = (toolchain.istio_charts() / "base/files/crd-all.gen.yaml").read_text(encoding="utf-8")
    definitions = yaml_objects(text)
    with ApiServer(toolchain.servers()) as server:
        cluster = LiveCluster(server.kubeconfig)
        for definition in definitions:
            cluster.apply(definition)
        cluster.wait_for_definitions(each["metadata"]["name"] for each in definitions)
        yield cluster
        cluster.close()
