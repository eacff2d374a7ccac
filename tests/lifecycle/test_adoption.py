"""Does a mesh that existed become a stack in two commands? `init`, then `up`, which takes its objects over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from fairlead.cluster.answers import Ref
from fairlead.cluster.helm import Helm
from fairlead.cluster.live_cluster import LiveCluster
from fairlead.cluster.toolchain import Toolchain
from fairlead.demo import engine as pulumi_engine
from tests.fixtures.engine_cluster import Cluster
from tests.fixtures.runs.project import Project, drafted_project

MISSING = pulumi_engine.unavailable()
pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(bool(MISSING), reason=f"engine tier: {MISSING}"),
]

NETWORKING = "networking.istio.io/v1"
SECURITY = "security.istio.io/v1"
HOME = "adopted"
OURS = {
    "rule": Ref(NETWORKING, "DestinationRule", HOME, "shop-subsets"),
    "routes": Ref(NETWORKING, "VirtualService", HOME, "shop-routes"),
    "mode": Ref(SECURITY, "PeerAuthentication", HOME, "strict"),
    "filter": Ref(NETWORKING, "Sidecar", HOME, "kept"),
}
THEIRS = {
    "gateway": Ref(NETWORKING, "Gateway", HOME, "shop-gateway"),
    "released": Ref(NETWORKING, "DestinationRule", HOME, "released"),
}
OBJECTS = """
apiVersion: v1
kind: Namespace
metadata: {name: adopted}
---
apiVersion: v1
kind: Namespace
metadata: {name: istio-system}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: istiod, namespace: istio-system, labels: {app: istiod, istio.io/rev: default}}
spec:
  selector: {matchLabels: {app: istiod}}
  template:
    metadata: {labels: {app: istiod}}
    spec: {containers: [{name: discovery, image: "docker.io/istio/pilot:1.31.1"}]}
---
apiVersion: v1
kind: Service
metadata: {name: istio-ingressgateway, namespace: istio-system}
spec: {type: NodePort, selector: {istio: ingressgateway}, ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: shop-gateway, namespace: adopted}
spec:
  selector: {istio: ingressgateway}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]
---
apiVersion: v1
kind: Service
metadata: {name: shop, namespace: adopted}
spec: {selector: {app: shop}, ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: shop-subsets, namespace: adopted}
spec: {host: shop, subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: shop-routes, namespace: adopted}
spec:
  hosts: [shop.example.com]
  gateways: [shop-gateway]
  http:
    - route:
        - {destination: {host: shop, subset: v1}, weight: 90}
        - {destination: {host: shop, subset: v2}, weight: 10}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: strict, namespace: adopted}
spec: {mtls: {mode: STRICT}}
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: kept, namespace: adopted}
spec: {egress: [{hosts: ["./*", "istio-system/*"]}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: released, namespace: adopted, labels: {app.kubernetes.io/managed-by: Helm}}
spec: {host: released, trafficPolicy: {tls: {mode: DISABLE}}}
"""


@pytest.fixture(name="live")
def _live(cluster: Cluster, toolchain: Toolchain) -> Iterator[LiveCluster]:
    live = LiveCluster(cluster.kubeconfig, cluster.context)
    first, *others = yaml.safe_load_all(OBJECTS)
    system, *others = others
    live.apply(first, "kubectl")
    live.apply(system, "kubectl")
    helm = Helm(toolchain.helm(), cluster.kubeconfig)
    helm.install("istio-base", "istio-system", toolchain.istio_charts() / "base", {}, skip_crds=False)
    kinds = ("gateways", "virtualservices", "destinationrules", "sidecars")
    live.wait_for_definitions(
        [f"{kind}.networking.istio.io" for kind in kinds] + ["peerauthentications.security.istio.io"]
    )
    for each in others:
        live.apply(each, "kubectl")
    yield live
    live.close()


@pytest.fixture(name="project")
def _project(cluster: Cluster, live: LiveCluster, tmp_path: Path) -> Project:
    assert live.host
    return drafted_project(cluster, tmp_path, HOME)


def identities(live: LiveCluster) -> dict[str, str]:
    found = live.read_all([*OURS.values(), *THEIRS.values()])
    return {name: found[ref]["metadata"]["uid"] for name, ref in {**OURS, **THEIRS}.items() if ref in found}


def test_init_and_up_take_over_what_exists_and_down_deletes_that_alone(project: Project, live: LiveCluster) -> None:
    before = identities(live)
    assert before.keys() == OURS.keys() | THEIRS.keys()

    plan = project.plan()
    assert "would take over, if asked to: VirtualService adopted/shop-routes, managed by kubectl" in plan.stdout
    unasked = project.fairlead("up")
    assert unasked.returncode == 1
    assert "Take them over with fairlead up --adopt" in unasked.stderr
    assert "  VirtualService adopted/shop-routes, managed by kubectl\n" in unasked.stderr

    up = project.fairlead("up", "--adopt")
    assert up.returncode == 0, up.stdout + up.stderr
    assert "taken over: VirtualService adopted/shop-routes" in up.stdout
    assert identities(live) == before, "none was deleted or created again"
    routes = live.read(OURS["routes"]) or {}
    assert routes["metadata"]["labels"]["fairlead/stack"]
    assert [each["weight"] for each in routes["spec"]["http"][0]["route"]] == [90, 10]
    again = project.fairlead("up")
    assert again.returncode == 0, again.stdout + again.stderr
    assert project.has_no_changes()

    gone = project.fairlead("down")
    assert gone.returncode == 0, gone.stdout + gone.stderr
    assert identities(live).keys() == THEIRS.keys()
