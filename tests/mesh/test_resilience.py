"""What do timeouts, retries, circuit breakers and balancing become, and whose word counts where two say it?"""

from __future__ import annotations

from typing import Any

import pytest

from fairlead_mesh.apps.app import App
from fairlead_mesh.model.requests.handling_words import route_in_words
from fairlead_mesh.routing.destination_rule import destination_rules
from fairlead_mesh.routing.virtual_service import virtual_services

pytestmark = pytest.mark.mesh

POOL = {"http": {"http2MaxRequests": 10}}
EJECTION = {"consecutive5xxErrors": 3, "baseEjectionTime": "30s"}


def app(**keys: Any) -> App:
    return App.model_validate({"name": "shop", "port": 80, **keys})


def routes(**keys: Any) -> list[dict[str, Any]]:
    return [route for each in virtual_services(app(**keys), {}) for route in each["spec"]["http"]]


def policies(**keys: Any) -> dict[str, Any]:
    """Short name of a host, or of a host and a subset -> its traffic policy."""
    found: dict[str, Any] = {}
    for rule in destination_rules(app(**keys)):
        host = rule["spec"]["host"].partition(".")[0]
        found[host] = rule["spec"].get("trafficPolicy")
        found |= {f"{host} {each['name']}": each.get("trafficPolicy") for each in rule["spec"].get("subsets", ())}
    return found


def balanced(**keys: Any) -> dict[str, Any]:
    return policies(loadBalancing=keys)["shop"]["loadBalancer"]


def test_an_app_with_a_timeout_alone_gets_a_route_for_its_clients_in_the_mesh() -> None:
    (route,) = routes(timeout="2s")
    assert route["timeout"] == "2s"
    assert route["route"][0]["destination"]["host"] == "shop.default.svc.cluster.local"


def test_a_route_says_it_for_itself_and_the_app_for_the_others() -> None:
    retries = {"attempts": 2, "perTryTimeout": "500ms", "retryOn": ["5xx", "reset"]}
    one, other, redirect = routes(
        timeout="2s",
        retries=retries,
        routes=[
            {"match": [{"uri": "/slow"}], "timeout": "30s"},
            {"match": [{"uri": "/once"}], "retries": {"attempts": 0}},
            {"redirect": {"uri": "/new"}},
        ],
    )
    assert (one["timeout"], other["timeout"]) == ("30s", "2s")
    assert one["retries"] == {"attempts": 2, "perTryTimeout": "500ms", "retryOn": "5xx,reset"}
    assert other["retries"] == {"attempts": 0}
    assert redirect == {"redirect": {"uri": "/new", "redirectCode": 301}}


def test_retries_say_when_and_where_a_request_is_sent_again() -> None:
    retries = {"attempts": 2, "backoff": "100ms", "retryRemoteLocalities": True, "retryIgnorePreviousHosts": False}
    (route,) = routes(retries=retries)
    assert route["retries"] == retries
    (plain,) = routes(retries={"attempts": 2})
    assert plain["retries"] == {"attempts": 2}
    assert [*route_in_words(route)] == [
        "retried up to 2 times, after about 100ms, in other localities too, at the same pod too"
    ]


def test_a_circuit_breaker_is_a_pool_and_outlier_detection_of_the_host() -> None:
    breaker = {"connectionPool": POOL, "outlierDetection": EJECTION}
    assert policies(circuitBreaker=breaker) == {"shop": breaker}


def test_a_version_says_it_for_its_subset_and_leaves_the_rest_to_the_app() -> None:
    found = policies(
        circuitBreaker={"connectionPool": POOL},
        versions=[{"name": "v1"}, {"name": "v2", "circuitBreaker": {"outlierDetection": EJECTION}}],
    )
    assert found == {"shop": {"connectionPool": POOL}, "shop v1": None, "shop v2": {"outlierDetection": EJECTION}}


def test_a_service_of_a_version_is_another_host_so_that_it_is_told_all() -> None:
    found = policies(
        circuitBreaker={"connectionPool": POOL},
        versions=[
            {"name": "v1", "service": "shop-v1"},
            {"name": "v2", "service": "shop-v2", "circuitBreaker": {"outlierDetection": EJECTION}},
        ],
    )
    assert found == {
        "shop": {"connectionPool": POOL},
        "shop-v1": {"connectionPool": POOL},
        "shop-v2": {"connectionPool": POOL, "outlierDetection": EJECTION},
    }


def test_a_version_on_the_apps_own_service_speaks_for_it_and_names_no_host_twice() -> None:
    versions = [{"name": "v1", "service": "shop", "loadBalancing": {"simple": "random"}}]
    assert policies(versions=versions) == {"shop": {"loadBalancer": {"simple": "RANDOM"}}}


@pytest.mark.parametrize(
    ("word", "said"), [("roundRobin", "ROUND_ROBIN"), ("leastRequest", "LEAST_REQUEST"), ("random", "RANDOM")]
)
def test_a_simple_balancing_has_istios_word(word: str, said: str) -> None:
    assert balanced(simple=word) == {"simple": said}


@pytest.mark.parametrize(
    "by",
    [
        {"httpHeaderName": "end-user"},
        {"httpCookie": {"name": "user", "path": "/", "ttl": "0s"}},
        {"httpQueryParameterName": "user"},
        {"useSourceIp": True},
    ],
    ids=lambda by: next(iter(by)),
)
def test_a_consistent_hash_is_by_one_thing(by: dict[str, Any]) -> None:
    assert balanced(consistentHash=by) == {"consistentHash": by}


def test_localities_fail_over_or_share_requests_out() -> None:
    assert balanced(locality={"failover": {"eu-west-1": "eu-central-1"}}) == {
        "localityLbSetting": {"enabled": True, "failover": [{"from": "eu-west-1", "to": "eu-central-1"}]}
    }
    shares = {"eu-west-1/*": 80, "eu-central-1/*": 20}
    assert balanced(simple="roundRobin", locality={"distribute": {"eu-west-1/*": shares}}) == {
        "simple": "ROUND_ROBIN",
        "localityLbSetting": {"enabled": True, "distribute": [{"from": "eu-west-1/*", "to": shares}]},
    }


def test_a_new_pod_warms_up() -> None:
    assert balanced(warmup={"duration": "60s", "minimumPercent": 20}) == {
        "warmup": {"duration": "60s", "minimumPercent": 20}
    }
