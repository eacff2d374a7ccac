"""What is done to requests on their way, other than before? Timeouts, retries, faults, copies, rewrites, headers, CORS.

Without `retries` Istio tries again twice where a connection could not be made (Istio: concepts/traffic-management,
Retries); without `timeout` it waits for ever; without a percentage a copy is of all requests, a fault of none
(reference/config/networking/virtual-service).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from fairlead.effects.effect import Hurt
from fairlead.effects.requests.said import REQUESTS, Said
from fairlead.effects.words import Wording, listed
from fairlead_mesh.model.graph import service_key
from fairlead_mesh.model.route_settings import Mirror, Settings

_FAULTY = "fault injection is for tests: make sure that nobody depends on these requests"
_EVERY_ORIGIN = "scripts of any website can send such requests from a visitor's browser"
_EVERYBODY = "every origin"
_DEFAULT_RETRIES = "up to 2 times (Istio's default)"
Teller = Callable[[Settings], str]


def other_handling(was: Settings, now: Settings, words: Wording) -> Iterator[Said]:
    """How two routes treat their requests differently."""
    for tell, verbs in _TOLD.items():
        before, after = tell(was), tell(now)
        if before != after:
            yield Said(words.turns(REQUESTS, verbs, before, after), *_hurt(tell, before, after), ends=tell in _ENDING)


def other_patience(was: Settings, now: Settings, words: Wording) -> Iterator[Said]:
    """How two routes wait and retry differently."""
    told = ((tell, tell(was), tell(now)) for tell in (_timeout, _retries))
    return (Said(words.turns(REQUESTS, _TOLD[tell], old, new)) for tell, old, new in told if old != new)


def _hurt(tell: Teller, before: str, after: str) -> tuple[Hurt | None, str]:
    if tell is _fault and after:
        return Hurt.INTERRUPTS, _FAULTY
    if tell is _cors and _EVERYBODY in after and _EVERYBODY not in before:
        return Hurt.EXPOSES, _EVERY_ORIGIN
    return None, ""


def _timeout(said: Settings) -> str:
    return said.timeout


def _retries(said: Settings) -> str:
    if said.attempts is None:
        return _DEFAULT_RETRIES
    each = [f"with {said.per_try} per try"] if said.per_try else []
    on = [f"on {said.retry_on}"] if said.retry_on else []
    return " ".join([_times(said.attempts), *([*on, *each, *said.retry_ways] if said.attempts else [])])


def _times(attempts: int) -> str:
    return f"up to {attempts} {'time' if attempts == 1 else 'times'}" if attempts else "0 times"


def _fault(said: Settings) -> str:
    told = [f"{each.percent:g} % aborted with {each.what}" for each in [said.abort] if each and each.percent]
    told += [f"{each.percent:g} % delayed by {each.what}" for each in [said.delay] if each and each.percent]
    return f"{listed(told)} (fault injection)" if told else ""


def _copies(said: Settings) -> str:
    return listed(f"{each.percent:g} % mirrored to {_destination(each)}" for each in said.mirrors if each.percent)


def _destination(mirror: Mirror) -> str:
    key = service_key(mirror.host, "")
    return f"{key[1] if key else mirror.host} {mirror.subset}".rstrip()


def _rewrite(said: Settings) -> str:
    return listed(f"{what} {to}" for what, to in (("path", said.path), ("host", said.authority)) if to)


def _headers(said: Settings) -> str:
    return listed(f"{verb} {', '.join(names)} on the {direction}" for direction, verb, names in said.headers)


def _cors(said: Settings) -> str:
    if not said.cors:
        return ""
    origins, methods = said.cors.origins, said.cors.methods
    verbs = f" with {', '.join(methods)}" if methods else ""
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
_ENDING = (_timeout, _retries, _fault, _cors)
"""What decides whether and how requests are answered."""
