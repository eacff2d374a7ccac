"""Is a cluster asked for what a stack has, and for nothing else? No address leads elsewhere, no answer is misread."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

import pytest

from fairlead.cluster import live_cluster
from fairlead.cluster.answers import Ref
from fairlead.cluster.api_client import RefusedError
from fairlead.cluster.live_cluster import LiveCluster
from fairlead.cluster.object_names import wrong_name
from fairlead.drift.live_side import live_side
from fairlead.terminal.errors import UserError
from tests.fixtures.compared import side

pytestmark = pytest.mark.mesh

KINDS = {"configmaps": ("v1", "ConfigMap"), "secrets": ("v1", "Secret")}
ROLES = {"clusterroles": ("rbac.authorization.k8s.io/v1", "ClusterRole")}


def config_map(namespace: str, name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": namespace}}


def secret(name: str, namespace: str = "prod") -> dict[str, Any]:
    return {"metadata": {"name": name, "namespace": namespace}, "data": {"key": "aHVudGVyMg=="}}


class Api:
    """An API server of a few objects: `paths` are those that it was asked for, as they came."""

    host = "https://cluster.example.com"
    answers: ClassVar[Mapping[str, dict[str, Any]]] = {}
    paths: ClassVar[list[str]] = []

    def __init__(self, *_: Any) -> None:
        type(self).paths = []

    def close(self) -> None: ...

    def request(self, _method: str, path: str, **_: Any) -> dict[str, Any] | None:
        self.paths.append(path)
        if path == "/api":
            return {"items": [discovery("", KINDS)]}
        if path == "/apis":
            return {"items": [discovery("rbac.authorization.k8s.io", ROLES)]}
        # As a server does it: what follows a question mark is no path, and each part is decoded by itself.
        return self.answers.get("/".join(map(unquote, urlsplit(path).path.split("/"))))


def discovery(group: str, kinds: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    scope = "Cluster" if group else "Namespaced"
    resources = [
        {"resource": plural, "responseKind": {"kind": kind}, "scope": scope, "verbs": ["get", "list"]}
        for plural, (_, kind) in kinds.items()
    ]
    return {"metadata": {"name": group} if group else {}, "versions": [{"version": "v1", "resources": resources}]}


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> LiveCluster:
    monkeypatch.setattr(live_cluster, "ApiClient", Api)
    return LiveCluster(Path("kubeconfig"))


def secret_list(names: Iterable[str]) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "SecretList", "items": [secret(name) for name in names]}


@pytest.mark.parametrize("number", [1, 4])
@pytest.mark.parametrize(
    "namespace", ["prod/secrets?x=", "prod/secrets/a0?", "../namespaces/prod/secrets?", "prod%2fa"]
)
def test_a_namespace_that_is_a_path_leads_nowhere(
    cluster: LiveCluster, monkeypatch: pytest.MonkeyPatch, namespace: str, number: int
) -> None:
    names = [f"a{each}" for each in range(number)]
    alone = {"apiVersion": "v1", "kind": "Secret", **secret("a0")}
    answers = {"/api/v1/namespaces/prod/secrets": secret_list(names), "/api/v1/namespaces/prod/secrets/a0": alone}
    monkeypatch.setattr(Api, "answers", answers)
    stack = side([config_map(namespace, name) for name in names])
    found, notes = live_side(stack, cluster)
    assert "aHVudGVyMg" not in repr(found)
    assert Api.paths == ["/api", "/apis"]
    assert len(notes) == number
    assert "its namespace" in notes[0]
    assert "is not a DNS label" in notes[0]


@pytest.mark.parametrize("number", [1, 4])
def test_an_answer_of_another_kind_is_not_shown_as_what_was_asked_for(
    cluster: LiveCluster, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    names = [f"a{each}" for each in range(number)]
    alone = {"apiVersion": "v1", "kind": "Secret", **secret("a0")}
    path = "/api/v1/namespaces/prod/configmaps"
    monkeypatch.setattr(Api, "answers", {path: secret_list(names), f"{path}/a0": alone})
    with pytest.raises(UserError) as refused:
        live_side(side([config_map("prod", name) for name in [*names]]), cluster)
    assert "the cluster answered with Secret" in str(refused.value)
    assert "aHVudGVyMg" not in str(refused.value)


def test_every_part_of_a_path_is_quoted(cluster: LiveCluster) -> None:
    ref = Ref("v1", "ConfigMap", "prod/secrets?x=", "a/b?c#d")
    assert cluster.read(ref) is None
    cluster.read_all([Ref("v1", "ConfigMap", "prod/secrets?x=", name) for name in "abcd"])
    assert [path for path in Api.paths if "namespaces" in path] == [
        "/api/v1/namespaces/prod%2Fsecrets%3Fx%3D/configmaps/a%2Fb%3Fc%23d",
        "/api/v1/namespaces/prod%2Fsecrets%3Fx%3D/configmaps",
    ]


def test_a_role_of_a_name_with_colons_is_read(cluster: LiveCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    role = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "system:x:y"}}
    path = "/apis/rbac.authorization.k8s.io/v1/clusterroles/system:x:y"
    monkeypatch.setattr(Api, "answers", {path: role})
    assert cluster.read(cluster.ref(role)) == role


def test_an_object_without_a_name_is_not_asked_for(cluster: LiveCluster) -> None:
    nameless = {"apiVersion": "v1", "kind": "Secret", "metadata": {"generateName": "a-", "namespace": "prod"}}
    with pytest.raises(RefusedError, match="is not a DNS subdomain"):
        cluster.ref(nameless)


RBAC = "rbac.authorization.k8s.io/v1"
GOOD = [
    ("v1", "ConfigMap", "prod", "istio-ca-root-cert"),
    ("v1", "ConfigMap", "prod", "a.b-c.d1"),
    ("v1", "Namespace", "", "prod"),
    ("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", "gateways.networking.istio.io"),
    (RBAC, "ClusterRole", "", "system:controller:a"),
    (RBAC, "RoleBinding", "prod", "Admin of (prod)"),
    ("apiregistration.k8s.io/v1", "APIService", "", "v1."),
    ("networking.k8s.io/v1", "IPAddress", "", "2001:db8::1"),
    ("certificates.k8s.io/v1", "CertificateSigningRequest", "", "csr:1"),
]
BAD = [
    ("v1", "ConfigMap", "Prod", "a"),
    ("v1", "ConfigMap", "a.b", "a"),
    ("v1", "ConfigMap", "a" * 64, "a"),
    ("v1", "ConfigMap", "prod", ""),
    ("v1", "ConfigMap", "prod", "a" * 254),
    ("v1", "ConfigMap", "prod", "A"),
    ("v1", "ConfigMap", "prod", "a..b"),
    ("v1", "ConfigMap", "prod", "a\n"),
    ("v1", "ConfigMap", "prod", "[unknown]"),
    ("v1", "ConfigMap", "prod", "system:a"),
    ("networking.k8s.io/v1", "Ingress", "prod", "a:b"),
    (RBAC, "Role", "prod/roles?", "a"),
    (RBAC, "Role", "prod", "a/b"),
    (RBAC, "Role", "prod", "a%2fb"),
    (RBAC, "Role", "prod", ".."),
    (RBAC, "Role", "prod", ""),
]


def test_names_that_kubernetes_takes_are_asked_for_and_no_others() -> None:
    assert [each for each in GOOD if wrong_name(*each)] == []
    assert [each for each in BAD if not wrong_name(*each)] == []
