"""Is it told whose an answer is: an app's or a proxy's, and which app's?"""

from __future__ import annotations

import pytest

from fairlead.verify.ends import Ends, end_of, ends_of, named_workload
from fairlead.verify.sending import TIMEOUT, Answer
from fairlead_mesh.model.requests.request import request
from fairlead_mesh.model.traffic.explanation import Explanation, explanation
from fairlead_mesh.model.traffic.outcome import Outcome
from tests.fixtures.loopback import shop

pytestmark = pytest.mark.mesh

FROM_UPSTREAM = (("server", "istio-envoy"), ("x-envoy-upstream-service-time", "3"))
BY_PROXY = (("server", "istio-envoy"),)
ONE = Ends({"app a/web": 1.0}, {"app a/web": frozenset({"a/web"})})


@pytest.mark.parametrize(
    ("answer", "end"),
    [
        (Answer(200, headers=FROM_UPSTREAM), "app a/web"),
        (Answer(404, headers=FROM_UPSTREAM), "app a/web"),
        (Answer(404, headers=BY_PROXY), "status 404"),
        (Answer(403, headers=FROM_UPSTREAM, body=b"RBAC: access denied"), "status 403"),
        (Answer(503, headers=FROM_UPSTREAM, body=b"upstream connect error or disconnect/reset"), "status 503"),
        (Answer(200, headers=BY_PROXY), "app a/web"),
        (Answer(404, headers=(("server", "gunicorn"),)), "app a/web"),
        (Answer(error="reset"), "no answer"),
        (Answer(error="refused"), "no answer"),
        (Answer(error=TIMEOUT), "timeout"),
    ],
)
def test_an_answer_is_an_apps_or_a_proxys(answer: Answer, end: str) -> None:
    assert end_of(answer, ONE) == end


def test_a_direct_response_with_200_is_the_proxys_where_one_is_promised() -> None:
    promised = Ends({"status 200": 1.0}, {})
    assert end_of(Answer(200, headers=BY_PROXY), promised) == "status 200"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Hello version: v1, instance: web-v1-7d9f8c-x2x7q", "a/web-v1"),
        ('{"pod": "web-v10-5f6"}', "a/web-v10"),
        ("served by web-v1 and web-v10", ""),
        ("nobody", ""),
        ("myweb-v1", ""),
        ("host: web-v1.a.svc", ""),
        ("host: web-v1.a.svc, pod: web-v10-5f6", "a/web-v10"),
    ],
)
def test_exactly_one_workload_has_to_be_named_and_not_by_the_request(text: str, name: str) -> None:
    found = named_workload(Answer(200, body=text.encode()), {"a/web-v1", "a/web-v10"}, ("web-v1.a.svc",))
    assert found == name


def test_the_longer_name_is_meant_where_one_begins_with_the_other() -> None:
    assert named_workload(Answer(200, body=b"web-canary-5f6-x"), {"a/web", "a/web-canary"}) == "a/web-canary"
    assert named_workload(Answer(200, headers=(("x-pod", "web-5f6-x"),)), {"a/web", "a/web-canary"}) == "a/web"


def test_pods_behind_one_destination_are_one_end_and_a_split_has_its_shares() -> None:
    mesh = shop.subject().mesh
    sticky, split = (
        ends_of(explanation(mesh, request("GET", f"http://shop.example.com/{path}").changed(gateway=shop.GATEWAY)))
        for path in ("sticky", "split")
    )
    assert sticky.shares == {"app shop/web-v1 or shop/web-v2": 1.0}
    assert split.shares == pytest.approx({"app shop/web-v1": 0.7, "app shop/web-v2": 0.3})


def test_where_load_balancing_decides_between_an_answer_and_none_shares_mean_nothing() -> None:
    outcomes = (
        Outcome(0.5, 200, answered="a/one", pools=("web",)),
        Outcome(0.5, 403, pools=("web",)),
    )
    assert ends_of(Explanation(outcomes)).is_chance
