"""Are tokens judged as Envoy's jwt_authn filter judges them, where the records say nothing?

Sources: Envoy's extractor.cc, authenticator.cc and filter.cc of jwt_authn; each was also asked of a real Envoy.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from typing import Any

import pytest

from fairlead_mesh.model.traffic.explanation import Explanation
from tests.fixtures.worlds import asked, istio, world

pytestmark = pytest.mark.mesh

KEY = b"0123456789abcdef"
MALFORMED = "Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections"


def _text(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def token(**claims: Any) -> str:
    signed = ".".join(_text(json.dumps(each).encode()) for each in ({"alg": "HS256"}, {"sub": "jane", **claims}))
    return f"{signed}.{_text(hmac.new(KEY, signed.encode(), hashlib.sha256).digest())}"


def ask(rule: str, path: str = "/", method: str = "GET", **headers: str) -> Explanation:
    jwks = json.dumps({"keys": [{"kty": "oct", "alg": "HS256", "k": _text(KEY)}]})
    rules = f"{{jwtRules: [{{issuer: me, jwks: '{jwks}', {rule}}}]}}"
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return asked(world(istio("RequestAuthentication", rules)), f"{method} http://web.shop{path}", "shop/client",
                 headers=sent)  # fmt: skip


def test_a_token_for_others_is_answered_with_403() -> None:
    found = ask("audiences: [web]", authorization=f"Bearer {token(iss='me', aud='x')}")
    assert (found.statuses, found.constant("body")) == ({403: 1.0}, "Audiences in Jwt are not allowed")


@pytest.mark.parametrize(
    ("text", "body"),
    [("a.b.c", "Jwt header is an invalid Base64url encoded"), ("ab.b.c", "Jwt header is an invalid JSON"),
     ("e30.a+.c", "Jwt header is an invalid JSON"), ("eyJhIjoxfQ.a+.c", "Jwt payload is an invalid Base64url encoded"),
     ("abc", MALFORMED)],
)  # fmt: skip
def test_the_refusal_says_what_a_token_is_not(text: str, body: str) -> None:
    found = ask("", authorization=f"Bearer {text}")
    assert (found.statuses, found.constant("body")) == ({401: 1.0}, body)


def test_without_a_prefix_the_whole_header_is_the_token() -> None:
    rule = "fromHeaders: [{name: x-token}], forwardOriginalToken: true"
    assert ask(rule, x_token=token(iss="me")).statuses == {200: 1.0}
    assert ask(rule, x_token=f"Bearer {token(iss='me')}").statuses == {401: 1.0}


def test_of_several_tokens_the_last_is_asked_first() -> None:
    found = ask("", f"/?access_token={token(iss='other')}", authorization="Bearer abc")
    assert found.constant("body") == "Jwt issuer is not configured"


def test_a_preflight_is_not_asked_for_a_token_but_cannot_bring_what_one_writes() -> None:
    rule = "outputClaimToHeaders: [{header: x-sub, claim: sub}]"
    sent = {"origin": "https://a", "access_control_request_method": "GET", "x_sub": "joe"}
    found = ask(rule, method="OPTIONS", **sent)
    assert (found.statuses, "x-sub" in found.constant("seen")["headers"]) == ({200: 1.0}, False)


def test_the_realm_has_no_more_of_the_path_than_envoy_writes() -> None:
    answer = ask("", "/" + "a" * 300, authorization="Bearer abc").constant("answer")["www-authenticate"]
    assert answer == f'Bearer realm="http://web.shop/{"a" * 255}", error="invalid_token"'


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("?access_token={}", "/"),
        ("?z=1&a=2&access_token={}&a=3", "/?a=2&a=3&z=1"),
        ("?access_token={}&q&b=a%2Fb", "/?b=a/b&q="),
    ],
)
def test_a_token_in_the_query_is_taken_out_and_the_other_parameters_are_sorted(query: str, seen: str) -> None:
    assert ask("", f"/{query.format(token(iss='me'))}").constant("seen")["path"] == seen
    kept = ask("forwardOriginalToken: true", f"/{query.format(token(iss='me'))}")
    assert "access_token" in kept.constant("seen")["path"]
