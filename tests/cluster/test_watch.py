"""Is an end seen as soon as it comes, and also where a watch breaks, is forbidden, or begins too late?"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from fairlead.cluster.api_client import ApiClient
from fairlead.cluster.live_cluster import LiveCluster
from fairlead.cluster.watch import changes, wait_for_end
from fairlead.terminal.errors import UnreachableError
from tests.fixtures.placed import there
from tests.fixtures.runs.kubeconfig_files import kubeconfig_file

MAPS = "/api/v1/namespaces/default/configmaps"
HELD = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "held", "namespace": "default", "finalizers": ["example.com/held"]},
}
FREE = HELD | {"metadata": {"name": "held", "namespace": "default", "finalizers": []}}
THERE = {"metadata": {"resourceVersion": "7"}, "items": [{"metadata": {"name": "held"}}]}
GONE = {"metadata": {"resourceVersion": "8"}, "items": []}
DELETED = {"type": "DELETED", "object": {"metadata": {"name": "held"}}}
EXPIRED = {"type": "ERROR", "object": {"kind": "Status", "code": 410, "reason": "Expired"}}


class Script(BaseHTTPRequestHandler):
    """An API server that answers as it is told: an object, a status, events of a watch, or `cut` in their middle."""

    protocol_version = "HTTP/1.1"
    said: list[Any]
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        answer = self.said.pop(0) if self.said else GONE
        if isinstance(answer, int):
            self._send(answer, {"kind": "Status", "message": "no"})
        elif isinstance(answer, dict):
            self._send(200, answer)
        else:
            assert parse_qs(urlsplit(self.path).query)["resourceVersion"] == ["7"]
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for each in answer:
                if each == "cut":
                    self.wfile.write(b'40\r\n{"type": "DEL')
                    self.close_connection = True
                    return
                line = json.dumps(each).encode() + b"\n"
                self.wfile.write(f"{len(line):x}\r\n".encode() + line + b"\r\n")
            self.wfile.write(b"0\r\n\r\n")

    def _send(self, status: int, answer: dict[str, Any]) -> None:
        text = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        pass


@pytest.fixture
def script() -> type[Script]:
    return type("Told", (Script,), {"said": [], "asked": []})


@pytest.fixture
def api(script: type[Script], tmp_path: Path) -> Iterator[ApiClient]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), script)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    client = ApiClient(kubeconfig_file(tmp_path, "told", server=f"http://127.0.0.1:{server.server_address[1]}"))
    yield client
    client.close()
    server.shutdown()
    server.server_close()
    thread.join()


def waited(api: ApiClient, within: float = 20.0) -> float:
    begin = time.monotonic()
    wait_for_end(api, MAPS, "held", begin + within)
    return time.monotonic() - begin


@pytest.mark.mesh
def test_an_end_is_seen_by_the_watch(api: ApiClient, script: type[Script]) -> None:
    script.said += [THERE, [{"type": "MODIFIED", "object": {}}, DELETED], GONE]
    assert waited(api) < 5
    assert len(script.asked) == 3


@pytest.mark.mesh
@pytest.mark.parametrize("broken", [[EXPIRED], ["cut"], [], 410, 403, 500], ids=str)
def test_after_a_watch_that_breaks_the_object_is_looked_at_again(
    api: ApiClient, script: type[Script], broken: Any
) -> None:
    script.said += [THERE, broken, THERE, broken, THERE, [DELETED], GONE]
    assert waited(api) < 5
    assert len(script.asked) == 7


@pytest.mark.mesh
def test_who_may_only_read_an_object_reads_it_again(api: ApiClient, script: type[Script]) -> None:
    there = {"metadata": {"name": "held"}}
    script.said += [403, there, 403, there, 403, 404]
    assert waited(api) < 5
    assert [urlsplit(each).path for each in script.asked] == [MAPS, f"{MAPS}/held"] * 3


@pytest.mark.mesh
def test_what_stays_is_waited_for_until_the_time_is_over(api: ApiClient, script: type[Script]) -> None:
    script.said += [THERE, []] * 100
    assert 1.0 <= waited(api, within=1.0) < 3


@pytest.mark.mesh
def test_a_server_that_goes_away_is_an_error(api: ApiClient, script: type[Script]) -> None:
    script.said += [THERE, ["cut"]]
    api.host = api._client.configuration.host = "http://127.0.0.1:1"
    with pytest.raises(UnreachableError):
        waited(api)


@pytest.mark.mesh
def test_a_watch_of_changes_that_is_forbidden_ends_without_an_error(api: ApiClient, script: type[Script]) -> None:
    script.said += [403]
    assert list(changes(api, "/api/v1/events", 1.0, fieldSelector="type=Warning")) == []
    script.said += [THERE, [DELETED, "cut"]]
    assert list(changes(api, "/api/v1/events", 1.0)) == [DELETED]


@pytest.mark.apiserver
def test_on_a_server_an_object_that_goes_late_is_seen_to_go_at_once(live_cluster: LiveCluster) -> None:
    live_cluster.apply(HELD)
    ref = live_cluster.ref(HELD)
    live_cluster.delete(ref)
    assert live_cluster.wait_until_gone([ref], within=0.5) == [ref]
    freed: list[float] = []

    def free() -> None:
        live_cluster.apply(FREE)
        freed.append(time.monotonic())

    threading.Timer(2.0, free).start()
    assert live_cluster.wait_until_gone([ref], within=20) == []
    assert time.monotonic() - freed[0] < 1


@pytest.mark.apiserver
def test_on_a_server_what_happens_after_the_beginning_is_heard_and_nothing_before(live_cluster: LiveCluster) -> None:
    maps = [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": n, "namespace": "default"}} for n in "ab"]
    with there(live_cluster, maps[0]):
        heard: list[Any] = []
        begun = threading.Timer(1.0, lambda: live_cluster.apply(maps[1]))
        begun.start()
        for each in live_cluster.changes("v1", "ConfigMap", "metadata.name!=kube-root-ca.crt", within=10):
            heard.append(each)
            break
        begun.join()
        live_cluster.delete(live_cluster.ref(maps[1]))
    assert [(each["type"], each["object"]["metadata"]["name"]) for each in heard] == [("ADDED", "b")]
