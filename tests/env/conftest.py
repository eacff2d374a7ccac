"""What do the tests with the real engine share? A cluster, and a project whose stack brings Istio."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fairlead.cluster.live_cluster import LiveCluster
from fairlead.cluster.toolchain import Toolchain
from tests.fixtures.engine_cluster import Cluster, the_cluster
from tests.fixtures.runs.environments import Environments, the_environments


@pytest.fixture
def cluster(request: pytest.FixtureRequest) -> Cluster:
    return the_cluster(request)


@pytest.fixture
def project(cluster: Cluster, toolchain: Toolchain, tmp_path: Path) -> Iterator[Environments]:
    yield from the_environments(cluster, toolchain, tmp_path)


@pytest.fixture
def live(cluster: Cluster) -> Iterator[LiveCluster]:
    found = LiveCluster(cluster.kubeconfig, cluster.context)
    yield found
    found.close()
