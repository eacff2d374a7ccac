"""Is a port of a pod asked by whichever way the rights allow, and is the right named that lacks?"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from fairlead.cluster.api_server import ApiServer
from fairlead.cluster.live_cluster import LiveCluster
from fairlead.verify.live import pod_tools
from fairlead.verify.live.pod_http import PodHttp
from fairlead.verify.live.pod_sender import PodSender
from fairlead.verify.live.pods import Pod
from fairlead.verify.sending import CannotSendError, Sent
from fairlead_mesh.model.requests.request import request
from tests.fixtures.live.kubelet import Kubelet, killed, node, started
from tests.fixtures.placed import there, thing

pytestmark = pytest.mark.apiserver

NAMESPACE = "ways"
EDGE = Pod(NAMESPACE, "edge", f"{NAMESPACE}/edge", "default", (), ("istio-proxy",), is_ready=True)
RIGHTS = {"forwarding": ["pods/portforward"], "executing": ["pods/exec"], "nothing": []}
Users = Callable[[str], LiveCluster]


class Admin(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(404 if self.path == "/none" else 200)
        self.end_headers()
        self.wfile.write(b"by a port")

    def log_message(self, format: str, *args: Any) -> None: ...  # noqa: A002 - as http.server names it


@pytest.fixture(scope="module")
def as_user(
    api_server: ApiServer, live_cluster: LiveCluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Users]:
    """The cluster as service accounts see it that may do one thing each. The pod `edge` has an agent that answers."""
    folder = tmp_path_factory.mktemp("ways")
    (folder / "pilot-agent").write_text('#!/bin/sh\necho "by its agent: $*"\n')
    (folder / "pilot-agent").chmod(0o755)
    admin = ThreadingHTTPServer(("127.0.0.1", 0), Admin)
    threading.Thread(target=admin.serve_forever, daemon=True).start()
    spec = {"containers": [{"name": "istio-proxy", "image": "x"}], "automountServiceAccountToken": False}
    edge = thing("v1", "Pod", "edge", NAMESPACE, spec=spec)
    env = os.environ | {"PATH": f"{folder}:{os.environ['PATH']}"}
    made = [thing("v1", "Namespace", NAMESPACE), thing("v1", "ServiceAccount", "default", NAMESPACE)]
    for name, resources in RIGHTS.items():
        made += list(_user(name, resources))
    with (
        Kubelet(folder, {15000: admin.server_address[1]}, env) as kubelet,
        node(live_cluster, kubelet),
        there(live_cluster, *made, edge),
    ):
        started(live_cluster, edge)
        yield lambda name: _logged_in(api_server, live_cluster, folder, name)
        killed(live_cluster, NAMESPACE, "edge")
    admin.shutdown()
    admin.server_close()


def _user(name: str, resources: list[str]) -> Iterator[dict[str, Any]]:
    yield thing("v1", "ServiceAccount", name, NAMESPACE)
    group = "rbac.authorization.k8s.io"
    rules = [{"apiGroups": [""], "resources": resources, "verbs": ["get", "create"]}] if resources else []
    yield thing(f"{group}/v1", "Role", name, NAMESPACE, rules=rules)
    subject = {"kind": "ServiceAccount", "name": name, "namespace": NAMESPACE}
    role = {"apiGroup": group, "kind": "Role", "name": name}
    yield thing(f"{group}/v1", "RoleBinding", name, NAMESPACE, subjects=[subject], roleRef=role)


def _logged_in(api_server: ApiServer, cluster: LiveCluster, folder: Path, name: str) -> LiveCluster:
    path = f"/api/v1/namespaces/{NAMESPACE}/serviceaccounts/{name}/token"
    asked: dict[str, Any] = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
    answer = cluster.api.request("POST", path, body=asked, content="application/json") or {}
    text = api_server.kubeconfig.read_text().replace(api_server._token, answer["status"]["token"])
    (folder / name).write_text(text)
    return LiveCluster(folder / name)


def test_the_admin_interface_is_asked_by_a_forwarded_port_or_else_by_the_pods_agent(as_user: Users) -> None:
    forwarding, executing = PodHttp(as_user("forwarding").api), PodHttp(as_user("executing").api)
    assert forwarding.get(EDGE, 15000, "/clusters?format=json") == b"by a port"
    assert executing.get(EDGE, 15000, "/stats?a=1&b=2") == b"by its agent: request GET stats?a=1&b=2\n"
    # What was denied once is not tried again.
    assert executing.get(EDGE, 15000, "/x") == b"by its agent: request GET x\n"
    with pytest.raises(CannotSendError, match="answers 404 to /none: by a port"):
        forwarding.get(EDGE, 15000, "/none")
    forwarding.close()


def test_rights_that_lack_are_named_in_the_words_of_the_api_server(as_user: Users) -> None:
    api = as_user("nothing").api
    with pytest.raises(CannotSendError) as why:
        PodHttp(api).get(EDGE, 15000, "/clusters")
    for resource in ("pods/portforward", "pods/exec"):
        assert f'cannot get resource "{resource}" in API group "" in the namespace "ways"' in str(why.value)
    with pytest.raises(CannotSendError, match='cannot get resource "pods/proxy"'):
        PodHttp(api).get(EDGE, 9090, "/api/v1/query")
    sender = PodSender(api, (NAMESPACE, "edge", "istio-proxy"), "default")
    with pytest.raises(CannotSendError, match=r"pod ways/edge as ways/default cannot be used: .*pods/exec"):
        list(sender.send([Sent(request("GET", "http://x/"))], 10))


def test_a_pod_without_curl_says_so(as_user: Users, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pod_tools, "curl_command", lambda _rate: ["no-such-curl"])
    sender = PodSender(as_user("executing").api, (NAMESPACE, "edge", "istio-proxy"), "default")
    with pytest.raises(CannotSendError, match=r"answered 0 of 1 requests: .*no-such-curl.*not found"):
        list(sender.send([Sent(request("GET", "http://x/"))], 10))
