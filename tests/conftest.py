"""What do several tests share? One API server for the whole tier, and stacks made by hand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fairlead.cluster.api_server import ApiServer
from fairlead.cluster.live_cluster import LiveCluster
from fairlead.cluster.toolchain import Toolchain


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-golden", action="store_true", help="write the golden files instead of comparing them")


@pytest.fixture(scope="session")
def toolchain() -> Toolchain:
    found = Toolchain()
    if reason := found.unavailable():
        pytest.skip(f"apiserver tier: {reason}")
    return found


@pytest.fixture(scope="session")
def api_server(toolchain: Toolchain) -> Iterator[ApiServer]:
    with ApiServer(toolchain.servers()) as server:
        yield server


@pytest.fixture(scope="session")
def live_cluster(api_server: ApiServer) -> Iterator[LiveCluster]:
    cluster = LiveCluster(api_server.kubeconfig)
    yield cluster
    cluster.close()
