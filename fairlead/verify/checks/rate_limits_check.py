"""Do requests over a rate limit get 429, and no more pass than it allows?"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

from fairlead.verify.asking import Asking
from fairlead.verify.naming import asked, promise_id
from fairlead.verify.promise import Evidence, Promise, Verdict, broken, holds, unasked
from fairlead.verify.sendable import untested
from fairlead.verify.subject import Subject
from fairlead.verify.trial import Trial, gateway_workload
from fairlead_mesh.apps.app import App
from fairlead_mesh.gateways import Gateway
from fairlead_mesh.limits.rate_limit import RateLimit
from fairlead_mesh.model.requests.request import INTERNET, Request
from fairlead_mesh.model.traffic.explanation import Explanation
from fairlead_mesh.model.traffic.mesh import workload_name

ORDER = 80
"""After all that sends, as it uses up what may be sent."""
NAME = "rate_limits"
_OVER = 429
_MORE = 10
_FASTEST = 20
"""Requests in a second that a limit may allow: to get over it takes several times as many."""
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_VALUE = "fairlead-verify"


def promises(subject: Subject) -> Iterator[Promise]:
    """One for each limit of an app or a gateway."""
    config = subject.config
    for owner in (*config.apps, *config.gateways) if config else ():
        for limit in owner.rate_limits:
            yield _promised(subject, owner, limit)


def _promised(subject: Subject, owner: App | Gateway, limit: RateLimit) -> Promise:
    where = f" to {', '.join(limit.paths)}" if limit.paths else ""
    text = f"{owner.name}: {limit.requests} requests{where} in a {limit.unit} ({limit.scope}), and 429 over it"
    found = _request(subject, owner, limit)
    pods = 1 if limit.is_global else _pods(subject, owner, found)
    number = 2 * limit.requests * pods + _MORE
    why_not = _untested(subject, limit, pods) or ("" if found else "no request that can be sent here comes under it")
    text = f"{text}; {asked(found)}" if found else text
    return Promise(
        promise_id(NAME, text), NAME, owner.name, text,
        "" if why_not else f"{number} requests as fast as --rate allows", why_not, found, None,
        0 if why_not else number, details={"limit": limit, "pods": pods},
    )  # fmt: skip


def _untested(subject: Subject, limit: RateLimit, pods: int) -> str:
    if subject.is_protected:
        return "the stack is protected, and a limit is only seen under load"
    if limit.client:
        return f"it is for requests of {limit.client}, which are told by its labels and its proxy"
    if limit.requests * pods / _SECONDS[limit.unit] > _FASTEST:
        return f"more than {_FASTEST} requests in a second are no test any more, and it allows more"
    is_sent = not limit.methods or "GET" in limit.methods
    return "" if is_sent else f"it is for {', '.join(limit.methods)}, which may change something"


def _request(subject: Subject, owner: App | Gateway, limit: RateLimit) -> Request | None:
    """One of a class that an app answers, with a path and headers that the limit is for."""
    for request, expected in subject.expectations:
        if request.caller != INTERNET or request.method != "GET" or not expected.answered:
            continue
        changed = request.changed(path=_path(request, limit), headers={**request.headers, **_headers(subject, limit)})
        same = subject.expected(changed).answered.keys() == expected.answered.keys()
        if same and _is_of(subject, owner, request, expected) and not untested(subject, request, expected):
            return changed
    return None


def _path(request: Request, limit: RateLimit) -> str:
    return limit.paths[0].replace("*", "x") if limit.paths else request.path


def _headers(subject: Subject, limit: RateLimit) -> dict[str, str]:
    found = {name.lower(): values[0].replace("*", "x") for name, values in limit.headers.items()}
    if limit.by is not None and limit.by.header:
        found[limit.by.header.lower()] = _VALUE
    elif limit.by is not None and limit.by.part == "user" and subject.config:
        found[subject.config.clients.user_header.lower()] = _VALUE
    return found


def _is_of(subject: Subject, owner: App | Gateway, request: Request, expected: Explanation) -> bool:
    """Whether the limit's owner gets such requests."""
    if isinstance(owner, Gateway):
        return request.gateway == f"{owner.home}/{owner.name}"
    service = subject.mesh.graph.services.get((owner.namespace, owner.name))
    pods = subject.mesh.graph.pods_of(service) if service else []
    return {workload_name(each) for each in pods} >= expected.answered.keys()


def _pods(subject: Subject, owner: App | Gateway, request: Request | None) -> int:
    """Each of them counts by itself."""
    if request is None:
        return 1
    own = [gateway_workload(subject.mesh, request.gateway)] if isinstance(owner, Gateway) else []
    found = (subject.mesh.workload(name) for name in own or subject.expected(request).answered)
    counts = (each.item.get("spec", "replicas") for each in found if each)
    return max(1, sum(each if isinstance(each, int) else 1 for each in counts))


def verdict(promise: Promise, asking: Asking) -> Verdict:
    """Sent at once; what passes may not be more than the limit for each time that its unit began."""
    limit: RateLimit = promise.details["limit"]
    pods, number, rate = int(promise.details["pods"]), promise.requests, asking.manners.rate
    spans = math.ceil(number / rate / _SECONDS[limit.unit]) + 1
    allowed = limit.requests * pods * spans
    if promise.request is None or number > asking.manners.most:
        return unasked(promise, f"{number} requests are more than are allowed (--most)")
    if allowed >= number:
        return unasked(promise, f"{rate:g} requests in a second (--rate) do not get over the limit")
    trial = Trial(asking, promise.request)
    got = Counter(each.status for each in trial.batch(number).answers)
    passed = number - got[_OVER]
    said = f"{got[_OVER]} of {number} got {_OVER}, {passed} passed, of which at most {allowed} may"
    evidence = Evidence(said, trial.sender.place, trial.sent, trial.seconds)
    return holds(promise, evidence) if got[_OVER] and passed <= allowed else broken(promise, evidence)
