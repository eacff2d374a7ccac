"""Can another user of the machine reach what the demo runs? No file, no socket, and one port that asks for a token."""

from __future__ import annotations

import json
import re
import ssl
import stat
import tempfile
import urllib.request
from pathlib import Path
from urllib.error import HTTPError

import pytest

from fairlead.cluster.api_server import ApiServer
from fairlead.cluster.server_flags import api_server_flags, controller_flags, etcd_flags
from fairlead.cluster.toolchain import Toolchain

FLAGS = [*etcd_flags(Path("f")), *api_server_flags(Path("f"), 6443, Path("t")), *controller_flags(Path("f"), Path("k"))]
LISTENING = "0A"


def listening(pids: list[str]) -> dict[str, list[int]]:
    """Program -> its TCP ports, as Linux has them."""
    table = [line.split() for name in ("tcp", "tcp6") for line in Path("/proc/net", name).read_text().splitlines()[1:]]
    ports = {row[9]: int(row[1].rpartition(":")[2], 16) for row in table if row[3] == LISTENING}
    found: dict[str, list[int]] = {}
    for pid in pids:
        links = [str(each.readlink()) for each in Path("/proc", pid, "fd").iterdir() if each.is_symlink()]
        sockets = (re.fullmatch(r"socket:\[(\d+)\]", link) for link in links)
        program = Path("/proc", pid, "comm").read_text().strip()
        found[program] = sorted(ports[each[1]] for each in sockets if each and each[1] in ports)
    return found


def status(url: str, server: ApiServer, token: str = "") -> int:
    context = ssl.create_default_context(cafile=str(server.folder / "pki" / "apiserver.crt"))
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 - it is the server's own
    try:
        with opener.open(request, timeout=5) as answer:
            return answer.status
    except HTTPError as error:
        return error.code


@pytest.mark.mesh
def test_etcd_listens_on_sockets_of_the_folder_alone() -> None:
    urls = [flag.partition("=")[2] for flag in FLAGS if flag.startswith(("--listen", "--etcd-servers"))]
    assert len(urls) == 3
    # A path of a folder of somebody's choice may be too long for a socket.
    assert all(re.fullmatch(r"unix://[a-z]+\.sock", url) for url in urls)


@pytest.mark.apiserver
def test_nothing_listens_but_the_api_server_which_asks_for_a_token(api_server: ApiServer) -> None:
    pids = re.findall(r"\d+", api_server.stop_command.partition(";")[0])
    assert listening(pids) == {"etcd": [], "kube-apiserver": [api_server.port], "kube-controller": []}
    token = json.loads(api_server.kubeconfig.read_text())["users"][0]["user"]["token"]
    for path in ("/", "/api", "/readyz", "/livez", "/healthz", "/version", "/metrics", "/openapi/v2", "/debug/pprof/"):
        assert status(f"{api_server.url}{path}", api_server) == 401, path
        assert status(f"{api_server.url}{path}", api_server, "guessed") == 401, path
    assert status(f"{api_server.url}/readyz", api_server, token) == 200


@pytest.mark.apiserver
def test_its_folder_is_closed_to_others(api_server: ApiServer) -> None:
    assert stat.S_IMODE(api_server.folder.stat().st_mode) == 0o700
    sockets = [path.name for path in api_server.folder.iterdir() if path.is_socket()]
    assert sorted(sockets) == ["etcd.sock", "peers.sock"]
    assert stat.S_IMODE(api_server.kubeconfig.stat().st_mode) == 0o600


@pytest.mark.apiserver
def test_it_runs_in_a_folder_whose_path_is_too_long_for_a_socket(
    toolchain: Toolchain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / ("x" * 120)
    deep.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    with ApiServer(toolchain.servers()) as server:
        assert server.folder.is_relative_to(deep)
        assert (server.folder / "etcd.sock").is_socket()
