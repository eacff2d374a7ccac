"""What is done to requests on their way, other than before? Timeouts, retries, faults, copies, rewrites, headers, CORS.

Without `retries` Istio tries again twice where a connection could not be made (Istio: concepts/traffic-management,
Retries); without `timeout` it waits for ever; without a percentage a copy or a fault is of all requests
(reference/config/networking/virtual-service).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from fairlead.effects.effect import Hurt
from fairlead.effects.routing.outcomes import REQUESTS
from fairlead.effects.words import Wording, listed
from mesh.model.graph import service_key
from mesh.model.yaml_values import as_list, as_map, as_maps

_FAULTY = "fault injection is for tests: make sure that nobody depends on these requests"
_EVERY_ORIGIN = "scripts of any website can send such requests from a visitor's browser"
_EVERYBODY = "every origin"
_DEFAULT_RETRIES = "up to 2 times (Istio's default)"
Spec = Mapping[str, Any]
Teller = Callable[[Spec], str]


@dataclass(frozen=True)
class Said:
    """A sentence on some requests, `REQUESTS` in their place."""

    text: str
    hurt: Hurt | None = None
    advice: str = ""


def other_handling(old: Spec, new: Spec, words: Wording) -> Iterator[Said]:
    """How two routes treat their requests differently."""
    for tell, verbs in _TOLD.items():
        before, after = tell(old), tell(new)
        if before != after:
            yield Said(words.turns(REQUESTS, verbs, before, after), *_hurt(tell, before, after))


def _hurt(tell: Teller, before: str, after: str) -> tuple[Hurt | None, str]:
    if tell is _fault and after:
        return Hurt.INTERRUPTS, _FAULTY
    if tell is _cors and _EVERYBODY in after and _EVERYBODY not in before:
        return Hurt.EXPOSES, _EVERY_ORIGIN
    return None, ""


def _timeout(spec: Spec) -> str:
    return str(spec.get("timeout") or "").removeprefix("0s")


def _retries(spec: Spec) -> str:
    if "retries" not in spec:
        return _DEFAULT_RETRIES
    retries = as_map(spec["retries"])
    attempts: Any = retries.get("attempts", 0)
    each = [f"with {retries['perTryTimeout']} per try"] if retries.get("perTryTimeout") else []
    on = [f"on {retries['retryOn']}"] if retries.get("retryOn") else []
    return " ".join([_times(attempts), *(on if attempts else ()), *(each if attempts else ())])


def _times(attempts: Any) -> str:
    return f"up to {attempts} {'time' if attempts == 1 else 'times'}" if attempts else "0 times"


def _fault(spec: Spec) -> str:
    fault = as_map(spec.get("fault"))
    abort, delay = as_map(fault.get("abort")), as_map(fault.get("delay"))
    status = abort.get("httpStatus") or abort.get("grpcStatus") or "an error"
    aborted = [f"{_share(abort)} aborted with {status}"] if abort else []
    late = delay.get("fixedDelay") or delay.get("exponentialDelay") or "a while"
    told = listed([*aborted, *([f"{_share(delay)} delayed by {late}"] if delay else [])])
    return f"{told} (fault injection)" if told else ""


def _share(fault: Spec) -> str:
    value: Any = as_map(fault.get("percentage")).get("value", fault.get("percent", 100))
    return f"{value:g} %" if isinstance(value, int | float) else f"{value} %"


def _copies(spec: Spec) -> str:
    copies: list[str] = []
    if mirror := as_map(spec.get("mirror")):
        percentage = as_map(spec.get("mirrorPercentage")) or {"value": spec.get("mirrorPercent", 100)}
        copies.append(f"{_share({'percentage': percentage})} mirrored to {_destination(mirror)}")
    mirrors = as_maps(spec.get("mirrors"))
    return listed(
        copies + [f"{_share(each)} mirrored to {_destination(as_map(each.get('destination')))}" for each in mirrors]
    )


def _destination(value: Spec) -> str:
    key = service_key(str(value.get("host", "")), "")
    service = key[1] if key else str(value.get("host", ""))
    return f"{service} {value['subset']}" if value.get("subset") else service


def _rewrite(spec: Spec) -> str:
    rewrite = as_map(spec.get("rewrite"))
    regex = as_map(rewrite.get("uriRegexRewrite"))
    path = rewrite.get("uri") or regex.get("rewrite")
    host = [f"host {rewrite['authority']}"] if rewrite.get("authority") else []
    return listed([*([f"path {path}"] if path else []), *host])


def _headers(spec: Spec) -> str:
    told: list[str] = []
    holders = [each for each in (spec, *as_maps(spec.get("route"))) if each.get("headers")]
    for direction in ("request", "response"):
        for verb in ("set", "add", "remove") if holders else ():
            names: set[str] = set()
            for holder in holders:
                value = as_map(as_map(holder.get("headers")).get(direction)).get(verb)
                found = cast("list[Any]", value) if isinstance(value, list) else list(as_map(value))
                names |= {str(name) for name in found}
            if names:
                told.append(f"{verb} {', '.join(sorted(names))} on the {direction}")
    return listed(told)


def _cors(spec: Spec) -> str:
    policy = as_map(spec.get("corsPolicy"))
    if not policy:
        return ""
    origins = [str(value) for each in as_maps(policy.get("allowOrigins")) for value in each.values()]
    origins += [str(each) for each in as_list(policy.get("allowOrigin"))]
    methods = as_list(policy.get("allowMethods"))
    verbs = f" with {', '.join(map(str, methods))}" if methods else ""
    everybody = any(each in ("*", ".*", "") for each in origins)
    return f"{_EVERYBODY if everybody else listed(origins) or 'no origin'}{verbs}"


_TOLD: dict[Teller, tuple[str, str]] = {
    _rewrite: (" are rewritten to", " are no longer rewritten to"),
    _timeout: (" time out after", " no longer time out after"),
    _retries: (" are retried", " are no longer retried"),
    _fault: (":", ": no longer"),
    _copies: (":", ": no longer"),
    _headers: (" have headers changed:", " no longer have headers changed:"),
    _cors: (": CORS allows", ": CORS no longer allows"),
}
