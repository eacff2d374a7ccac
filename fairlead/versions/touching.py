"""Which changes touch a stack? Those that name a kind, a field, an annotation or a variable that it uses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from fairlead.evaluation.snapshot import Snapshot
from fairlead.versions.upgrade_notes import Note

_SPAN = re.compile(r"`([^`]+)`")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:[-./][A-Za-z0-9_]+)*")
_PART = re.compile(r"[A-Za-z][A-Za-z0-9_-]{4,}")
_ISTIO = "istio.io"
_COMMON = frozenset(
    (
        *("apiversion", "configmap", "default", "deployment", "enabled", "global", "injection", "istiod", "labels"),
        *("metadata", "namespace", "number", "ports", "protocol", "resources", "selector", "service", "values"),
        *("version", "weight", "wildcard", "false", "prefix", "hosts", "server", "servers", "match", "route"),
    )
)
"""Words that are in nearly every stack, and so tell nothing."""

_MEANT: Mapping[str, tuple[str, ...]] = {
    r"native sidecars?": ("istio-injection", "istio.io/rev"),
    r"sidecar inject|injection template": ("istio-injection", "istio.io/rev"),
    r"\bJWTs?\b|\bJWKS\b": ("jwtRules",),
    r"mutual TLS|\bmTLS\b": ("PeerAuthentication",),
    r"outlier detection|unhealthy endpoints": ("outlierDetection",),
    r"circuit break": ("connectionPool", "outlierDetection"),
    r"\bretr(?:y|ies)\b": ("retries",),
    r"\bmirror": ("mirror",),
    r"access logs?\b": ("accessLogging", "accessLogFile"),
    r"tracing|\bspans?\b": ("tracing",),
    r"\bambient\b|\bztunnel\b|\bwaypoint": ("istio.io/dataplane-mode", "istio.io/use-waypoint"),
    r"istio-cni|\bCNI\b": ("cni",),
    r"Gateway API|HTTPRoute|GRPCRoute": ("HTTPRoute", "GRPCRoute", "gatewayClassName"),
    r"locality": ("localityLbSetting",),
    r"consistent hash": ("consistentHash",),
    r"rate limit": ("EnvoyFilter",),
    r"external authoriz|ext[-_]authz": ("envoyExtAuthzGrpc", "envoyExtAuthzHttp"),
    r"registry\.istio\.io|gcr\.io/istio|GCP": ("hub",),
    r"Grafana": ("chart:grafana",),
    r"Kiali": ("chart:kiali-server",),
    r"Prometheus": ("chart:prometheus",),
    r"\bprobes?\b": ("rewriteAppHTTPProbers",),
}
"""What notes say in words -> what a stack that it is about has, one of which is enough."""


def words_of(snapshot: Snapshot) -> set[str]:
    """The kinds, keys and charts that a stack has, its labels, its annotations, and its words in capitals."""
    found: set[str] = set()
    for each in snapshot.resources:
        if each.is_kubernetes_object:
            found |= {str(each.inputs.get("kind"))}
            found.update(_words(each.inputs))
        elif each.is_release:
            found |= {f"chart:{each.chart}"}
            found.update(_words(each.inputs.get("values")))
    return found


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in cast("dict[str, Any]", value).items():
            yield str(key)
            yield from _words(inner)
    elif isinstance(value, list):
        for each in cast("list[Any]", value):
            yield from _words(each)
    elif isinstance(value, str) and re.fullmatch(r"[A-Z][A-Z_]{5,}", value):
        yield value


def touched(note: Note, words: set[str]) -> str:
    """The word of the stack that a note is about; empty where it is about none."""
    text = f"{note.title}\n{note.text}"
    known = {each.lower(): each for each in words}
    for span in _SPAN.findall(text):
        for named in (*_WORD.findall(span), *_PART.findall(span)):
            if named.lower() in known and named.lower() not in _COMMON:
                return known[named.lower()]
    for phrase, meant in _MEANT.items():
        if re.search(phrase, text, re.IGNORECASE) and (found := next((each for each in meant if each in words), "")):
            return found.removeprefix("chart:")
    return next((kind for kind in sorted(words) if _is_kind(kind) and re.search(_several(kind), text)), "")


def _several(kind: str) -> str:
    """A kind in a sentence, one or several."""
    return rf"\b{kind[:-1]}(?:y|ies)\b" if kind.endswith("y") else rf"\b{kind}s?\b"


def _is_kind(word: str) -> bool:
    return bool(re.fullmatch(r"[A-Z][a-z]+(?:[A-Z][a-z]+)+", word)) and word.lower() not in _COMMON
