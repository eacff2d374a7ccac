"""Does a run reach gateways, proxies and pods? A real API server, and a real Envoy behind a kubelet of the test."""

from __future__ import annotations

import json
import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from fairlead.cluster.live_cluster import LiveCluster
from fairlead.explain.asked_mesh import mesh_of_objects
from fairlead.verify.live.live_access import Limits, LiveAccess
from fairlead.verify.outside.outside_sender import OutsideSender
from fairlead.verify.promise import Evidence, Promise
from fairlead.verify.proxies import sent_between
from fairlead.verify.sending import CannotSendError, Sent
from fairlead_mesh.model.requests.request import request
from fairlead_mesh.model.traffic.explanation import Explanation
from fairlead_mesh.model.traffic.mesh import Mesh
from fairlead_mesh.model.traffic.outcome import Outcome
from tests.fixtures.live.envoy_proxy import endpoints, envoy, metadata
from tests.fixtures.live.kubelet import Kubelet, killed, node, started, starting
from tests.fixtures.placed import there, thing

pytestmark = [
    pytest.mark.apiserver,
    pytest.mark.skipif(not shutil.which("curl"), reason="curl is not on PATH"),
]

NAMESPACE = "reached"
GATEWAY = f"{NAMESPACE}/edge"
V1, V2 = (f"outbound|80|{subset}|hello.{NAMESPACE}.svc.cluster.local" for subset in ("v1", "v2"))
IPS = {"v1": "127.0.0.2", "v2": "127.0.0.3"}


