"""What does another MeshConfig do? Told by what proxies do differently, and the rest by its name.

Defaults and meanings as in Istio's reference of MeshConfig; what stands in `defaultConfig` is read by a proxy when it
starts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from fairlead.comparison.comparison import Comparison
from fairlead.effects.effect import Effect, Effects, Hurt, Kind
from fairlead.effects.installation.installation import Installed, settings, value_changes
from fairlead.effects.telling import ends
from fairlead.effects.words import Wording, wording
from fairlead.evaluation.differences import ABSENT, Difference
from fairlead_mesh.model.objects.yaml_values import as_map

Said = tuple[str, Hurt | None, str]
Teller = Callable[[Any, Any, Wording], Said]

_WIDEST = 60
_RESTART = "applies to a pod when it restarts"


def watch(comparison: Comparison) -> Effects:
    """What each changed field of MeshConfig does, istiod by istiod."""
    words = wording(comparison)
    for old, new in settings(comparison, "istiod"):
        subject = mesh_config_of(new)
        was, now = old.mesh_config, new.mesh_config
        for path, said in _told(was, now, words):
            yield Effect(subject, *said, Kind.TRAFFIC if path in _ABOUT_REQUESTS else Kind.RISK,
                         about=frozenset(("mesh",)))  # fmt: skip
        for said in _others(was, now, words):
            yield Effect(subject, *said)


def mesh_config_of(istiod: Installed) -> str:
    """`mesh config`, with the revision where it is not the default one's."""
    return "mesh config" if istiod.revision == "default" else f"mesh config of revision {istiod.revision}"


def _told(old: Mapping[str, Any], new: Mapping[str, Any], words: Wording) -> Iterator[tuple[str, Said]]:
    for path, tell in _TELLERS.items():
        was, now = _at(old, path), _at(new, path)
        if was != now:
            yield path, tell(was, now, words)


def _at(config: Mapping[str, Any], path: str) -> Any:
    found: Any = config
    for key in path.split("."):
        found = as_map(found).get(key)
    return found


def _access_log(old: Any, new: Any, words: Wording) -> Said:
    if old and new:
        return words.goes("the access log file", _short(old), _short(new)), None, ""
    text = "every proxy logs each request" if new else "no proxy writes access logs unless a Telemetry enables them"
    return words.now(text), None, ""


def _outbound(old: Any, new: Any, words: Wording) -> Said:
    if new == "REGISTRY_ONLY":
        text = words.now("requests to hosts without a Service or ServiceEntry get 502 or a connection reset")
        return text, Hurt.INTERRUPTS, "add a ServiceEntry for every external host that is called"
    opened = old == "REGISTRY_ONLY"
    text = "requests to any host outside the mesh are allowed"
    return words.now(text), Hurt.EXPOSES if opened else None, "only egress policies still restrict the pods" * opened


def _auto_mtls(_old: Any, new: Any, words: Wording) -> Said:
    if new is False:
        text = words.now("sidecars send plain text unless a DestinationRule sets TLS")
        return text, Hurt.INTERRUPTS, "pods with STRICT mTLS reject it: set ISTIO_MUTUAL in a DestinationRule first"
    return words.now("sidecars use mTLS wherever the server has a sidecar"), None, ""


def _trust_domain(old: Any, new: Any, words: Wording) -> Said:
    text = words.goes("the trust domain", old or "cluster.local", new or "cluster.local")
    return text, Hurt.REFUSES, "keep the old one in trustDomainAliases until every pod has restarted"


def _discovery(_old: Any, new: Any, words: Wording) -> Said:
    if not new:
        return words.now("istiod watches every namespace"), None, ""
    text = words.now("istiod watches only the namespaces that its discoverySelectors match")
    return (
        text,
        Hurt.INTERRUPTS,
        "label every namespace that is called or injected: Services of other namespaces are unknown",
    )


def _root(old: Any, new: Any, words: Wording) -> Said:
    text = words.goes("the root namespace", old or "istiod's", new or "istiod's")
    return text, Hurt.EXPOSES, "move mesh-wide PeerAuthentication, AuthorizationPolicy and Telemetry there"


def _hold(_old: Any, new: Any, words: Wording) -> Said:
    subject, waits = "apps of new pods", "wait until their proxy is ready"
    return (words.now(f"{subject} {waits}") if new is True else ends(words, subject, waits)), None, ""


def _sampling(old: Any, new: Any, words: Wording) -> Said:
    shown = ["1 %" if each is None else f"{_short(each)} %" for each in (old, new)]
    return words.goes("the trace sampling rate", *shown), None, ""


def _tracing(_old: Any, new: Any, words: Wording) -> Said:
    return (ends(words, "proxies", "send traces") if new is False else words.now("proxies send traces")), None, ""


_TELLERS: dict[str, Teller] = {
    "accessLogFile": _access_log,
    "outboundTrafficPolicy.mode": _outbound,
    "enableAutoMtls": _auto_mtls,
    "trustDomain": _trust_domain,
    "discoverySelectors": _discovery,
    "rootNamespace": _root,
    "defaultConfig.holdApplicationUntilProxyStarts": _hold,
    "defaultConfig.tracing.sampling": _sampling,
    "enableTracing": _tracing,
}
_ABOUT_REQUESTS = ("enableAutoMtls", "outboundTrafficPolicy.mode", "trustDomain")


def _others(old: Mapping[str, Any], new: Mapping[str, Any], words: Wording) -> Iterator[Said]:
    """What has no sentence of its own; of proxies' settings, when they hold."""
    for each in value_changes(old, new):
        if each.path.startswith(("extensionProviders", *_TELLERS)):
            continue
        own = each.path.startswith("defaultConfig.")
        yield _difference(each, words), Hurt.CONTROL_PLANE if own and words.deploys else None, _RESTART if own else ""


def _difference(each: Difference, words: Wording) -> str:
    return words.goes(each.path, _short(each.old), _short(each.new))


def _short(value: Any) -> str:
    if value is ABSENT or value is None:
        return "its default"
    if isinstance(value, dict | list):
        return "other settings"
    text = str(value)
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 3]}..."
