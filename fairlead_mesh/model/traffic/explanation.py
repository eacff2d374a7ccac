"""What happens to this request? Its whole way through the mesh, and the ends that it can come to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from fairlead_mesh.model.pods.sidecars import has_sidecar
from fairlead_mesh.model.requests.request import INTERNET, OUTSIDE, UNKNOWN, Request
from fairlead_mesh.model.traffic.balancer_traffic import from_internet
from fairlead_mesh.model.traffic.mesh import Mesh, workload_name
from fairlead_mesh.model.traffic.outcome import Outcome, Step, after, received
from fairlead_mesh.model.traffic.patches import OUTBOUND, Through, patched
from fairlead_mesh.model.traffic.refusals import as_grpc
from fairlead_mesh.model.traffic.sidecar_traffic import direct, sent_by_pod, unresolved
from fairlead_mesh.model.traffic.undecided import UndecidedError

_WITHOUT_BODY = (204, 304)


class UnknownCallerError(Exception):
    """The request's caller is none of the mesh; the message says which are."""


@dataclass(frozen=True)
class Explanation:
    """All ends of a request, the likeliest first; their shares add up to 1. `open` says why nothing can be said."""

    outcomes: tuple[Outcome, ...]
    open: str = ""
    steps: tuple[Step, ...] = ()

    @property
    def statuses(self) -> dict[int, float]:
        return _added((each.status, each.share) for each in self.outcomes if each.status is not None)

    @property
    def errors(self) -> float:
        return sum(each.share for each in self.outcomes if each.status is None)

    @property
    def answered(self) -> dict[str, float]:
        return _added((each.answered, each.share) for each in self.outcomes if each.answered)

    @property
    def received(self) -> dict[str, float]:
        return received(self.outcomes)

    def constant(self, part: str) -> Any:
        """What all ends have in common of `seen` or `answer`, or the `body` or `seconds` that all of them have."""
        values = [getattr(each, part) for each in self.outcomes]
        if part in ("body", "seconds"):
            return values[0] if values and all(each == values[0] for each in values) else None
        maps: Sequence[Mapping[str, Any]] = [each for each in values if each]
        if not maps:
            return {}
        first = maps[0].items()
        return {key: value for key, value in first if value != UNKNOWN and all(each.get(key) == value for each in maps)}


def explanation(mesh: Mesh, request: Request) -> Explanation:
    """What happens to a request. Raises UnknownCallerError."""
    try:
        outcomes = [as_grpc(request, each) for each in _outcomes(mesh, request) if each.share]
        silent = [request.method == "HEAD" or each.status in _WITHOUT_BODY for each in outcomes]
        outcomes = [replace(each, body=None) if no else each for each, no in zip(outcomes, silent, strict=True)]
    except UndecidedError as error:
        return Explanation((), str(error))
    except (AttributeError, LookupError, TypeError, ValueError) as error:  # objects of files can have any shape
        return Explanation((), f"an object on the way is not as Istio reads it ({type(error).__name__})")
    if undecided := next((each for each in outcomes if each.open), None):
        return Explanation((), undecided.open, undecided.steps)
    return Explanation(tuple(sorted(outcomes, key=lambda each: -each.share)))


def in_order(mesh: Mesh, requests: Iterable[Request]) -> Iterator[Explanation]:
    """What happens to requests that are sent one after another: what an earlier one has made fail may be ejected by
    outlier detection, and then nobody knows. Raises UnknownCallerError."""
    failed: set[str] = set()
    for request in requests:
        found = explanation(mesh, request)
        hit = next((each for each in found.outcomes if failed & set(each.watched)), None)
        if hit:
            found = Explanation((), "earlier requests failed there: outlierDetection may have ejected pods", hit.steps)
        failed |= {name for each in found.outcomes if each.fails for name in each.watched}
        yield found


def _outcomes(mesh: Mesh, request: Request) -> list[Outcome]:
    if request.caller == INTERNET:
        return from_internet(mesh, request)
    if request.caller == OUTSIDE:
        return _without_sidecar(mesh, "default", _without_alias(mesh, "default", request))
    workload = mesh.workload(request.caller)
    if workload is None:
        raise UnknownCallerError(_nearest(mesh, request.caller))
    request = _without_alias(mesh, workload.namespace, request)
    if has_sidecar(mesh.graph, workload):
        way = Through(mesh, workload, OUTBOUND, request.port, request.scheme == "http")
        return patched(way, sent_by_pod(mesh, workload, request))
    return _without_sidecar(mesh, workload.namespace, request)


def _without_sidecar(mesh: Mesh, namespace: str, request: Request) -> list[Outcome]:
    target = mesh.service(request.to, namespace) if request.resolved else None
    nowhere = unresolved(mesh, namespace, request.to) if request.resolved and target is None else None
    step = Step(f"{request.caller} has no sidecar: plain text, without an identity")
    return [nowhere] if nowhere else after(direct(mesh, target, request), step)


def _without_alias(mesh: Mesh, namespace: str, request: Request) -> Request:
    """As DNS resolves a Service of type ExternalName: the connection goes to what it stands for."""
    target = mesh.service(request.to, namespace) if request.resolved else None
    return request.changed(to=target.alias_of) if target and target.alias_of else request


def _nearest(mesh: Mesh, caller: str) -> str:
    names = sorted({workload_name(pod) for pod in mesh.graph.pods.all})
    near = get_close_matches(caller, names, n=3, cutoff=0.4) or names[:3]
    return f"no pods are named {caller}; did you mean {' or '.join(near)}?" if near else f"no pods are named {caller}"


def _added(pairs: Any) -> dict[Any, float]:
    found: dict[Any, float] = {}
    for key, share in pairs:
        found[key] = found.get(key, 0.0) + share
    return found
