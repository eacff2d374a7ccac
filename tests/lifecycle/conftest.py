"""What do the tests with the real engine share? A cluster for each file, and a project of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fairlead.cluster.toolchain import Toolchain
from tests.fixtures.engine_cluster import Cluster, the_cluster
from tests.fixtures.runs.project import Project, the_project


@pytest.fixture(scope="module")
def cluster(request: pytest.FixtureRequest) -> Cluster:
    return the_cluster(request)


@pytest.fixture
def project(cluster: Cluster, toolchain: Toolchain, tmp_path: Path) -> Iterator[Project]:
    yield from the_project(cluster, toolchain, tmp_path)
