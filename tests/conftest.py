"""What do several tests share? One API server for the whole tier, and the command line."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import pytest

from fairlead.__main__ import main
from fairlead.cluster.api_server import ApiServer
from fairlead.cluster.live_cluster import LiveCluster
from fairlead.cluster.toolchain import Toolchain
from tests.fixtures.checkout import PROGRAM


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


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Runs the command line in the program's folder; gives its exit code, output and errors."""
    monkeypatch.chdir(PROGRAM)

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["fairlead", *arguments])
        code: object = 0
        try:
            main()
        except SystemExit as end:
            code = end.code or 0
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return int(str(code)), out, err

    return run
