"""What does `fairlead init` draft of a cluster? Objects applied to a real API server, and drafted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from fairlead.cluster.api_server import CONTEXT, ApiServer
from fairlead.cluster.helm import Helm
from fairlead.cluster.live_cluster import LiveCluster
from fairlead.cluster.toolchain import Toolchain
from tests.fixtures.checkout import PROGRAM

pytestmark = pytest.mark.apiserver

Command = Callable[..., tuple[int, str, str]]
SHOP = PROGRAM / "tests" / "fixtures" / "loopback" / "shop.yaml"


@pytest.fixture(scope="module", name="server")
def _server(toolchain: Toolchain) -> Iterator[ApiServer]:
    with ApiServer(toolchain.servers()) as server:
        yield server


def drafted(command: Command, server: ApiServer, folder: Path) -> tuple[int, str, str]:
    return command("init", str(folder), "--from-cluster", CONTEXT, "--kubeconfig", str(server.kubeconfig))


def test_a_cluster_is_drafted_once_it_has_istio(
    command: Command, server: ApiServer, toolchain: Toolchain, tmp_path: Path
) -> None:
    code, _, err = drafted(command, server, tmp_path / "without")
    assert (code, f"The cluster of the context {CONTEXT} has no Istio" in err) == (1, True)
    assert "fairlead new" in err
    assert not (tmp_path / "without").exists()

    with_istio(server, toolchain)
    code, out, err = drafted(command, server, tmp_path / "with")
    assert code == 0, err
    assert "Requests: none is treated differently" in out
    assert "up asks before it takes over the 2 objects that exist" in out
    config: dict[str, Any] = yaml.safe_load((tmp_path / "with" / "Pulumi.dev.yaml").read_text())["config"]
    assert config["fairlead:cluster"] == {"kubeconfig": {"context": CONTEXT}}
    assert [each["name"] for each in config["fairlead:apps"]] == ["shop"]
    assert config["fairlead:gateways"][0]["external"] is True


def with_istio(server: ApiServer, toolchain: Toolchain) -> None:
    cluster = LiveCluster(server.kubeconfig)
    for name in ("istio-system", "shop", "istio-ingress"):
        cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    helm = Helm(toolchain.helm(), server.kubeconfig)
    helm.install("istio-base", "istio-system", toolchain.istio_charts() / "base", {}, skip_crds=False)
    kinds = ("gateways", "virtualservices", "destinationrules")
    cluster.wait_for_definitions(f"{kind}.networking.istio.io" for kind in kinds)
    for each in yaml.safe_load_all(OBJECTS):
        cluster.apply(each)
    cluster.close()


OBJECTS = """
apiVersion: v1
kind: Service
metadata: {name: istio-ingress, namespace: istio-ingress}
spec: {type: NodePort, selector: {istio: ingress}, ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: istio-ingress, namespace: istio-ingress}
spec:
  selector: {istio: ingress}
  servers: [{port: {number: 80, name: http-80, protocol: HTTP}, hosts: ["*"]}]
---
apiVersion: v1
kind: Service
metadata: {name: shop, namespace: shop}
spec: {selector: {app: shop}, ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: shop, namespace: shop}
spec: {host: shop, subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: shop, namespace: shop}
spec:
  hosts: [shop.example.com]
  gateways: [istio-ingress/istio-ingress]
  http:
    - route:
        - {destination: {host: shop, subset: v1}, weight: 90}
        - {destination: {host: shop, subset: v2}, weight: 10}
"""