class App(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = json.dumps(SYNC if self.path == "/debug/syncz" else {"path": self.path}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None: ...  # noqa: A002 - as http.server names it


class Server(ThreadingHTTPServer):
    """Takes as many connections at once as are sent."""

    request_queue_size = 128


SYNC: list[dict[str, Any]] = [
    {"proxy": f"edge.{NAMESPACE}", "cluster_sent": "1", "cluster_acked": "1", "route_sent": "2", "route_acked": "1"}
]


@dataclass
class World:
    cluster: LiveCluster
    mesh: Mesh
    kubelet: Kubelet

    def access(self, **limits: Any) -> LiveAccess:
        found = LiveAccess(
            self.cluster, self.mesh, "proj.dev", OutsideSender(), Limits(**limits), istio_namespace=NAMESPACE
        )
        found.pods.fresh = 0
        return found


def pod(name: str, container: str, *ports: int, **labels: str) -> dict[str, Any]:
    listed = [{"containerPort": each, "name": f"p{each}"} for each in ports]
    containers = [{"name": container, "image": "example.com/x:1", "ports": listed}]
    metadata_ = {"labels": {"app": name, **labels}}
    spec = {"containers": containers, "automountServiceAccountToken": False}
    return thing("v1", "Pod", name, NAMESPACE, metadata=metadata_, spec=spec)


def objects() -> list[dict[str, Any]]:
    home = thing("v1", "Namespace", NAMESPACE)
    port = {"name": "http", "port": 80, "targetPort": "p8080", "protocol": "TCP"}
    service = thing("v1", "Service", "edge", NAMESPACE, spec={"selector": {"app": "edge"}, "ports": [port]})
    accounts = [thing("v1", "ServiceAccount", name, NAMESPACE) for name in ("default", "client")]
    pods = [pod("edge", "istio-proxy", 8080), pod("istiod", "discovery"), pod("v1", "app"), pod("v2", "app")]
    return [home, *accounts, service, *pods]


@pytest.fixture(scope="module")
def world(live_cluster: LiveCluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A gateway with 60/40 between v1 and v2, and the workload `client` that has no pods yet."""
    folder = tmp_path_factory.mktemp("reached")
    with ExitStack() as stack:
        servers = {ip: Server((ip, 0), App) for ip in ("127.0.0.1", *IPS.values())}
        for each in servers.values():
            threading.Thread(target=each.serve_forever, daemon=True).start()
            stack.callback(each.server_close)
            stack.callback(each.shutdown)
        weights = [{"name": V1, "weight": 60}, {"name": V2, "weight": 40}]
        route = {"match": {"prefix": "/"}, "route": {"weighted_clusters": {"clusters": weights}}}
        marked = {**route, "metadata": metadata("virtual-service", NAMESPACE, "hello")}
        hosts = [{"name": "hello:80", "domains": ["hello.example.com"], "routes": [marked]}]
        ports = {ip: each.server_address[1] for ip, each in servers.items()}
        known = {name: endpoints(name, ports[IPS[v]], ip=IPS[v]) for name, v in ((V1, "v1"), (V2, "v2"))}
        proxy = stack.enter_context(envoy(folder, hosts, known, name="http.8080"))
        of_pods = {8080: proxy.port, 15000: proxy.admin, 15014: ports["127.0.0.1"]}
        kubelet = stack.enter_context(Kubelet(folder, of_pods, os.environ))
        stack.enter_context(node(live_cluster, kubelet))
        stack.enter_context(there(live_cluster, *objects()))
        for each in objects()[-4:]:
            name = each["metadata"]["name"]
            started(live_cluster, each, IPS.get(name, "127.0.0.9"))
            stack.callback(killed, live_cluster, NAMESPACE, name)
        yield World(live_cluster, mesh(folder), kubelet)


def mesh(folder: Path) -> Mesh:
    template = {"metadata": {"labels": {"app": "client"}}, "spec": {"serviceAccountName": "client", "containers": []}}
    client = thing("apps/v1", "Deployment", "client", NAMESPACE, spec={"template": template})
    (folder / "mesh.yaml").write_text(yaml.safe_dump_all([thing("v1", "Namespace", NAMESPACE), client]))
    return mesh_of_objects([str(folder / "mesh.yaml")], None).mesh


def asked(path: str = "/", caller: str = "internet") -> Sent:
    return Sent(request("GET", f"http://hello.example.com{path}", caller=caller, gateway=GATEWAY))


def test_a_gateway_without_an_address_is_reached_by_a_forwarded_port_and_its_proxy_counts(world: World) -> None:
    access = world.access()
    address = access.address(GATEWAY, 80)
    assert (address.host, address.by) == ("127.0.0.1", f"a port forwarded to pod {NAMESPACE}/edge")
    before = access.proxies.counts(f"{NAMESPACE}/edge")
    sent = Sent(asked("/x").request, address)
    answers = list(access.sender(sent.request).send([sent] * 30, 200))
    assert {each.status for each in answers} == {200}
    counted = sent_between(before, access.proxies.counts(f"{NAMESPACE}/edge"))
    assert {workload for _, workload in counted} == {f"{NAMESPACE}/v1", f"{NAMESPACE}/v2"}
    assert sum(counted.values()) == 30
    assert (
        access.proxies.stats(f"{NAMESPACE}/edge", "downstream_rq_2xx")["http.outbound_0.0.0.0_80.downstream_rq_2xx"]
        >= 30
    )
    access.http.close()


def test_what_is_not_as_promised_is_explained_by_the_gateways_proxy_and_istiod(world: World) -> None:
    access = world.access()
    wanted = {f"{NAMESPACE}/v1": 0.7, f"{NAMESPACE}/v2": 0.3}
    outcomes = tuple(Outcome(share, 200, answered=name, received=((name, 1.0),)) for name, share in wanted.items())
    promise = Promise("x", "answers", "hello", "x", request=asked().request, expected=Explanation(outcomes))
    causes = access.causes(promise, Evidence("60 x v1, 40 x v2"))
    assert causes == [
        f"the route of VirtualService {NAMESPACE}/hello in the proxy of {NAMESPACE}/edge has other weights than the "
        f"stack says: 60 to {V1}, 40 to {V2}",
        f"the proxy of {NAMESPACE}/edge has not acknowledged the routes that istiod sent last",
    ]
    access.http.close()


def test_a_pod_of_the_callers_account_sends_and_is_gone_afterwards(world: World) -> None:
    access = world.access()
    inside = request("GET", "http://hello.example.com/in", caller=f"{NAMESPACE}/client")
    local = access.address(GATEWAY, 80)
    with starting(world.cluster, NAMESPACE):
        sender = access.sender(inside)
        assert access.sender(inside) is sender
        answers = list(sender.send([Sent(inside, local)] * 5, 100))
        assert [(each.status, json.loads(each.body)["path"]) for each in answers] == [(200, "/in")] * 5
        (job,) = world.cluster.labelled(
            "batch/v1", "Job", NAMESPACE, "fairlead/stack=proj.dev,fairlead/verify"
        ).values()
        (made,) = world.cluster.labelled("v1", "Pod", NAMESPACE, f"job-name={job['metadata']['name']}").values()
        assert sender.place == f"pod {NAMESPACE}/{made['metadata']['name']} as {NAMESPACE}/client"
        assert made["spec"]["serviceAccountName"] == "client"
        assert job["spec"]["ttlSecondsAfterFinished"] == 30
        access.probes.close()
        deadline = time.monotonic() + 20
        while world.cluster.labelled("v1", "Pod", NAMESPACE, "fairlead/verify") and time.monotonic() < deadline:
            time.sleep(0.1)
        assert world.cluster.labelled("v1", "Pod", NAMESPACE, "fairlead/verify") == {}
        assert world.cluster.labelled("batch/v1", "Job", NAMESPACE, "fairlead/verify") == {}
    access.http.close()


def test_no_more_pods_are_created_than_is_said(world: World) -> None:
    access = world.access(most=0)
    with pytest.raises(CannotSendError, match=f"it needs a pod in {NAMESPACE} as client, and --most-pods allows 0"):
        access.sender(asked(caller=f"{NAMESPACE}/client").request)
    assert world.cluster.labelled("batch/v1", "Job", NAMESPACE, "") == {}


def test_a_pod_that_exists_sends_where_it_is_like_the_caller(world: World) -> None:
    access = world.access(existing=f"{NAMESPACE}/v1")
    with pytest.raises(CannotSendError, match=f"pod {NAMESPACE}/v1 is not like {NAMESPACE}/client"):
        access.sender(asked(caller=f"{NAMESPACE}/client").request)
    assert world.cluster.labelled("batch/v1", "Job", NAMESPACE, "") == {}


def test_what_cannot_be_reached_says_why(world: World) -> None:
    access = world.access()
    with pytest.raises(CannotSendError, match=f"the Service {NAMESPACE}/none does not exist"):
        access.address(f"{NAMESPACE}/none", 80)
    with pytest.raises(CannotSendError, match="the Service edge has no port 81"):
        access.address(GATEWAY, 81)
    with pytest.raises(CannotSendError, match=f"no pod of {NAMESPACE}/client is ready"):
        access.proxies.counts(f"{NAMESPACE}/client")
    with pytest.raises(CannotSendError, match=f"no pod of {NAMESPACE}/v1 has a proxy"):
        access.proxies.counts(f"{NAMESPACE}/v1")
