"""What does another MeshConfig do? Told by what proxies do differently, and the rest by its name.

Defaults and meanings as in Istio's reference of MeshConfig; what stands in `defaultConfig` is read by a proxy when it
starts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from fairlead.comparison.comparison import Comparison
from fairlead.effects.effect import Effect, Effects, Hurt
from fairlead.effects.installation.installation import Installed, settings, value_changes
from fairlead.effects.telling import ends
from fairlead.effects.words import Wording, wording
from fairlead.evaluation.differences import ABSENT, Difference
from mesh.model.yaml_values import as_map

Said = tuple[str, Hurt | None, str]
Teller = Callable[[Any, Any, Wording], Said]

_WIDEST = 60
_RESTART = "holds for a pod when it restarts"


def watch(comparison: Comparison) -> Effects:
    """What each changed field of MeshConfig does, istiod by istiod."""
    words = wording(comparison)
    for old, new in settings(comparison, "istiod"):
        subject = mesh_config_of(new)
        was, now = old.mesh_config, new.mesh_config
        for text, hurt, advice in (*_told(was, now, words), *_others(was, now, words)):
            yield Effect(subject, text, hurt, advice)


def mesh_config_of(istiod: Installed) -> str:
    """`mesh config`, with the revision where it is not the default one's."""
    return "mesh config" if istiod.revision == "default" else f"mesh config of revision {istiod.revision}"


def _told(old: Mapping[str, Any], new: Mapping[str, Any], words: Wording) -> Iterator[Said]:
    for path, tell in _TELLERS.items():
        was, now = _at(old, path), _at(new, path)
        if was != now:
            yield tell(was, now, words)


def _at(config: Mapping[str, Any], path: str) -> Any:
    found: Any = config
    for key in path.split("."):
        found = as_map(found).get(key)
    return found


def _access_log(old: Any, new: Any, words: Wording) -> Said:
    if old and new:
        return words.goes("access logs", _short(old), _short(new)), None, ""
    text = "every proxy writes a line for each request" if new else "no proxy writes access logs unless Telemetry asks"
    return words.now(text), None, ""


def _outbound(old: Any, new: Any, words: Wording) -> Said:
    if new == "REGISTRY_ONLY":
        text = words.now("calls to hosts that no Service or ServiceEntry names get 502 or a reset")
        return text, Hurt.INTERRUPTS, "write a ServiceEntry for every host outside that is called"
    opened = old == "REGISTRY_ONLY"
    text = "calls to any host outside the mesh are allowed"
    return words.now(text), Hurt.EXPOSES if opened else None, "egress policies are then all that stops a pod" * opened


def _auto_mtls(_old: Any, new: Any, words: Wording) -> Said:
    if new is False:
        text = words.now("sidecars call in plain text unless a DestinationRule says otherwise")
        return text, Hurt.INTERRUPTS, "pods under STRICT refuse them: give a DestinationRule ISTIO_MUTUAL first"
    return words.now("sidecars use mTLS wherever the other side has one"), None, ""


def _trust_domain(old: Any, new: Any, words: Wording) -> Said:
    text = words.goes("the trust domain of every identity", old or "cluster.local", new or "cluster.local")
    return text, Hurt.REFUSES, "list the former one in trustDomainAliases until every pod has restarted"


def _discovery(_old: Any, new: Any, words: Wording) -> Said:
    if not new:
        return words.now("istiod watches every namespace"), None, ""
    text = words.now("istiod watches only the namespaces that its discoverySelectors match")
    return text, Hurt.INTERRUPTS, "label every namespace that is called or injected: Services of others are unknown"


def _root(old: Any, new: Any, words: Wording) -> Said:
    text = words.goes("the namespace of policies for the whole mesh", old or "istiod's", new or "istiod's")
    return text, Hurt.EXPOSES, "move PeerAuthentication, AuthorizationPolicy and Telemetry with it"


def _hold(_old: Any, new: Any, words: Wording) -> Said:
    text = "apps of new pods start only when their proxy is ready"
    return (words.now(text) if new is True else ends(words, text)), None, ""


def _sampling(old: Any, new: Any, words: Wording) -> Said:
    shown = ["1 %" if each is None else f"{_short(each)} %" for each in (old, new)]
    return words.goes("tracing of requests", *shown), None, ""


def _tracing(_old: Any, new: Any, words: Wording) -> Said:
    text = "proxies send traces"
    return (ends(words, text) if new is False else words.now(text)), None, ""


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
