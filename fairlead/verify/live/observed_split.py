"""Which split did real traffic have? Read from Prometheus, so that nothing is sent."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fairlead.verify.asking import Asking
from fairlead.verify.ends import Ends, ends_of, in_words
from fairlead.verify.live.addon_http import AddonHttp, Fetching
from fairlead.verify.live.prometheus import Counted
from fairlead.verify.live.prometheus import Prometheus as Metrics
from fairlead.verify.promise import Evidence, Promise, Verdict, broken, holds, unasked
from fairlead.verify.sending import CannotSendError
from fairlead.verify.statistics.shares_test import Ruling, SharesTest
from fairlead.verify.subject import Subject
from fairlead.verify.trial import gateway_workload
from fairlead_mesh.addons.addon import Addon
from fairlead_mesh.model.requests.request import OUTSIDE, Request
from fairlead_mesh.model.traffic.explanation import Explanation

_ANSWERS = "answers"
_CLIENTS = "clients in the mesh"
_TOLERATED = 1e-6


@dataclass(frozen=True)
class Observing:
    """How long the past is that is read, in seconds."""

    seconds: float


def observable(promises: Iterable[Promise]) -> list[Promise]:
    """The promises that are splits: several apps answer, each with a share."""
    return [
        each
        for each in promises
        if each.check == _ANSWERS and each.is_random and each.expected and len(ends_of(each.expected).apps) > 1
    ]


def observed(promise: Promise, asking: Asking, access: Fetching, observing: Observing) -> Verdict:
    """The same test as of requests that are sent, of those that were counted. Raises CannotSendError."""
    if promise.request is None or promise.expected is None:
        return unasked(promise, "it has no request")
    ends = ends_of(promise.expected)
    client = _gateway(asking.subject, promise.request)
    metrics = Metrics(AddonHttp(access, _prometheus(asking.subject)))
    found = [each for each in _counted(metrics, asking.subject, client, observing) if each.workload in ends.workloads]
    counts: dict[str, int] = {}
    for each in found:
        category = ends.of_workload(each.workload)
        counts[category] = counts.get(category, 0) + each.number
    number = sum(counts.values())
    if not number:
        return unasked(
            promise, f"Prometheus counted no request from {client or _CLIENTS} in the last {observing.seconds:.0f} s"
        )
    test = SharesTest(_shares(ends), asking.alarm)
    ruling = test.see(counts)
    place = f"Prometheus, the last {observing.seconds:.0f} s"
    if why := _mixed(asking.subject, promise.request, promise.expected):
        return unasked(promise, why, Evidence(_said(counts, ends, found), place, number))
    evidence = Evidence(_said(counts, ends, found), place, number, p=test.p)
    if ruling is Ruling.OPEN:
        return unasked(promise, f"{number} requests do not decide it: read a longer time", evidence)
    return holds(promise, evidence) if ruling is Ruling.TRUE else broken(promise, evidence)


def _counted(metrics: Metrics, subject: Subject, gateway: str, observing: Observing) -> list[Counted]:
    """By the first proxy, which counts what it sends: a gateway's, or those of all other clients."""
    namespace, _, name = gateway.partition("/")
    matchers = [("reporter", "=", "source")]
    if gateway:
        matchers += [("source_workload", "=", name), ("source_workload_namespace", "=", namespace)]
    else:
        known = {each.gateway for each, _ in subject.expectations if each.gateway}
        names = {gateway_workload(subject.mesh, each).partition("/")[2] for each in known}
        matchers += [("source_workload", "!=", each) for each in sorted(names)]
    return metrics.counted(observing.seconds, time.time(), *matchers)


def _gateway(subject: Subject, request: Request) -> str:
    """The workload of the gateway that a request comes through; empty for clients in the mesh."""
    if request.caller == OUTSIDE:
        raise CannotSendError("a client without a proxy has no metrics of its own")
    found = gateway_workload(subject.mesh, request.gateway) if request.gateway else ""
    if request.gateway and not found:
        raise CannotSendError(f"no workload is known behind gateway {request.gateway}")
    return found


def _prometheus(subject: Subject) -> Addon:
    found = subject.config.addons.with_metrics if subject.config else ()
    if not found:
        raise CannotSendError("the stack file names no Prometheus")
    return found[0]


def _mixed(subject: Subject, request: Request, expected: Explanation) -> str:
    """Why the metrics of the client do not tell this split: they do not have the route."""
    workloads = ends_of(expected).workloads
    if sum(expected.received.values()) > sum(expected.answered.values()) + _TOLERATED:
        return "requests are mirrored, and metrics do not tell a mirrored one from another"
    client = _gateway(subject, request)
    for other, found in subject.expectations:
        if other.caller == OUTSIDE or _gateway(subject, other) != client:
            continue
        theirs = ends_of(found)
        if theirs.workloads & workloads and not _alike(_shares(theirs), _shares(ends_of(expected))):
            who = client or _CLIENTS
            return f"other requests from {who} reach the same workloads with other shares, and metrics mix them"
    return ""


def _shares(ends: Ends) -> dict[str, float]:
    """Those of apps alone: what proxies answer themselves is counted for nobody."""
    whole = sum(share for category, share in ends.shares.items() if category in ends.apps)
    return {category: share / whole for category, share in ends.shares.items() if category in ends.apps}


def _alike(one: dict[str, float], other: dict[str, float]) -> bool:
    return one.keys() == other.keys() and all(abs(share - other[name]) < _TOLERATED for name, share in one.items())


def _said(counts: dict[str, int], ends: Ends, found: Iterable[Counted]) -> str:
    number = sum(counts.values())
    shares = sorted(counts.items(), key=lambda each: -each[1])
    said = [f"{times} x {in_words(category, ends)} ({100 * times / number:.1f} %)" for category, times in shares]
    failed = sum(each.number for each in found if not each.code.startswith(("2", "3")))
    return "; ".join([*said, *([f"{failed} of them with an error"] if failed else [])])


def observed_all(
    promises: Iterable[Promise], asking: Asking, access: Fetching, observing: Observing
) -> Iterator[Verdict]:
    """What became of each; the chance of a false alarm is divided among them."""
    chosen = observable(promises)
    asking.alarm /= max(1, len(chosen))
    for promise in chosen:
        try:
            yield observed(promise, asking, access, observing)
        except CannotSendError as why:
            yield unasked(promise, str(why))
