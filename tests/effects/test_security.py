"""Does a diff say who may call in plain text, and with which tokens?"""

from __future__ import annotations

from typing import Any

import pytest

from fairlead.effects.effect import Hurt
from fairlead.effects.security import peer_authentication_watcher as peer_authentication
from fairlead.effects.security import request_authentication_watcher as request_authentication
from tests.fixtures.compared import compared, release
from tests.fixtures.security_objects import ROOT, deployment, mtls, namespace, said, security, source

pytestmark = pytest.mark.mesh

WORLD = [
    namespace("payments", injection="enabled"),
    namespace("web", injection="enabled"),
    namespace("legacy"),
    deployment("payments", "payments"),
    deployment("web", "web"),
    deployment("legacy", "batch"),
]
WEB = source(namespaces=["web"])
GET = {"to": [{"operation": {"methods": ["GET"], "paths": ["/info*"]}}]}


def modes(before: list[Any], after: list[Any], **keys: Any) -> list[str]:
    return said(peer_authentication.watch, compared([*WORLD, *before], [*WORLD, *after], **keys))


def tokens(before: list[Any], after: list[Any]) -> list[str]:
    return said(request_authentication.watch, compared([*WORLD, *before], [*WORLD, *after]))


def test_a_mesh_that_turns_strict_refuses_plain_text() -> None:
    (effect,) = peer_authentication.watch(compared(WORLD, [*WORLD, mtls(ROOT, "STRICT")]))
    assert effect.sentence == "the whole mesh: plain-text requests are rejected from now on"
    assert effect.hurt is Hurt.REFUSES
    assert effect.advice == "pods without a sidecar in legacy can no longer call: inject sidecars first"


def test_a_namespace_with_a_mode_of_its_own_is_an_exception() -> None:
    own = mtls("legacy", "PERMISSIVE")
    expected = "REFUSES the whole mesh: plain-text requests are rejected from now on, except in legacy"
    assert modes([own], [own, mtls(ROOT, "STRICT")]) == [expected]


def test_a_root_namespace_of_another_name_holds_for_the_mesh() -> None:
    istiod = release("istiod", "istiod", namespace="mesh", global_={}, meshConfig={"rootNamespace": "root"})
    assert modes([istiod], [istiod, mtls("root", "STRICT")])[0].startswith("REFUSES the whole mesh")
    assert modes([istiod], [istiod, mtls(ROOT, "STRICT")])[0].startswith("REFUSES namespace istio-system")


def test_the_nearest_policy_holds() -> None:
    near = mtls("payments", "PERMISSIVE", selects="payments") | {"metadata": {"name": "near", "namespace": "payments"}}
    assert modes([mtls(ROOT, "STRICT"), near], [mtls(ROOT, "STRICT")]) == [
        "REFUSES payments: plain-text requests are rejected from now on"
    ]
    assert modes([near], [near, mtls("payments", "STRICT")]) == [
        "REFUSES namespace payments: plain-text requests are rejected from now on"
    ]


def test_a_policy_that_says_no_mode_changes_nothing() -> None:
    assert modes([mtls(ROOT, "STRICT")], [mtls(ROOT, "STRICT"), mtls("payments", "UNSET")]) == []
    assert modes([], [mtls("payments", "PERMISSIVE")]) == []


def test_loosened_namespaces_are_one_sentence() -> None:
    assert modes([mtls("payments", "STRICT"), mtls("web", "STRICT")], []) == [
        "EXPOSES namespaces payments and web: plain-text requests are accepted from now on"
    ]


def test_mtls_that_is_off_protects_nothing() -> None:
    (sentence,) = modes([], [mtls("payments", "DISABLE")])
    assert sentence == "EXPOSES namespace payments: mTLS is off: all requests are plain text from now on"


def test_a_port_can_be_an_exception_or_change_alone() -> None:
    strict = mtls("payments", "STRICT", selects="payments")
    open_port = mtls("payments", "STRICT", selects="payments", portLevelMtls={"8080": {"mode": "PERMISSIVE"}})
    assert modes([], [open_port])[0].endswith("from now on, except on port 8080")
    assert modes([strict], [open_port]) == ["EXPOSES payments port 8080: plain-text requests are accepted from now on"]


def test_pods_that_nobody_has_seen_are_told_by_their_labels() -> None:
    assert modes([], [mtls("payments", "STRICT", selects="elsewhere")]) == [
        "REFUSES pods app=elsewhere in payments: plain-text requests are rejected from now on"
    ]


def test_a_namespace_that_goes_is_not_loosened() -> None:
    there = [namespace("shop"), mtls("shop", "STRICT")]
    assert modes(there, []) == []
    assert modes([], there) == []


def test_two_stacks_are_told_apart_and_nothing_begins() -> None:
    assert modes([mtls("payments", "STRICT")], [], deploys=False) == [
        "EXPOSES namespace payments: plain-text requests are accepted in after only"
    ]


def issuer(name: str, **rule: Any) -> dict[str, Any]:
    return security("RequestAuthentication", "payments", jwtRules=[{"issuer": name, **rule}])


def test_the_first_issuer_has_tokens_checked_and_the_last_ends_it() -> None:
    assert tokens([], [issuer("a")]) == [
        "REFUSES namespace payments: tokens are validated, and all but those of a get 401 from now on"
    ]
    assert tokens([issuer("a")], []) == ["EXPOSES namespace payments: tokens are no longer validated"]


def test_another_issuer_takes_the_place_of_one() -> None:
    assert tokens([issuer("a")], [issuer("b")]) == [
        "EXPOSES namespace payments: tokens of b are accepted from now on",
        "REFUSES namespace payments: tokens of a get 401 from now on",
    ]


def test_other_keys_are_told_without_what_an_address_may_hold() -> None:
    (sentence,) = tokens(
        [issuer("a", jwksUri="https://user:pass@old.example.com/keys?code=hidden")],
        [issuer("a", jwksUri="https://new.example.com/keys")],
    )
    assert "from https://old.example.com/keys to https://new.example.com/keys" in sentence
    assert "pass" not in sentence
    assert "hidden" not in sentence


def test_audiences_narrow_and_widen() -> None:
    (wider,) = tokens([issuer("a", audiences=["x"])], [issuer("a", audiences=["x", "y"])])
    assert wider == "EXPOSES namespace payments: tokens of a are accepted for x and y instead of x"
    (sentence,) = tokens([issuer("a")], [issuer("a", audiences=["x"])])
    assert sentence == "REFUSES namespace payments: tokens of a are accepted for x instead of any audience"
