"""What came back of the requests of one class? Sent in batches, by the one who can, with the proxies' counts around."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from fairlead.verify.proxies import sent_between
from fairlead.verify.sendable import POOLED, SAFE, says
from fairlead.verify.sending import WITHIN, Address, Answer, CannotSendError, Sender, Sent
from fairlead_mesh.model.requests.request import INTERNET, Request
from fairlead_mesh.model.traffic.explanation import explanation
from fairlead_mesh.model.traffic.mesh import Mesh, workload_name
from fairlead_mesh.model.traffic.outcome import NO_NAME, OUTSIDE

NOBODYS = "198.51.100.1"
"""An address that is nobody's (RFC 5737)."""

if TYPE_CHECKING:
    from fairlead.verify.asking import Asking


@dataclass(frozen=True)
class Batch:
    """Answers, and how many requests each workload got from the proxies on the way; None where nobody counted."""

    answers: tuple[Answer, ...]
    counted: Mapping[str, int] | None


@dataclass
class Trial:
    """The requests of one class. `headers` are sent beside those of the class; `settling` is how many seconds after the
    last answer the proxies are asked what they counted."""

    asking: Asking
    request: Request
    within: float = WITHIN
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    settling: float = 0.0
    sent: int = 0
    seconds: float = 0.0
    _sender: Sender | None = None
    _nowhere: Address | None = None
    """Where requests go whose name does not resolve in the pod that sends."""

    @property
    def sender(self) -> Sender:
        """Raises CannotSendError."""
        if self.request.method not in SAFE:
            raise CannotSendError(f"{self.request.method} may change something, and is never sent")
        if self._sender is None:
            self._sender = self.asking.access.sender(self.request)
        return self._sender

    @property
    def proxy(self) -> str:
        """The workload of the first proxy on the way; empty where there is none."""
        return self.proxies_on_the_way[0] if self.proxies_on_the_way else ""

    @cached_property
    def proxies_on_the_way(self) -> list[str]:
        """The workloads of the proxies that send the request on, the first one first: the client's own, gateways."""
        mesh = self.asking.subject.mesh
        entered = gateway_workload(mesh, self.request.gateway) or self.sender.proxy
        passed = {name for each in self.asking.subject.expected(self.request).outcomes for name in each.through}
        return [*([entered] if entered else []), *sorted(passed - {entered})]

    @property
    def is_relayed(self) -> bool:
        """Whether a gateway stands behind another proxy, which marks what the gateway says as an app's answer."""
        return len(self.proxies_on_the_way) > 1

    def batch(self, number: int, *, counted: bool = False) -> Batch:
        """So many requests more. Raises CannotSendError."""
        proxies = self.asking.access.proxies if counted and self.proxy else None
        before = [(name, list(proxies.counts(name))) for name in self.proxies_on_the_way] if proxies else []
        answers = self._answers(number)
        self.sent += number
        self.seconds = max([self.seconds, *(each.seconds for each in answers)])
        if proxies is None:
            return Batch(answers, None)
        time.sleep(self.settling)
        got: Counter[str] = Counter()
        for name, then in before:
            for (_, workload), times in sent_between(then, proxies.counts(name)).items():
                got[workload] += times
        # Whom a proxy on the way sent it on to next is none who answered.
        return Batch(answers, {name: times for name, times in got.items() if name not in self.proxies_on_the_way})

    def _answers(self, number: int) -> tuple[Answer, ...]:
        found = self._once(number)
        if self._nowhere is None and self._is_routed_by_host and all(each.error == NO_NAME for each in found):
            self._nowhere = Address(NOBODYS, self.request.port, "an address of nobody")
            found = self._once(number)
        return found

    @property
    def _is_routed_by_host(self) -> bool:
        """Whether the client's own proxy sends it where its Host header says, wherever the name leads to."""
        expected = self.asking.subject.expected(self.request)
        decides = (expected.answered or expected.statuses) and OUTSIDE not in expected.answered
        return bool(decides and self.request.scheme == "http" and self.sender.proxy)

    def _once(self, number: int) -> tuple[Answer, ...]:
        rate, sender = self.asking.manners.rate, self.sender
        if not self.is_limited:
            return tuple(sender.send([self._one()] * number, rate))
        # One at a time: several at once would be more than a connection pool takes.
        return tuple(answer for _ in range(number) for answer in sender.send([self._one()], rate))

    @cached_property
    def is_limited(self) -> bool:
        """Whether a limit of connections applies to the destination."""
        return says(explanation(self.asking.subject.mesh, self.request), POOLED)

    def _one(self) -> Sent:
        request = self.request
        to = self._nowhere
        if request.caller == INTERNET:
            to = self.asking.access.address(request.gateway, request.port)
        token = self.asking.subject.token(request)
        given = {"authorization": f"Bearer {token}"} if token else {}
        return Sent(request, to, self.within, {**given, **self.headers})


def gateway_workload(mesh: Mesh, gateway: str) -> str:
    """The workload behind a gateway's Service (`namespace/name`); empty where there is none."""
    namespace, _, name = gateway.partition("/")
    service = mesh.graph.services.get((namespace, name))
    pods = mesh.graph.pods_of(service) if service else []
    return workload_name(pods[0]) if pods else ""


def siblings(mesh: Mesh, workloads: Collection[str]) -> frozenset[str]:
    """The workloads, and those that a Service of theirs selects too: whose answers may be taken for one another."""
    found = set(workloads)
    for name in workloads:
        pods = mesh.workload(name)
        for service in mesh.graph.services_of.get(pods, ()) if pods else ():
            found |= {workload_name(each) for each in mesh.graph.pods_of(service)}
    return frozenset(found)
