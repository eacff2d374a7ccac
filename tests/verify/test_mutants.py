"""Does every check hold on proxies that do as the mesh says, and fail on ones that do the thing wrong that it is about?

The proxies are real Envoys; what a mutant does wrong is one line of their configuration.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fairlead.verify.asking import Asking
from fairlead.verify.promise import Promise, Standing, Verdict
from fairlead.verify.verify import CHECKS, promised, verdicts
from mesh.limits.rate_limit import RateLimit
from tests.fixtures.loopback.certificates import certificate
from tests.fixtures.loopback.shop import Mutation, shop
from tests.fixtures.loopback.shop_proxies import COPY, STICKY, V1, V2, Config, http_manager, route, routes

pytestmark = [pytest.mark.mesh, pytest.mark.process]

HTTP = "http://shop.example.com"


def weights(config: Config) -> None:
    route(config, "/split")["route"]["weighted_clusters"]["clusters"][0]["weight"] = 60
    route(config, "/split")["route"]["weighted_clusters"]["clusters"][1]["weight"] = 40


def to_a_third(config: Config) -> None:
    route(config, "/split")["route"]["weighted_clusters"]["clusters"][1]["name"] = COPY


def admin_is_open(config: Config) -> None:
    http_manager(config)["http_filters"].pop(0)


def exact_became_prefix(config: Config) -> None:
    route(config, "/split")["match"] = {"prefix": "/split"}


def header_ignored(config: Config) -> None:
    route(config, "/v2")["match"].pop("headers")


def plain_text_accepted(config: Config) -> None:
    (inbound,) = [each for each in config["static_resources"]["listeners"] if each["name"] == "inbound"]
    (encrypted,) = inbound["filter_chains"]
    plain = {"filters": encrypted["filters"], "filter_chain_match": {"transport_protocol": "raw_buffer"}}
    inbound["filter_chains"].append(plain)


def abort_at_every_request(config: Config) -> None:
    fault(config, "/broken")["abort"]["percentage"]["numerator"] = 100


def delay_of_three_quarters(config: Config) -> None:
    fault(config, "/late")["delay"]["percentage"]["numerator"] = 75


def delay_four_times_as_long(config: Config) -> None:
    fault(config, "/late")["delay"]["fixed_delay"] = "1.6s"


def fault(config: Config, path: str) -> Config:
    (found,) = route(config, path)["typed_per_filter_config"].values()
    return found


def no_cors(config: Config) -> None:
    route(config, "/cors").pop("typed_per_filter_config")


def not_envoy(config: Config) -> None:
    http_manager(config)["server_name"] = "nginx"


def balanced_by_turns(config: Config) -> None:
    (sticky,) = [each for each in config["static_resources"]["clusters"] if each["name"] == STICKY]
    sticky["lb_policy"] = "ROUND_ROBIN"


def no_routes_at_all(config: Config) -> None:
    routes(config).clear()


def a_certificate(config: Config, name: str, days: int) -> None:
    (https,) = [each for each in config["static_resources"]["listeners"] if each["name"] == "https"]
    context = https["filter_chains"][0]["transport_socket"]["typed_config"]["common_tls_context"]
    files = context["tls_certificates"][0]
    folder = Path(files["private_key"]["filename"]).parent
    chain, key = certificate(folder, name, days)
    files["certificate_chain"], files["private_key"] = {"filename": chain}, {"filename": key}


MUTANTS: dict[str, tuple[str, str, Mutation]] = {
    "60/40 for 70/30": ("answers", f"{HTTP}/split", weights),
    "30 % to another app": ("answers", f"{HTTP}/split", to_a_third),
    "a route that is missing": ("answers", f"{HTTP}/mirror", no_routes_at_all),
    "another version": ("answers", f"{HTTP}/v2", lambda c: route(c, "/v2")["route"].update(cluster=V1)),
    "a deny that allows": ("answers", f"{HTTP}/admin", admin_is_open),
    "plain text accepted": ("answers", "http://copy.shop.svc.cluster.local/ from plain", plain_text_accepted),
    "another direct response": (
        "answers", f"{HTTP}/teapot", lambda c: route(c, "/teapot")["direct_response"].update(status=200)),
    "every request aborted": ("answers", f"{HTTP}/broken", abort_at_every_request),
    "prefix for exact": ("neighbours", f"{HTTP}/splitx", exact_became_prefix),
    "any header": ("answers", f"GET {HTTP}/v2 from internet through istio-ingress/istio-ingress:", header_ignored),
    "another value of a header": ("neighbours", f"{HTTP}/v2", header_ignored),
    "not Envoy": ("gateways", "http port 80", not_envoy),
    "a redirect elsewhere": (
        "answer_headers", f"{HTTP}/old", lambda c: route(c, "/old")["redirect"].update(path_redirect="/new")),
    "an answer's header not set": (
        "answer_headers", f"{HTTP}/api/", lambda c: route(c, "/api/").pop("response_headers_to_add")),
    "an answer's header not removed": (
        "answer_headers", f"{HTTP}/api/", lambda c: route(c, "/api/").pop("response_headers_to_remove")),
    "no CORS": ("answer_headers", f"OPTIONS {HTTP}/cors", no_cors),
    "a path not rewritten": (
        "requests_as_seen", f"{HTTP}/api/", lambda c: route(c, "/api/")["route"].pop("prefix_rewrite")),
    "a header not removed": (
        "requests_as_seen", f"{HTTP}/api/", lambda c: route(c, "/api/").pop("request_headers_to_remove")),
    "a header not set": (
        "requests_as_seen", f"{HTTP}/api/", lambda c: route(c, "/api/").pop("request_headers_to_add")),
    "a mirror that is not sent": (
        "mirrors", f"{HTTP}/mirror", lambda c: route(c, "/mirror")["route"].pop("request_mirror_policies")),
    "a mirror of all for a half": (
        "mirrors", f"{HTTP}/half",
        lambda c: route(c, "/half")["route"]["request_mirror_policies"][0].pop("runtime_fraction")),
    "a mirror to another": (
        "mirrors", f"{HTTP}/mirror",
        lambda c: route(c, "/mirror")["route"]["request_mirror_policies"][0].update(cluster=V2)),
    "a timeout twice as long": ("timeouts", f"{HTTP}/slow", lambda c: route(c, "/slow")["route"].update(timeout="1s")),
    "no timeout": ("timeouts", f"{HTTP}/slow", lambda c: route(c, "/slow")["route"].update(timeout="0s")),
    "a retry too few": (
        "retries", f"{HTTP}/retry", lambda c: route(c, "/retry")["route"]["retry_policy"].update(num_retries=1)),
    "a retry too many": (
        "retries", f"{HTTP}/retry", lambda c: route(c, "/retry")["route"]["retry_policy"].update(num_retries=3)),
    "75 % delayed for 50 %": ("delays", f"{HTTP}/late", delay_of_three_quarters),
    "a delay four times as long": ("delays", f"{HTTP}/late", delay_four_times_as_long),
    "sessions that do not stick": ("sticky_sessions", f"{HTTP}/sticky", balanced_by_turns),
    "a certificate for another name": (
        "certificates", "shop.example.com", lambda c: a_certificate(c, "other.example.com", 30)),
    "a certificate that has expired": (
        "certificates", "shop.example.com", lambda c: a_certificate(c, "shop.example.com", -1)),
}  # fmt: skip
"""What is wrong -> the check that has to notice it, words of the promise, and how it is done wrong."""
LOOPBACK = {"answers", "neighbours", "gateways", "answer_headers", "requests_as_seen", "mirrors", "timeouts", "retries",
            "delays", "sticky_sessions", "certificates"}  # fmt: skip
"""Checks of requests; the others ask a cluster."""


def about(asking: Asking, check: str, words: str) -> list[Promise]:
    named = [each for each in promised(asking.subject) if each.check == check and words in each.sentence]
    urls = {id(each): f"{each.request.scheme}://{each.request.authority}{each.request.path}"
            for each in named if each.request}  # fmt: skip
    found = [each for each in named if urls[id(each)] == words] or named
    assert found, f"nothing is promised of {words}"
    return found


def asked(asking: Asking, check: str, words: str) -> list[Verdict]:
    return list(verdicts(about(asking, check, words), asking))


@pytest.fixture(scope="module")
def true_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asking]:
    with shop(tmp_path_factory.mktemp("shop")) as asking:
        yield asking


@pytest.mark.parametrize(("check", "words"), sorted({(check, words) for check, words, _ in MUTANTS.values()}))
def test_a_promise_that_is_kept_holds(true_shop: Asking, check: str, words: str) -> None:
    found = asked(true_shop, check, words)
    assert [(each.standing, each.why, each.evidence) for each in found if each.standing is not Standing.HOLDS] == []


@pytest.mark.parametrize("name", MUTANTS)
def test_a_promise_that_is_broken_does_not_hold(name: str, tmp_path: Path) -> None:
    check, words, mutation = MUTANTS[name]
    with shop(tmp_path, mutation) as asking:
        found = asked(asking, check, words)
    assert Standing.BROKEN in {each.standing for each in found}, [(each.standing, each.why) for each in found]


def limited(requests: int) -> Mutation:
    kind = "envoy.filters.http.local_ratelimit"
    always = {"default_value": {"numerator": 100, "denominator": "HUNDRED"}}

    def mutation(config: Config) -> None:
        bucket = {"max_tokens": requests, "tokens_per_fill": requests, "fill_interval": "60s"}
        settings = {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit",
            "stat_prefix": "limit", "token_bucket": bucket, "filter_enabled": always, "filter_enforced": always,
        }  # fmt: skip
        http_manager(config)["http_filters"].insert(0, {"name": kind, "typed_config": settings})

    return mutation


@pytest.mark.parametrize(
    ("allowed", "standing"), [(20, Standing.HOLDS), (60, Standing.BROKEN), (9999, Standing.BROKEN)]
)
def test_a_rate_limit_lets_as_many_pass_as_it_says(allowed: int, standing: Standing, tmp_path: Path) -> None:
    limit = RateLimit(requests=20, unit="minute")
    with shop(tmp_path, limited(allowed)) as asking:
        one, *_ = about(asking, "answers", f"{HTTP}/mirror")
        details = {"limit": limit, "pods": 1}
        promise = Promise("it", "rate_limits", "web", "20 in a minute", "", "", one.request, None, 50, details=details)
        (found,) = verdicts([promise], asking)
    assert found.standing is standing, found.evidence


IN_THE_PROXY = ("a timeout twice as long", "no timeout", "a retry too few", "a retry too many")


@pytest.mark.parametrize("name", IN_THE_PROXY)
def test_of_apps_that_obey_no_header_the_route_in_the_proxy_is_read(name: str, tmp_path: Path) -> None:
    check, words, mutation = MUTANTS[name]
    with shop(tmp_path, obeys=False) as asking:
        (true,) = asked(asking, check, words)
    with shop(tmp_path, mutation, obeys=False) as asking:
        (wrong,) = asked(asking, check, words)
    assert (true.standing, wrong.standing) == (Standing.HOLDS, Standing.BROKEN)
    assert wrong.evidence
    assert "the route in the proxy" in wrong.evidence.seen


@pytest.mark.parametrize("name", ["60/40 for 70/30", "30 % to another app", "another version"])
def test_answers_that_do_not_say_whose_they_are_are_counted_by_the_proxy(name: str, tmp_path: Path) -> None:
    check, words, mutation = MUTANTS[name]
    with shop(tmp_path, silent=True) as asking:
        true, *_ = asked(asking, check, words)
    with shop(tmp_path, mutation, silent=True) as asking:
        wrong, *_ = asked(asking, check, words)
    assert (true.standing, wrong.standing) == (Standing.HOLDS, Standing.BROKEN)
    assert wrong.evidence
    assert "counted by the first proxy" in wrong.evidence.seen


def test_nobody_guesses_a_split_that_neither_answers_nor_proxies_tell(tmp_path: Path) -> None:
    with shop(tmp_path, silent=True, asks_proxies=False) as asking:
        (found,) = asked(asking, "answers", f"{HTTP}/split")
    assert (found.standing, found.why) == (
        Standing.UNASKED,
        "the answers do not say whose they are, and no proxy can be asked",
    )


def test_every_check_of_requests_has_a_mutant() -> None:
    assert {check for check, _, _ in MUTANTS.values()} == LOOPBACK
    assert {each.name for each in CHECKS} >= LOOPBACK


@pytest.mark.scale
def test_all_that_a_true_mesh_promises_holds_or_says_why_it_was_not_asked(true_shop: Asking) -> None:
    found = list(verdicts(promised(true_shop.subject), true_shop))
    assert [each for each in found if each.standing is Standing.BROKEN] == []
    reasons = {each.why for each in found if each.standing is Standing.UNASKED}
    assert reasons <= {"nobody can send from shop/web-v1"}
