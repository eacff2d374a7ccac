"""Whose answers are they where only proxies tell, by their counts? Behind sidecars, gateways, beside others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from fairlead.verify.asking import Asking
from fairlead.verify.ends import ends_of
from fairlead.verify.envoy.envoy_hosts import hosts
from fairlead.verify.live.live_pods import LivePods
from fairlead.verify.observation import Observer
from fairlead.verify.proxies import HostCount
from fairlead.verify.sending import OPEN, Address, Answer, Sent
from fairlead.verify.trial import Trial
from fairlead_mesh.model.requests.request import Request, request
from fairlead_mesh.model.traffic.outcome import NO_NAME
from tests.fixtures.loopback.shop import subject

pytestmark = pytest.mark.mesh

GATEWAY, CLIENT = "istio-ingress/istio-ingress", "shop/web-v1"
MARK = (("x-envoy-upstream-service-time", "3"),)
APP, BY_GATEWAY = Answer(404, headers=MARK, body=b"Not Found"), Answer(404, headers=MARK)


@dataclass
class World:
    """A sender with a sidecar. Each request is answered by `answers` in turn, and counted at each proxy by `counts`."""

    answers: Sequence[Answer]
    counts: Mapping[str, Sequence[str]]
    beside: Mapping[str, int] = field(default_factory=dict[str, int])
    """What the first proxy sends meanwhile besides, for each request."""
    place: str = "pod shop/probe"
    proxy: str = "shop/probe"
    _sent: int = 0

    def send(self, requests: Sequence[Sent], per_second: float) -> Iterator[Answer]:  # noqa: ARG002 - as Sender has it
        for _ in requests:
            self._sent += 1
            yield self.answers[(self._sent - 1) % len(self.answers)]

    def sender(self, request: Request) -> World:  # noqa: ARG002 - as Access has it
        return self

    def address(self, gateway: str, port: int) -> Address:
        return Address(gateway, port)

    @property
    def proxies(self) -> Counts:
        return Counts(self)

    def at(self, proxy: str) -> Mapping[str, int]:
        """Who got how many requests from a proxy until now."""
        listed = self.counts.get(proxy, ())
        got = Counter(listed[number % len(listed)] for number in range(self._sent)) if listed else Counter[str]()
        beside = self.beside if proxy == next(iter(self.counts)) else {}
        return got + Counter({name: times * self._sent for name, times in beside.items()})


@dataclass
class Counts:
    """The proxies' admin interfaces."""

    world: World

    def counts(self, client: str) -> list[HostCount]:
        got = self.world.at(client).items()
        return [HostCount("c", name, name if "/" in name else "", times, times, 0) for name, times in got]


def seen(world: World, asked: Request, number: int = 10) -> dict[str, int]:
    """How so many requests ended; what is not clear is an error."""
    asking = Asking(subject(), world)  # pyright: ignore[reportArgumentType]
    found = Observer(Trial(asking, asked), ends_of(asking.subject.expected(asked))).seen(number, shares=True)
    assert not found.unclear
    return dict(found.ends)


def through_gateway(path: str) -> Request:
    host = "istio-ingress.istio-ingress.svc.cluster.local:80"
    return request("GET", f"http://shop.example.com{path}", caller=CLIENT, connect=host).changed(resolved=True)


SPLIT = ["shop/web-v1", "shop/web-v1", "shop/web-v2", "shop/web-v1", "shop/web-v2"]
V1, V2 = "app shop/web-v1", "app shop/web-v2"


def test_behind_a_gateway_that_a_sidecar_sends_to_the_gateway_counts() -> None:
    world = World([APP], {"shop/probe": [GATEWAY], GATEWAY: SPLIT})
    assert seen(world, through_gateway("/split")) == {V1: 6, V2: 4}


def test_what_a_gateway_sends_to_nobody_is_its_own_answer_whatever_the_sidecar_before_it_marks() -> None:
    world = World([BY_GATEWAY], {"shop/probe": [GATEWAY]})
    assert seen(world, through_gateway("/nothing")) == {"status 404": 10}


def test_what_a_proxy_sends_besides_to_others_such_as_spans_of_traces_disturbs_no_count() -> None:
    world = World([APP], {GATEWAY: SPLIT}, beside={"istio-system/jaeger": 1})
    assert seen(world, request("GET", "http://shop.example.com/split", gateway=GATEWAY)) == {V1: 6, V2: 4}


def test_workloads_that_load_balancing_picks_among_are_counted_together() -> None:
    world = World([APP], {"shop/probe": SPLIT})
    assert seen(world, request("GET", "http://web.shop/", caller=CLIENT)) == {"app shop/web-v1 or shop/web-v2": 10}


def test_an_address_without_a_pod_is_the_host_outside_of_the_mesh() -> None:
    world = World([APP], {"shop/probe": ["203.0.113.7:80"]})
    assert seen(world, request("GET", "http://books.example.com/", caller=CLIENT)) == {"app outside": 10}


def test_a_connection_that_is_open_before_its_proxy_has_reached_anybody_is_no_answer() -> None:
    asked = request("GET", "http://web.shop/", caller=CLIENT).changed(scheme="tcp")
    assert seen(World([Answer(error=OPEN)], {"shop/probe": []}), asked) == {"no answer": 10}
    assert seen(World([Answer(error=OPEN)], {"shop/probe": SPLIT}), asked) == {V1: 6, V2: 4}


@dataclass
class Nameless(World):
    """Where the name does not resolve."""

    def send(self, requests: Sequence[Sent], per_second: float) -> Iterator[Answer]:
        if any(each.connect is None for each in requests):
            return iter([Answer(error=NO_NAME)] * len(requests))
        return super().send(requests, per_second)


def test_a_name_that_does_not_resolve_keeps_no_sidecar_from_routing_by_host_and_an_outside_one_is_left_alone() -> None:
    counts = {"shop/probe": ["shop/web-v1"]}
    asked = request("GET", "http://web.shop/", caller=CLIENT)
    assert seen(Nameless([APP], counts), asked) == {"app shop/web-v1 or shop/web-v2": 10}
    outside = request("GET", "http://books.example.com/", caller=CLIENT)
    assert seen(Nameless([APP], counts), outside) == {"no answer": 10}


class Cluster:
    """Lists pods, one more each time."""

    def __init__(self) -> None:
        self.listed = 0

    def labelled(self, *_: str) -> dict[int, dict[str, Any]]:
        self.listed += 1
        status = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
        names = (f"probe-{number}" for number in range(self.listed))
        return {
            number: {"metadata": {"name": name, "namespace": "shop"}, "status": status}
            for number, name in enumerate(names)
        }


def test_a_pod_that_became_ready_after_the_list_is_found_at_its_first_need() -> None:
    found = LivePods(Cluster())  # pyright: ignore[reportArgumentType]
    assert found.of("shop/probe-0")
    assert [each.name for each in found.of("shop/probe-1")] == ["probe-1"]


def test_what_a_proxy_sends_within_its_own_pod_is_told_from_what_leaves_it() -> None:
    def status(**address: Any) -> dict[str, Any]:
        return {"address": address, "stats": [{"name": "rq_total", "value": "7"}]}

    inside = [status(socket_address={"address": "127.0.0.1", "port_value": 15020}), status(pipe={"path": "./socket"})]
    outside = status(socket_address={"address": "10.0.0.7", "port_value": 80})
    found = hosts({"cluster_statuses": [{"name": "agent", "host_statuses": [*inside, outside]}]})
    assert [each.is_in_pod for each in found] == [True, True, False]
