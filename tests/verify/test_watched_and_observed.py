"""Is a split followed until it is true, and read from metrics where nothing may be sent?"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from fairlead.explain.asked_mesh import mesh_of_objects
from fairlead.verify.asking import Asking, Manners
from fairlead.verify.live.observed_split import Observing, observable, observed, observed_all
from fairlead.verify.live.watched_split import Follower, Watch
from fairlead.verify.outside.outside_sender import OutsideSender
from fairlead.verify.promise import Evidence, Promise, Standing
from fairlead.verify.sending import Address, Sender
from fairlead.verify.subject import Subject
from fairlead.verify.verify import promised
from fairlead_mesh.config import Config
from fairlead_mesh.model.requests.request import Request
from tests.fixtures.live.envoy_proxy import Envoy, endpoints, envoy, replaced
from tests.fixtures.loopback.apps import App
from tests.fixtures.loopback.shop import subject as shop_subject

SPLIT = "70 % 200 from shop/web-v1; 30 % 200 from shop/web-v2"


class Access:
    """One Envoy on loopback, which no admin interface speaks for: the apps say who they are."""

    proxies = None

    def __init__(self, port: int) -> None:
        self._port = port

    def address(self, gateway: str, port: int) -> Address:  # noqa: ARG002 - as Access has it
        return Address("127.0.0.1", self._port)

    def sender(self, request: Request) -> Sender:  # noqa: ARG002 - as Access has it
        return OutsideSender()

    def causes(self, promise: Promise, evidence: Evidence) -> Sequence[str]:  # noqa: ARG002 - as Access has it
        return ()

    def close(self) -> None: ...


def hosts(one: int, two: int) -> list[dict[str, Any]]:
    weights = [{"name": "v1", "weight": one}, {"name": "v2", "weight": two}]
    route = {"match": {"prefix": "/"}, "route": {"weighted_clusters": {"clusters": weights}}}
    return [{"name": "shop", "domains": ["shop.example.com"], "routes": [route]}]


def the_split(subject: Subject) -> Promise:
    return next(each for each in observable(promised(subject)) if each.sentence.startswith("GET http://"))


@contextmanager
def gateway(folder: Path, one: int, two: int) -> Iterator[Envoy]:
    apps = [App("shop/web-v1"), App("shop/web-v2")]
    known = {f"v{number}": endpoints(f"v{number}", app.port) for number, app in enumerate(apps, 1)}
    with envoy(folder, hosts(one, two), known) as proxy:
        yield proxy
    for app in apps:
        app.close()


@pytest.mark.process
def test_a_watch_says_since_which_second_a_split_is_true(tmp_path: Path) -> None:
    with gateway(tmp_path, 100, 0) as proxy:
        asking = Asking(shop_subject(), Access(proxy.port), Manners(rate=250))
        said: list[str] = []
        threading.Timer(2.0, replaced, (tmp_path, hosts(70, 30))).start()
        promise = the_split(asking.subject)
        began = time.monotonic()
        (found,) = Watch(asking, 40.0, said.append).verdicts([promise])
        assert found.standing is Standing.HOLDS
        assert found.evidence
        since = int(found.evidence.seen.split("true since second ")[1].split(",")[0])
        assert 1 <= since <= 4
        assert 2 < time.monotonic() - began < 30
        assert said == [f"  {promise.sentence}: {found.evidence.seen.partition(':')[0]}"]


@pytest.mark.process
def test_a_split_that_never_becomes_true_is_said_when_the_time_is_over(tmp_path: Path) -> None:
    with gateway(tmp_path, 100, 0) as proxy:
        asking = Asking(shop_subject(), Access(proxy.port), Manners(rate=400))
        (found,) = Watch(asking, 1.0, print).verdicts([the_split(asking.subject)])
        assert found.standing is Standing.BROKEN
        assert found.evidence
        assert found.evidence.seen == "not within 1 s; last seen: 100 % an answer of shop/web-v1"


@pytest.mark.mesh
def test_a_start_moves_to_where_requests_no_longer_contradict() -> None:
    follower = Follower({"a": 0.7, "b": 0.3}, 0.001)
    for second in range(5):
        assert follower.see({"a": 0, "b": 25}, second, second + 1) is None
    found = [follower.see({"a": 35, "b": 15}, second, second + 1) for second in range(5, 20)]
    assert found[0] is None
    assert {each for each in found if each is not None} == {5}


MESH: list[dict[str, Any]] = [
    {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop", "labels": {"istio-injection": "enabled"}}},
    {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"selector": {"app": "web"}, "ports": [{"name": "http", "port": 80, "targetPort": 8080}]},
    },
    {
        "apiVersion": "networking.istio.io/v1",
        "kind": "DestinationRule",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"host": "web", "subsets": [{"name": each, "labels": {"version": each}} for each in ("v1", "v2")]},
    },
    {
        "apiVersion": "networking.istio.io/v1",
        "kind": "VirtualService",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {
            "hosts": ["web"],
            "http": [
                {
                    "route": [
                        {"destination": {"host": "web", "subset": "v1"}, "weight": 70},
                        {"destination": {"host": "web", "subset": "v2"}, "weight": 30},
                    ]
                }
            ],
        },
    },
    *(
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": name, "namespace": "shop"},
            "spec": {"template": {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "x"}]}}},
        }
        for name, labels in (
            ("web-v1", {"app": "web", "version": "v1"}),
            ("web-v2", {"app": "web", "version": "v2"}),
            ("client", {"app": "client"}),
        )
    ),
]


class Metrics:
    """Prometheus, which counted so many requests of the client to each workload."""

    def __init__(self, **counts: int) -> None:
        self.counts, self.asked = counts, list[str]()

    def fetch(self, _service: str, _port: int, path: str) -> bytes:
        self.asked.append(path)
        now = time.time()
        result = [
            {
                "metric": {
                    "destination_workload": name.replace("_", "-"),
                    "destination_workload_namespace": "shop",
                    "response_code": "200",
                },
                "values": [[now - 299, "100"], [now, str(100 + number)]],
            }
            for name, number in self.counts.items()
        ]
        return json.dumps({"status": "success", "data": {"result": result}}).encode()


def observing(folder: Path, *more: dict[str, Any], prometheus: bool = True) -> tuple[Asking, Promise]:
    (folder / "mesh.yaml").write_text(yaml.safe_dump_all([*MESH, *more]))
    config = Config.model_validate(
        {"cluster": {"kubeconfig": {"context": "kind-dev"}}, "addons": {"prometheus": {}} if prometheus else {}}
    )
    subject = Subject("dev", mesh_of_objects([str(folder / "mesh.yaml")], None), config)
    asking = Asking(subject, Access(0))
    chosen = observable(promised(subject))
    return asking, chosen[0]


@pytest.mark.mesh
def test_the_split_of_real_traffic_is_judged_by_exact_counts(tmp_path: Path) -> None:
    asking, promise = observing(tmp_path)
    metrics = Metrics(web_v1=7010, web_v2=2990, other=500)
    right = observed(promise, asking, metrics, Observing(300))
    assert right.standing is Standing.HOLDS
    assert right.evidence
    assert right.evidence.seen == "7010 x an answer of shop/web-v1 (70.1 %); 2990 x an answer of shop/web-v2 (29.9 %)"
    assert right.evidence.requests == 10_000
    assert "reporter%3D%22source%22" in metrics.asked[0]
    wrong = observed(promise, asking, Metrics(web_v1=6000, web_v2=4000), Observing(300))
    assert wrong.standing is Standing.BROKEN
    few = observed(promise, asking, Metrics(web_v1=4, web_v2=1), Observing(300))
    assert (few.standing, few.why) == (Standing.UNASKED, "5 requests do not decide it: read a longer time")


@pytest.mark.mesh
def test_what_metrics_cannot_tell_is_said(tmp_path: Path) -> None:
    asking, promise = observing(tmp_path)
    none = observed(promise, asking, Metrics(), Observing(300))
    assert none.why == "Prometheus counted no request from clients in the mesh in the last 300 s"
    asking, promise = observing(tmp_path, prometheus=False)
    (unnamed,) = list(observed_all([promise], asking, Metrics(), Observing(300)))
    assert unnamed.why == "the stack file names no Prometheus"
    all_to_v2 = {
        "match": [{"headers": {"x-canary": {"exact": "1"}}}],
        "route": [{"destination": {"host": "web", "subset": "v2"}}],
    }
    MESH[3]["spec"]["http"].insert(0, all_to_v2)
    try:
        asking, promise = observing(tmp_path)
    finally:
        del MESH[3]["spec"]["http"][0]
    mixed = observed(promise, asking, Metrics(web_v1=70, web_v2=30), Observing(300))
    assert mixed.why.startswith("other requests from clients in the mesh reach the same workloads with other shares")
    MESH[3]["spec"]["http"][0]["mirror"] = {"host": "web", "subset": "v2"}
    try:
        asking, promise = observing(tmp_path)
    finally:
        del MESH[3]["spec"]["http"][0]["mirror"]
    mirrored = observed(promise, asking, Metrics(web_v1=70, web_v2=130), Observing(300))
    assert mirrored.why == "requests are mirrored, and metrics do not tell a mirrored one from another"
