"""Are policies and tokens read as istiod and Envoy read them, where the records say nothing?

Sources: pilot/pkg/security/authz/model/generator.go, pilot/pkg/security/authn/policy_applier.go and
BestEffortInferServiceMTLSMode in pilot/pkg/model/push_context.go of Istio; Envoy's jwt_authn filter.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from typing import Any

import pytest

from tests.fixtures.worlds import GATEWAY, asked, istio, virtual_service, world

pytestmark = pytest.mark.mesh

CLIENT = "shop/client"
PAYMENTS = "GET http://payments.pay/"
EDGE = virtual_service("[{route: [{destination: {host: payments.pay.svc.cluster.local}}]}]", hosts="[shop.example.com]",
                       rest="gateways: [edge]")  # fmt: skip


def _status(rule: str, what: str = PAYMENTS, *, namespace: str = "pay", config: Any = None, **parts: Any) -> int | str:
    policy = istio("AuthorizationPolicy", f"{{rules: [{rule}]}}", namespace=namespace)
    found = asked(world(policy, config), what, CLIENT, **parts)
    return found.open or next(iter(found.statuses))


@pytest.mark.parametrize(
    ("source", "status"),
    [
        ("serviceAccounts: [client]", 403),  # of the policy's namespace, which is another one
        ("serviceAccounts: [shop/client]", 200),
        ("namespaces: ['sh*p']", 200),
        ("notNamespaces: ['*op']", 403),
        ("namespaces: ['*sa']", 200),  # an asterisk takes `shop/` too
        ("trustDomains: [cluster.local]", 200),
        ("trustDomains: ['*.example']", 403),
    ],
)
def test_sources_are_compared_as_istiod_writes_them_for_envoy(source: str, status: int) -> None:
    assert _status(f"{{from: [{{source: {{{source}}}}}]}}") == status


@pytest.mark.parametrize(
    ("principal", "status"),
    [("https://a/*", 200), ("*/jane", 200), ("*ne", 200), ("https://a", 403), ("https://a/ja*", 200), ("*", 200),
     ("https*", 200), ("https://*/jane", 403), ("*/*", 403), ("*/jane*", 403), ("a", 403)],
)  # fmt: skip
def test_issuer_and_subject_of_a_request_principal_are_compared_apart(principal: str, status: int) -> None:
    rule = f"{{from: [{{source: {{requestPrincipals: ['{principal}']}}}}]}}"
    authentication = istio("RequestAuthentication", "{jwtRules: [{issuer: https://a, jwks: '{}'}]}", namespace="pay")
    policy = istio("AuthorizationPolicy", f"{{rules: [{rule}]}}", namespace="pay")
    found = asked(world(authentication + policy), PAYMENTS, CLIENT, claims={"iss": "https://a", "sub": "jane"})
    assert found.statuses == {status: 1.0}


def test_an_address_that_nobody_knows_decides_only_where_it_makes_a_difference() -> None:
    either = "{from: [{source: {ipBlocks: [10.0.0.0/8]}}]}, {from: [{source: {namespaces: [shop]}}]}"
    assert _status(either) == 200
    assert "the client's IP address decides" in str(_status("{from: [{source: {ipBlocks: [10.0.0.0/8]}}]}"))
    assert _status("{from: [{source: {ipBlocks: [10.0.0.0/8]}}], to: [{operation: {paths: [/x]}}]}") == 403


def test_behind_a_gateway_the_client_of_a_request_is_the_internet() -> None:
    policy = istio("AuthorizationPolicy", "{rules: [{from: [{source: {remoteIpBlocks: [8.8.8.0/24]}}]}]}",
                   namespace="pay")  # fmt: skip
    assert "IP address decides" in asked(world(GATEWAY + EDGE + policy), "GET http://shop.example.com/").open
    assert asked(world(policy), PAYMENTS, CLIENT).statuses == {403: 1.0}
    sent = {"x-forwarded-for": "1.1.1.1, 8.8.8.8"}
    assert asked(world(policy), PAYMENTS, CLIENT, headers=sent).statuses == {200: 1.0}


def test_an_address_is_compared_on_ports_without_http_too() -> None:
    policy = istio("AuthorizationPolicy", "{rules: [{from: [{source: {remoteIpBlocks: [0.0.0.0/0]}}]}]}",
                   namespace="pay")  # fmt: skip
    assert asked(world(policy), "GET http://db.pay:5432/", CLIENT).answered == {"pay/payments-v1": 1.0}


KEY = b"secret-of-the-tests"
JWKS = json.dumps({"keys": [{"kty": "oct", "k": urlsafe_b64encode(KEY).decode()}]})


def _token(**claims: Any) -> str:
    parts = [urlsafe_b64encode(json.dumps(each).encode()).rstrip(b"=") for each in ({"alg": "HS256"}, claims)]
    signature = hmac.new(KEY, b".".join(parts), hashlib.sha256).digest()
    return b".".join([*parts, urlsafe_b64encode(signature).rstrip(b"=")]).decode()


def _asked(rules: list[dict[str, Any]], what: str = PAYMENTS, policy: str = "", **parts: Any) -> Any:
    listed = [{"jwks": JWKS, **rule} for rule in rules]
    authentication = istio("RequestAuthentication", json.dumps({"jwtRules": listed}), namespace="pay")
    return asked(world(authentication + policy), what, CLIENT, **parts)


def test_a_token_is_found_in_the_query_and_in_cookies() -> None:
    bad = _token(iss="b")
    assert _asked([{"issuer": "a"}], f"{PAYMENTS}?access_token={bad}").statuses == {401: 1.0}
    assert _asked([{"issuer": "a", "fromCookies": ["t"]}], headers={"cookie": f"s=1; t={bad}"}).statuses == {401: 1.0}
    assert _asked([{"issuer": "a", "fromCookies": ["t"]}], headers={"cookie": "s=1"}).statuses == {200: 1.0}


def test_one_rule_that_takes_its_token_is_enough() -> None:
    rules = [{"issuer": "a", "fromHeaders": [{"name": "x-a"}]}, {"issuer": "b"}]
    sent = {"x-a": _token(iss="wrong"), "authorization": f"Bearer {_token(iss='b')}"}
    assert _asked(rules, headers=sent).statuses == {200: 1.0}
    assert _asked(rules, headers={"x-a": _token(iss="wrong")}).statuses == {401: 1.0}


def test_a_header_with_a_token_is_not_forwarded_unless_the_rule_says_so() -> None:
    rule = {"issuer": "a", "fromHeaders": [{"name": "x-a"}]}
    sent = {"x-a": _token(iss="a"), "authorization": "other"}
    assert _asked([rule], headers=sent).constant("seen")["headers"] == {"authorization": "other"}
    assert "x-a" in _asked([{**rule, "forwardOriginalToken": True}], headers=sent).constant("seen")["headers"]


def test_claims_in_headers_and_the_payload_are_written_as_envoy_writes_them() -> None:
    rule = {"issuer": "a", "outputPayloadToHeader": "x-p",
            "outputClaimToHeaders": [{"header": "x-b", "claim": "b"}, {"header": "x-l", "claim": "l"}]}  # fmt: skip
    token = _token(iss="a", b=True, l=["x"])
    headers = _asked([rule], headers={"authorization": f"Bearer {token}"}).constant("seen")["headers"]
    assert headers == {"x-b": "true", "x-p": token.split(".")[1]}


def test_clocks_may_differ_by_a_minute() -> None:
    sent = {"authorization": f"Bearer {_token(iss='a', exp=-30, nbf=30)}"}
    assert _asked([{"issuer": "a"}], headers=sent).statuses == {200: 1.0}
    late = _asked([{"issuer": "a"}], headers={"authorization": f"Bearer {_token(iss='a', exp=-90)}"})
    assert late.constant("body") == "Jwt is expired"


def test_the_words_of_a_scope_are_values_of_their_own() -> None:
    policy = istio("AuthorizationPolicy", "{rules: [{when: [{key: 'request.auth.claims[scope]', values: [write]}]}]}",
                   namespace="pay")  # fmt: skip
    sent = {"authorization": f"Bearer {_token(iss='a', scope='read write')}"}
    assert _asked([{"issuer": "a"}], policy=policy, headers=sent).statuses == {200: 1.0}


def test_a_preflight_needs_no_token() -> None:
    sent = {"authorization": "Bearer x", "origin": "https://a", "access-control-request-method": "GET"}
    assert _asked([{"issuer": "a"}], "OPTIONS http://payments.pay/", headers=sent).statuses == {200: 1.0}
    assert _asked([{"issuer": "a"}], headers=sent).statuses == {401: 1.0}


def test_where_a_namespace_turns_mtls_off_clients_send_plain_text_to_pods_that_turn_it_on() -> None:
    own = "{selector: {matchLabels: {app: payments}}, mtls: {mode: STRICT}}"
    policies = istio("PeerAuthentication", "{mtls: {mode: DISABLE}}", namespace="pay", name="a")
    found = asked(world(policies + istio("PeerAuthentication", own, namespace="pay", name="b")), PAYMENTS, CLIENT)
    assert found.statuses == {503: 1.0}


def test_the_older_of_two_peer_authentications_counts() -> None:
    def dated(mode: str, name: str, year: int) -> str:
        text = istio("PeerAuthentication", f"{{mtls: {{mode: {mode}}}}}", namespace="pay", name=name)
        return text.replace("namespace: pay", f"namespace: pay, creationTimestamp: '{year}-01-01T00:00:00Z'")

    mesh = world(dated("PERMISSIVE", "a", 2026) + dated("STRICT", "b", 2025))
    assert asked(mesh, PAYMENTS, "plain/client").errors == 1.0


@pytest.mark.parametrize(("said", "status"), [("T", 200), ("1", 200), ("tRUE", 403), ("false", 403)])
def test_a_dry_run_is_what_go_takes_for_true(said: str, status: int) -> None:
    policy = istio("AuthorizationPolicy", "{}", namespace="pay")
    policy = policy.replace("name: x,", f"name: x, annotations: {{istio.io/dry-run: '{said}'}},")
    assert asked(world(policy), PAYMENTS, CLIENT).statuses == {status: 1.0}


@pytest.mark.parametrize(("claim", "status"), [("yes", 200), (["yes", 1], 200), (True, 403), (5, 403), ([5], 403)])
def test_only_texts_of_claims_are_compared(claim: Any, status: int) -> None:
    authentication = istio("RequestAuthentication", "{jwtRules: [{issuer: me, jwks: '{}'}]}", namespace="pay")
    rule = "{when: [{key: 'request.auth.claims[a]', values: ['yes', 'True', '5']}]}"
    policy = istio("AuthorizationPolicy", f"{{rules: [{rule}]}}", namespace="pay")
    found = asked(world(authentication + policy), PAYMENTS, CLIENT, claims={"iss": "me", "sub": "a", "a": claim})
    assert found.statuses == {status: 1.0}


def test_an_asterisk_takes_an_empty_header() -> None:
    assert _status("{when: [{key: 'request.headers[x-k]', values: ['*']}]}", headers={"x-k": ""}) == 200
    assert _status("{when: [{key: 'request.headers[x-k]', values: ['*']}]}") == 403


def test_the_address_of_the_called_pod_is_known_as_far_as_that_of_a_client() -> None:
    assert _status("{when: [{key: destination.ip, values: [0.0.0.0/0]}]}") == 200
    assert _status("{when: [{key: destination.ip, values: [8.8.8.0/24]}]}") == 403
    assert "the pod's own IP address decides" in str(_status("{when: [{key: destination.ip, values: [10.0.0.0/8]}]}"))


def test_policies_of_several_extension_providers_deny_and_a_dry_run_asks_its_own() -> None:
    config = {"extensionProviders": [{"name": "one"}, {"name": "two"}]}
    one, two = (
        istio("AuthorizationPolicy", f"{{action: CUSTOM, provider: {{name: {name}}}, rules: [{{}}]}}", name=name,
              namespace="pay") for name in ("one", "two")
    )  # fmt: skip
    assert asked(world(one + two, config), PAYMENTS, CLIENT).statuses == {403: 1.0}
    assert "extension provider one" in asked(world(one, config), PAYMENTS, CLIENT).open
    dry = one.replace("name: one,", "name: one, annotations: {istio.io/dry-run: 'true'},")
    assert "extension provider one" in asked(world(dry, config), PAYMENTS, CLIENT).open
    assert asked(world(dry), PAYMENTS, CLIENT).statuses == {200: 1.0}
