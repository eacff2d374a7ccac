"""What do several tests share? One API server for the whole tier, and the command line."""

from __future__ import annotations

import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fairlead.__main__ import main
from fairlead.cluster.api_server import ApiServer
from fairlead.cluster.live_cluster import LiveCluster
from fairlead.cluster.toolchain import Toolchain
from tests.fixtures.checkout import PROGRAM, folder_in_checkout

STARTS_PROGRAMS = {"process", "apiserver", "browser", "engine"}
running: list[pytest.Item] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-golden", action="store_true", help="write the golden files instead of comparing them")


def pytest_configure() -> None:
    sys.addaudithook(refuse_programs)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    running.append(item)
    try:
        return (yield)
    finally:
        running.remove(item)


def refuse_programs(event: str, arguments: tuple[Any, ...]) -> None:
    """A test that starts a program says so by a marker, as `make quick` leaves those out."""
    if event == "subprocess.Popen" and running:
        named = {mark.name for mark in running[0].iter_markers()}
        assert STARTS_PROGRAMS & named, f"mark this test `process`: it starts {arguments[0]}"


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


@pytest.fixture(scope="session")
def aws_endpoint() -> Iterator[str]:
    """Where a server answers as AWS does."""
    from moto.server import ThreadedMotoServer  # noqa: PLC0415 - half a second that few tests need

    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    yield f"http://{host}:{port}"
    moto.stop()


@pytest.fixture
def aws_server(aws_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The same, empty, and named by the environment as users name an endpoint for AWS's tools."""
    said = {
        "AWS_ENDPOINT_URL": aws_endpoint,
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1",
    }
    for key, value in said.items():
        monkeypatch.setenv(key, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    monkeypatch.setattr("boto3.DEFAULT_SESSION", None)
    reset = urllib.request.Request(f"{aws_endpoint}/moto-api/reset", method="POST")  # noqa: S310
    urllib.request.urlopen(reset).close()  # noqa: S310
    return aws_endpoint


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


@pytest.fixture
def own_folder() -> Iterator[Path]:
    """For a stack's own objects."""
    with folder_in_checkout() as folder:
        yield folder
