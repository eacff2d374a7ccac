"""What does `explain --live` say of a cluster as it is now? Objects applied to a real API server, and asked about."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from fairlead.cluster.api_server import CONTEXT, ApiServer
from fairlead.cluster.helm import Helm
from fairlead.cluster.live_cluster import LiveCluster
from fairlead.cluster.toolchain import Toolchain
from tests.fixtures.runs.kubeconfig_files import kubeconfig_file

pytestmark = pytest.mark.apiserver

Command = Callable[..., tuple[int, str, str]]
APP = """
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: Service
metadata: {name: shop, namespace: shop}
spec: {selector: {app: shop}, ports: [{name: http, port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop-v1, namespace: shop}
spec:
  selector: {matchLabels: {app: shop, version: v1}}
  template:
    metadata: {labels: {app: shop, version: v1}}
    spec: {containers: [{name: app, image: shop}]}
---
apiVersion: v1
kind: Service
metadata: {name: front, namespace: edge}
spec: {type: NodePort, selector: {istio: front}, ports: [{name: http, port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: front, namespace: edge}
spec:
  selector: {matchLabels: {istio: front}}
  template:
    metadata: {labels: {istio: front}}
    spec: {containers: [{name: istio-proxy, image: auto}]}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: front, namespace: edge}
spec:
  selector: {istio: front}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: shop, namespace: shop}
spec:
  hosts: [shop.example.com]
  gateways: [edge/front]
  http: [{route: [{destination: {host: shop.shop.svc.cluster.local}}]}]
"""


@pytest.fixture(scope="module")
def stack_file(toolchain: Toolchain, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A stack whose cluster has an app that the stack knows nothing of."""
    with ApiServer(toolchain.servers()) as server:
        cluster = LiveCluster(server.kubeconfig)
        for name in ("istio-system", "edge"):
            cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        helm = Helm(toolchain.helm(), server.kubeconfig)
        helm.install("istio-base", "istio-system", toolchain.istio_charts() / "base", {}, skip_crds=False)
        cluster.wait_for_definitions(f"{kind}.networking.istio.io" for kind in ("gateways", "virtualservices"))
        for each in yaml.safe_load_all(APP):
            cluster.apply(each)
        file = tmp_path_factory.mktemp("live") / "Pulumi.local.yaml"
        place = {"context": CONTEXT, "path": str(server.kubeconfig)}
        file.write_text(yaml.safe_dump({"config": {"fairlead:cluster": {"kubeconfig": place}}}))
        yield file
        cluster.close()


def explained(command: Command, file: Path, *arguments: str) -> tuple[dict[str, Any], str]:
    options = ("--config-file", str(file), "--live", "--format", "json", *arguments)
    code, out, errors = command("explain", "GET http://shop.example.com/", *options)
    assert code == 0, errors
    return json.loads(out)["requests"][0], errors


def test_a_request_is_followed_through_what_is_on_the_cluster(command: Command, stack_file: Path) -> None:
    found, errors = explained(command, stack_file)
    assert found["answered"] == {"shop/shop-v1": 1.0}
    assert any(step.get("at", "").startswith("on https://127.0.0.1") for step in found["steps"])
    assert errors == ""


def test_without_live_the_stack_is_asked_which_has_no_such_app(command: Command, stack_file: Path) -> None:
    code, out, errors = command("explain", "GET http://shop.example.com/", "--config-file", str(stack_file))
    assert (code, "shop/shop-v1" in out) == (1, False)
    assert "error: " in errors


def test_a_cluster_that_does_not_answer_is_a_sentence(command: Command, stack_file: Path, tmp_path: Path) -> None:
    kubeconfig = kubeconfig_file(tmp_path, "gone")
    options = ("--config-file", str(stack_file), "--live", "--kubeconfig", str(kubeconfig), "--context", "gone")
    code, _, errors = command("explain", "GET http://shop.example.com/", *options)
    assert code == 1
    assert "https://127.0.0.1:1 cannot be reached" in errors


def test_a_kubeconfig_belongs_to_live(command: Command, stack_file: Path) -> None:
    code, _, errors = command("explain", "GET http://a/", "--config-file", str(stack_file), "--context", "gone")
    assert code == 2
    assert "belongs to --live" in errors
