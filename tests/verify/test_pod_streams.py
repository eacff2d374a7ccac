"""Do commands and connections reach a pod? Through a real API server, to a kubelet that this machine plays."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from fairlead.cluster.api_client import RefusedError
from fairlead.cluster.api_server import ApiServer
from fairlead.cluster.live_cluster import LiveCluster
from fairlead.verify.live.pod_exec import Streams, ran_in_pod
from fairlead.verify.live.port_forward import PortForward
from tests.fixtures.live.kubelet import Kubelet, killed, node, started
from tests.fixtures.placed import POD, there, thing

pytestmark = [pytest.mark.apiserver, pytest.mark.usefixtures("pod")]

NAMESPACE = "streams"
APP = (NAMESPACE, "web", "app")
SILENT = 9
BIG = 3_000_000


class App(BaseHTTPRequestHandler):
    """Answers with the path, and to /big with much."""

    def do_GET(self) -> None:
        body = b"x" * BIG if self.path == "/big" else self.path.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None: ...  # noqa: A002 - as http.server names it


@pytest.fixture(scope="module")
def web_port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), App)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def pod(live_cluster: LiveCluster, web_port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kubelet]:
    """The pod `web` runs; its port 80 answers, and nothing listens on its other ports."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        ports = {80: web_port, SILENT: closed.getsockname()[1]}
        home = thing("v1", "Namespace", NAMESPACE)
        manifest = thing("v1", "Pod", "web", NAMESPACE, spec={**POD, "automountServiceAccountToken": False})
        account = thing("v1", "ServiceAccount", "default", NAMESPACE)
        folder = tmp_path_factory.mktemp("kubelet")
        with (
            Kubelet(folder, ports, os.environ) as kubelet,
            node(live_cluster, kubelet),
            there(live_cluster, home, account, manifest),
        ):
            started(live_cluster, manifest)
            yield kubelet
            killed(live_cluster, NAMESPACE, "web")


def test_a_command_gives_its_output_its_errors_and_its_exit_code(pod: Kubelet, live_cluster: LiveCluster) -> None:
    ran = ran_in_pod(live_cluster.api, APP, ["sh", "-c", "echo out; echo err >&2; exit 7"])
    assert (ran.out, ran.err, ran.code, ran.problem) == (b"out\n", "err\n", 7, "")
    assert pod.ran[-1][0] == "sh"


def test_a_command_reads_what_it_is_given_and_much_comes_back_whole(live_cluster: LiveCluster) -> None:
    given = bytes(range(256)) * 800
    ran = ran_in_pod(live_cluster.api, APP, ["head", "-c", str(len(given))], stdin=given)
    assert (ran.out, ran.code) == (given, 0)


def test_a_program_that_the_pod_does_not_have_is_no_exit_code(live_cluster: LiveCluster) -> None:
    ran = ran_in_pod(live_cluster.api, APP, ["no-such-program"])
    assert ran.code is None
    assert ran.problem == 'exec: "no-such-program": executable file not found in $PATH'


def test_a_command_that_does_not_end_is_given_up(live_cluster: LiveCluster) -> None:
    ran = ran_in_pod(live_cluster.api, APP, ["sh", "-c", "echo begun; exec sleep 30"], within=0.5)
    assert (ran.out, ran.code) == (b"begun\n", None)
    assert ran.problem.startswith("it did not end within")


def test_connections_to_a_forwarded_port_reach_the_pod_side_by_side(live_cluster: LiveCluster) -> None:
    with PortForward(live_cluster.api, NAMESPACE, "web", 80) as forward:
        clients = [HTTPConnection("127.0.0.1", forward.port, timeout=10) for _ in range(5)]
        for number, client in enumerate(clients):
            client.request("GET", f"/{number}")
        assert [client.getresponse().read() for client in clients] == [b"/0", b"/1", b"/2", b"/3", b"/4"]
        clients[0].request("GET", "/big")
        assert clients[0].getresponse().read() == b"x" * BIG
        for client in clients:
            client.close()
    with pytest.raises(ConnectionError):
        HTTPConnection("127.0.0.1", forward.port, timeout=5).request("GET", "/")


class Busy:
    """An API server that is too busy for two of three streams."""

    def __init__(self, streams: Streams) -> None:
        self._streams, self.asked = streams, 0

    def stream(self, path: str) -> Any:
        self.asked += 1
        if self.asked % 3:
            raise RefusedError(429, "too many requests")
        return self._streams.stream(path)


def test_a_busy_api_server_is_asked_again_and_no_connection_is_lost(live_cluster: LiveCluster) -> None:
    busy = Busy(live_cluster.api)
    with PortForward(busy, NAMESPACE, "web", 80) as forward:
        for path in ("/a", "/b"):
            client = HTTPConnection("127.0.0.1", forward.port, timeout=10)
            client.request("GET", path)
            assert client.getresponse().read() == path.encode()
            client.close()
    assert busy.asked == 6


def test_a_port_on_which_nothing_listens_is_said(live_cluster: LiveCluster) -> None:
    with PortForward(live_cluster.api, NAMESPACE, "web", SILENT) as forward:
        client = HTTPConnection("127.0.0.1", forward.port, timeout=5)
        with pytest.raises(OSError):  # noqa: PT011, PT012 - closed or reset, when it is sent or when it is read
            client.request("GET", "/")
            client.getresponse()
        client.close()
        assert "error forwarding port 9" in forward.last_error


def test_a_pod_that_does_not_exist_is_refused(live_cluster: LiveCluster) -> None:
    with pytest.raises(RefusedError, match='pods "other" not found'):
        ran_in_pod(live_cluster.api, (NAMESPACE, "other", "app"), ["true"])
    with (
        pytest.raises(RefusedError, match='pods "other" not found'),
        PortForward(live_cluster.api, NAMESPACE, "other", 1),
    ):
        pass


def test_a_right_that_lacks_is_named(api_server: ApiServer, live_cluster: LiveCluster) -> None:
    path = f"/api/v1/namespaces/{NAMESPACE}/serviceaccounts/default/token"
    spec: dict[str, Any] = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
    answer = live_cluster.api.request("POST", path, body=spec, content="application/json") or {}
    poor = api_server.folder / "poor"
    poor.write_text(api_server.kubeconfig.read_text().replace(api_server._token, answer["status"]["token"]))
    cluster = LiveCluster(Path(poor))
    with pytest.raises(RefusedError, match=r'cannot (get|create) resource "pods/exec"') as refused:
        ran_in_pod(cluster.api, APP, ["true"])
    assert refused.value.status == 403
    cluster.close()
