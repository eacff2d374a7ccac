"""Is a conflict between clients and pods told by what it is, not by the words of a lint rule?"""

from __future__ import annotations

from typing import Any

import pytest

from tests.fixtures.readers import istio, namespace, service, told

pytestmark = pytest.mark.mesh


def mesh(mode: str, by: str = "default") -> list[dict[str, Any]]:
    rule = {"host": "shop.web.svc.cluster.local", "trafficPolicy": {"tls": {"mode": mode}}}
    strict = istio("PeerAuthentication", by, "web", {"mtls": {"mode": "STRICT"}})
    return [namespace("web"), service("shop", "web"), istio("DestinationRule", "shop", "web", rule), strict]


def test_clients_that_turn_mtls_off_for_strict_pods_are_told() -> None:
    text = "clients send plain text, and PeerAuthentication web/default accepts mTLS only: every request gets 503"
    assert any(text in each for each in told(mesh("ISTIO_MUTUAL"), mesh("DISABLE")))


def test_a_conflict_that_was_there_is_not_told_again_when_the_policy_has_another_name() -> None:
    assert not any("accepts mTLS only" in each for each in told(mesh("DISABLE"), mesh("DISABLE", by="strict")))
