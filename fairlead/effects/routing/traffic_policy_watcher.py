"""How do callers treat a host? Balancing, limits, ejection and TLS that DestinationRules ask of them.

Without a policy callers spread requests by LEAST_REQUEST, speak mTLS to whoever can, and eject nobody; what goes beyond
a limit gets 503 with the flag UO (Istio: reference/config/networking/destination-rule, tasks/traffic-management/
circuit-breaking).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from fairlead.comparison.comparison import Comparison
from fairlead.effects.effect import Effects, Hurt, Kind
from fairlead.effects.security.client_tls import conflicts, other_tls
from fairlead.effects.words import Draft, Wording, effects, listed, wording
from fairlead_mesh.model.graph import Graph, full_host, service_key
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.traffic_policy import policies

_LIMITS = {
    ("tcp", "maxConnections"): "its connection limit",
    ("http", "http1MaxPendingRequests"): "its limit of pending requests",
    ("http", "http2MaxRequests"): "its limit of concurrent requests",
    ("http", "maxRequestsPerConnection"): "its limit of requests per connection",
    ("http", "maxRetries"): "its limit of concurrent retries",
}
_SPANS = {
    ("tcp", "connectTimeout"): "its connect timeout",
    ("tcp", "idleTimeout"): "its TCP idle timeout",
    ("http", "idleTimeout"): "its HTTP idle timeout",
}
_REFUSING = tuple(_LIMITS.values())[:3]
_OVERFLOW = "requests over the limit get 503 (response flag UO): compare the limit with peak load"
_ALL_EJECTED = "an error that all pods share ejects all of them: lower maxEjectionPercent"
_SESSIONS = "clients are sent to other pods than before"
_NO_LIMIT = "none"
_EVERY_POD = 100
Policy = Mapping[str, Any]


def watch(comparison: Comparison) -> Effects:
    """Traffic policies of DestinationRules, for a host, a subset or a port; and TLS that nobody answers."""
    words = wording(comparison)
    before, after = _policies(comparison.before.graph), _policies(comparison.after.graph)
    drafts = [
        replace(draft, about=frozenset((f"host/{key[0]}",)))
        for key in sorted({*before, *after})
        for draft in _other(key, before, after, words)
    ]
    yield from effects([*drafts, *conflicts(comparison, words)], words, Kind.TRAFFIC)


def _policies(graph: Graph) -> dict[tuple[str, str], Policy]:
    """(host, of which part of it) -> what is asked of callers."""
    found: dict[tuple[str, str], Policy] = {}
    for item in graph.all_of_kind("DestinationRule"):
        host = full_host(str(item.get("spec", "host") or ""), item.namespace)
        for policy in policies(item) if host else ():
            subset = as_map(item.get(*policy.path[:3])).get("name") if policy.path[1] == "subsets" else None
            port = [f"port {policy.port}"] if policy.port is not None else []
            found.setdefault((host, " ".join([*([f"subset {subset}"] if subset else []), *port])), policy.value)
    return found


def _other(
    key: tuple[str, str],
    before: Mapping[tuple[str, str], Policy],
    after: Mapping[tuple[str, str], Policy],
    words: Wording,
) -> Iterator[Draft]:
    host, part = key
    named = service_key(host, "")
    subject = f"{named[1] if named else host}{f', {part}' if part else ''}"
    old, new = before.get(key, {}), after.get(key, {})
    if old != new:
        yield from _balancing(subject, old, new, words)
        yield from _limits(subject, old, new, words)
        yield from _ejection(subject, old, new, words)
        yield from other_tls(subject, as_map(old.get("tls")), as_map(new.get("tls")), bool(named), words)


def _balancing(subject: str, old: Policy, new: Policy, words: Wording) -> Iterator[Draft]:
    before, after = (_spread(as_map(each.get("loadBalancer"))) for each in (old, new))
    if before != after:
        sticky = "hash of" in before or "hash of" in after
        text = words.goes("load balancing", before, after)
        yield Draft(subject, f"{text}; {_SESSIONS}" if sticky and words.deploys else text)


def _spread(balancer: Policy) -> str:
    sticky = as_map(balancer.get("consistentHash"))
    by = [
        f"consistent hash of {key} {as_map(value).get('name', value) if not isinstance(value, bool) else ''}".strip()
        for key, value in sorted(sticky.items())
        if key not in ("ringHash", "maglev", "minimumRingSize")
    ]
    locality = as_map(balancer.get("localityLbSetting"))
    near = [f"locality ({', '.join(sorted(locality))})"] if locality else []
    slow = ["warmup"] if balancer.get("warmup") or balancer.get("warmupDurationSecs") else []
    return listed([*(by or [str(balancer.get("simple") or "LEAST_REQUEST")]), *near, *slow])


def _limits(subject: str, old: Policy, new: Policy, words: Wording) -> Iterator[Draft]:
    before, after = as_map(old.get("connectionPool")), as_map(new.get("connectionPool"))
    for (layer, key), what in {**_LIMITS, **_SPANS}.items():
        values = as_map(before.get(layer)).get(key), as_map(after.get(layer)).get(key)
        if values[0] != values[1]:
            tighter = what in _REFUSING and _is_less(values[1], values[0])
            text = words.goes(what, *(_NO_LIMIT if each is None else each for each in values))
            yield Draft(subject, text, Hurt.INTERRUPTS if tighter else None, _OVERFLOW if tighter else "", stands=True)


def _is_less(new: Any, old: Any) -> bool:
    """Whether a limit is tighter; 0 and nothing at all are none."""
    amounts = [each if isinstance(each, int | float) and each > 0 else float("inf") for each in (new, old)]
    return amounts[0] < amounts[1]


def _ejection(subject: str, old: Policy, new: Policy, words: Wording) -> Iterator[Draft]:
    before, after = (_ejected(each) for each in (old, new))
    if before != after:
        share = as_map(new.get("outlierDetection")).get("maxEjectionPercent")
        all_go = isinstance(share, int | float) and share >= _EVERY_POD
        text = words.turns("its pods", (" are ejected after", " are no longer ejected after"), before, after)
        yield Draft(subject, text, Hurt.INTERRUPTS if all_go else None, _ALL_EJECTED if all_go else "", stands=True)


def _ejected(policy: Policy) -> str:
    detection = as_map(policy.get("outlierDetection"))
    if not detection:
        return ""
    errors = detection.get("consecutive5xxErrors", detection.get("consecutiveErrors", 5))
    gateway = detection.get("consecutiveGatewayErrors")
    counted = f"{errors} consecutive 5xx errors" if not gateway else f"{gateway} consecutive gateway errors"
    base, share = detection.get("baseEjectionTime", "30s"), detection.get("maxEjectionPercent", 10)
    return f"{counted}, for {base} and at most {share} % of them"
