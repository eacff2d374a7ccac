"""How do tests write the objects that an effect is told of, and the sides that they are on? As short as they can be."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from fairlead.comparison.comparison import Comparison, Side
from fairlead.effects.effect import Effect

ROOT = "istio-system"
PROVIDER = "pulumi:providers:kubernetes"


def namespace(name: str, **labels: str) -> dict[str, Any]:
    """`injection="enabled"` and `revision="canary"` are Istio's labels; any other stands for itself."""
    known = {"injection": "istio-injection", "revision": "istio.io/rev", "mode": "istio.io/dataplane-mode"}
    named = {known.get(key, key): value for key, value in labels.items()}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": named}}


def deployment(home: str, name: str, **labels: str) -> dict[str, Any]:
    pod = {"metadata": {"labels": {"app": name, **labels}}, "spec": {"containers": [{"name": "app"}]}}
    spec = {"selector": {"matchLabels": {"app": name}}, "template": pod}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name, "namespace": home}, "spec": spec}


def security(kind: str, home: str, name: str = "default", **spec: Any) -> dict[str, Any]:
    """An object of Istio's security group; `selects="payments"` selects by the label app."""
    if selects := spec.pop("selects", None):
        spec["selector"] = {"matchLabels": {"app": selects}}
    metadata = {"name": name, "namespace": home}
    return {"apiVersion": "security.istio.io/v1", "kind": kind, "metadata": metadata, "spec": spec}


def mtls(home: str, mode: str, **spec: Any) -> dict[str, Any]:
    return security("PeerAuthentication", home, mtls={"mode": mode}, **spec)


def policy(home: str, *rules: Any, name: str = "default", **spec: Any) -> dict[str, Any]:
    return security("AuthorizationPolicy", home, name, rules=list(rules), **spec)


def source(**fields: Any) -> dict[str, Any]:
    return {"from": [{"source": fields}]}


def said(watch: Callable[[Comparison], Iterable[Effect]], comparison: Comparison) -> list[str]:
    """The sentences, each with the name of its hurt: `REFUSES payments: ...`."""
    return [f"{each.hurt.name if each.hurt else '-'} {each.sentence}" for each in watch(comparison)]


def plain(kind: str, name: str, version: str = "v1", **parts: Any) -> dict[str, Any]:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name, "namespace": "web"}, **parts}


def with_options(of: Side, **options: Any) -> Side:
    """The side, with these options on all of its custom resources."""
    resources = tuple(replace(each, options=options) if each.custom else each for each in of.snapshot.resources)
    return replace(of, snapshot=replace(of.snapshot, resources=resources))
