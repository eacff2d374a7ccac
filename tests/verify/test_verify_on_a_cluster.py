"""Does the command say what holds on a cluster, and why not? A real API server; the gateway is a real Envoy."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from fairlead.cluster.api_server import CONTEXT, ApiServer
from fairlead.cluster.live_cluster import LiveCluster
from fairlead.verify.command import subject_of
from fairlead.verify.verify import promised
from fairlead.yaml_files.stack_reader import read_stack_file
from tests.fixtures.checkout import PROGRAM
from tests.fixtures.live.envoy_proxy import endpoints, envoy, metadata, replaced
from tests.fixtures.live.kubelet import Kubelet, killed, node, started
from tests.fixtures.loopback.apps import App
from tests.fixtures.placed import there, thing

pytestmark = pytest.mark.apiserver

EDGE = "istio-ingress"
CLUSTERS = [f"outbound|5000|{each}|helloworld.hello.svc.cluster.local" for each in ("v1", "v2")]
Command = Callable[..., tuple[int, str, str]]


def hosts(one: int, two: int) -> list[dict[str, Any]]:
    weights = [{"name": name, "weight": weight} for name, weight in zip(CLUSTERS, (one, two), strict=True)]
    route = {
        "match": {"path": "/hello"},
        "metadata": metadata("virtual-service", "hello", "helloworld"),
        "route": {"weighted_clusters": {"clusters": weights}},
    }
    return [{"name": "*:80", "domains": ["*"], "routes": [route]}]


def pod(namespace: str, name: str, container: str, **labels: str) -> dict[str, Any]:
    spec = {"containers": [{"name": container, "image": "x"}], "automountServiceAccountToken": False}
    return thing("v1", "Pod", name, namespace, metadata={"labels": labels}, spec=spec)


@pytest.fixture(scope="module")
def gateway(live_cluster: LiveCluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The gateway and the apps of the stack `local`; the folder in which the gateway's Envoy finds its routes."""
    folder = tmp_path_factory.mktemp("gateway")
    apps = [App(f"hello/helloworld-{each}") for each in ("v1", "v2")]
    homes = [thing("v1", "Namespace", name) for name in (EDGE, "hello", "istio-system")]
    accounts = [thing("v1", "ServiceAccount", "default", name) for name in (EDGE, "hello", "istio-system")]
    ports = [{"name": "http", "port": 80, "targetPort": 80, "protocol": "TCP"}]
    service = thing("v1", "Service", EDGE, EDGE, spec={"selector": {"istio": "ingress"}, "ports": ports})
    pods = [pod(EDGE, EDGE, "istio-proxy", istio="ingress"), pod("istio-system", "istiod", "discovery", app="istiod")]
    sync = App("istiod")
    known = {name: endpoints(name, app.port) for name, app in zip(CLUSTERS, apps, strict=True)}
    with ExitStack() as stack:
        for app in (*apps, sync):
            stack.callback(app.close)
        proxy = stack.enter_context(envoy(folder, hosts(70, 30), known, name="http.80"))
        kubelet = Kubelet(folder, {80: proxy.port, 15000: proxy.admin, 15014: sync.port}, os.environ)
        stack.enter_context(kubelet)
        stack.enter_context(node(live_cluster, kubelet))
        stack.enter_context(there(live_cluster, *homes, *accounts, service, *pods))
        for each in pods:
            started(live_cluster, each)
            stack.callback(killed, live_cluster, each["metadata"]["namespace"], each["metadata"]["name"])
        yield folder


def asked(command: Command, api_server: ApiServer, *more: str) -> tuple[int, dict[str, Any], str]:
    """The split and the gateway's own promise."""
    stack_file = read_stack_file(PROGRAM, stack="local", config_file=None, overrides=None)
    split = next(each for each in promised(subject_of(stack_file, PROGRAM)) if each.is_random)
    where = ("--kubeconfig", str(api_server.kubeconfig), "--context", CONTEXT)
    only = ("--only", split.id, "--only", "gateways")
    code, out, err = command("verify", "--stack", "local", *where, *only, "--format", "json", "--rate", "300", *more)
    return code, json.loads(out), err


def test_what_holds_is_said_with_the_evidence(gateway: Path, api_server: ApiServer, command: Command) -> None:
    replaced(gateway, hosts(70, 30), "http.80")
    code, said, err = asked(command, api_server)
    assert code == 0, (said, err)
    assert "a port forwarded to pod istio-ingress/istio-ingress" in json.dumps(said)
    assert "2 promises, 2 of them tested" in err


def test_what_does_not_hold_is_said_with_the_cause(gateway: Path, api_server: ApiServer, command: Command) -> None:
    replaced(gateway, hosts(40, 60), "http.80")
    code, said, _ = asked(command, api_server)
    assert code == 1
    assert (
        "the route of VirtualService hello/helloworld in the proxy of istio-ingress/istio-ingress has other weights"
        in (json.dumps(said))
    )
