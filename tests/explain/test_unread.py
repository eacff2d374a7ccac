"""What does `explain --live` say of a kind that it may not read? A stand-in for the cluster, which refuses some."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from fairlead.cluster.answers import Ref
from fairlead.cluster.api_client import RefusedError
from fairlead.cluster.kinds import Kind
from fairlead.drift import stack_cluster
from fairlead.explain.live_mesh import mesh_of_cluster
from tests.fixtures.routing_objects import deployment, gateway, route, service, virtual_service

pytestmark = pytest.mark.snapshot

Command = Callable[..., tuple[int, str, str]]
_NETWORKING, _SECURITY = "networking.istio.io/v1", "security.istio.io/v1"


class Cluster:
    """A cluster with one app, where some kinds must not be listed."""

    host = "https://cluster.example"

    def __init__(self, *refused: str, mesh: str = "{}") -> None:
        self.refused, self.mesh = refused, mesh
        self.listed: list[str] = []

    def kinds(self) -> dict[tuple[str, str], Kind]:
        named = [(_NETWORKING, "VirtualService"), (_NETWORKING, "Gateway"), (_SECURITY, "AuthorizationPolicy")]
        return {
            key: Kind(*key, f"{key[1].lower()}s", namespaced=True, preferred=True, verbs=("list",)) for key in named
        }

    def labelled(self, _version: str, kind: str, _namespace: str, _selector: str) -> dict[int, dict[str, Any]]:
        self.listed.append(kind)
        if kind in self.refused:
            raise RefusedError(403, f"{kind.lower()}s is forbidden")
        objects = [gateway(), virtual_service(route()), service(), deployment("v1")]
        return {number: each for number, each in enumerate(objects) if each["kind"] == kind}

    def read(self, ref: Ref) -> dict[str, Any]:
        if ref.kind in self.refused:
            raise RefusedError(403, f"{ref.kind.lower()}s is forbidden")
        return {"data": {"mesh": self.mesh}}

    def close(self) -> None:
        """Nothing is open."""


def test_each_kind_that_may_not_be_read_is_named_and_the_rest_counts() -> None:
    asked, unread = mesh_of_cluster(Cluster("AuthorizationPolicy", "ConfigMap"))  # pyright: ignore[reportArgumentType]
    assert unread == [
        "AuthorizationPolicy (authorizationpolicys is forbidden)",
        "ConfigMap istio-system/istio (configmaps is forbidden)",
    ]
    assert [item.name for item in asked.mesh.graph.all_of_kind("VirtualService")] == ["helloworld"]
    assert not asked.mesh.graph.closed


def test_a_mesh_config_that_is_not_yaml_is_named() -> None:
    _, unread = mesh_of_cluster(Cluster(mesh="a: ["))  # pyright: ignore[reportArgumentType]
    assert unread == ["ConfigMap istio-system/istio (its mesh is not valid YAML)"]


def test_what_may_be_read_leaves_the_mesh_whole_and_no_secret_is_asked_for() -> None:
    cluster = Cluster()
    asked, unread = mesh_of_cluster(cluster)  # pyright: ignore[reportArgumentType]
    assert (unread, asked.mesh.graph.closed) == ([], True)
    assert "Secret" not in cluster.listed


def test_the_command_says_what_it_could_not_read_before_it_answers(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "Pulumi.local.yaml"
    file.write_text(yaml.safe_dump({"config": {"fairlead:cluster": {"kubeconfig": {"context": "any"}}}}))
    monkeypatch.setattr(stack_cluster, "stack_cluster", lambda *_: Cluster("AuthorizationPolicy"))
    options = ("--config-file", str(file), "--live", "--from", "outside-the-mesh")
    code, out, errors = command("explain", "GET http://helloworld.hello/", *options)
    assert code == 0
    assert errors == "Not read: AuthorizationPolicy (authorizationpolicys is forbidden)\n"
    assert "200 from hello/helloworld-v1" in out
