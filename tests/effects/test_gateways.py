"""Is it told for which hosts and ports a gateway listens, and whether its pods hold out?"""

from __future__ import annotations

from typing import Any

import pytest

from fairlead.effects.effect import Hurt
from fairlead.effects.gateways import gateway_pod_watcher as gateway_pods
from fairlead.effects.gateways import gateway_watcher as entrances
from tests.fixtures.compared import compared, release
from tests.fixtures.gateway_objects import pods
from tests.fixtures.routing_objects import gateway

pytestmark = pytest.mark.mesh


def scaled(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, Hurt | None]]:
    found = gateway_pods.watch(compared([pods(**before)], [pods(**after)]))
    return [(each.text, each.hurt) for each in found]


def test_a_single_pod_is_a_risk() -> None:
    two, one = {"autoscaling": {"minReplicas": 2}}, {"autoscaling": {"enabled": False}, "replicaCount": 1}
    assert scaled(two, one) == [("its replica count changes from 2-5 to 1", Hurt.INTERRUPTS)]
    assert scaled(one, two) == [("its replica count changes from 1 to 2-5", None)]


def test_a_disruption_budget_that_goes_is_a_risk() -> None:
    found = scaled({"podDisruptionBudget": {"minAvailable": 1}}, {})
    assert found == [("its PodDisruptionBudget changes from minAvailable 1 to none", Hurt.INTERRUPTS)]


def test_labels_of_a_deployments_selector_cannot_change() -> None:
    after = release("istio-ingress", "gateway", namespace="istio-ingress", labels={"istio": "other"})
    (found,) = gateway_pods.watch(compared([pods()], [after]))
    assert found.hurt is Hurt.INTERRUPTS
    assert "istio: other instead of app: istio-ingress, istio: ingress" in found.text


def listening(*servers: tuple[int, str, dict[str, Any]], selector: str = "ingress") -> dict[str, Any]:
    listed = [
        {
            "port": {"number": number, "protocol": "HTTPS" if tls else "HTTP"},
            "hosts": [host],
            **({"tls": tls} if tls else {}),
        }
        for number, host, tls in servers
    ]
    return {**gateway(), "spec": {"selector": {"istio": selector}, "servers": listed}}


def entrance(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, Hurt | None]]:
    found = entrances.watch(compared([pods(), before], [pods(), after]))
    return [(each.text, each.hurt) for each in found]


SIMPLE = {"mode": "SIMPLE", "credentialName": "web"}


@pytest.mark.parametrize(
    ("before", "after", "text", "hurt"),
    [
        ((80, "*", {}), (81, "*", {}), "no longer listening on port 80", Hurt.INTERRUPTS),
        (
            (80, "a.example.com", {}),
            (80, "b.example.com", {}),
            "port 80 no longer serves a.example.com",
            Hurt.INTERRUPTS,
        ),
        ((443, "*", SIMPLE), (443, "*", {**SIMPLE, "credentialName": "other"}), "the certificate on port 443", None),
        (
            (443, "*", SIMPLE),
            (443, "*", {**SIMPLE, "mode": "MUTUAL"}),
            "TLS on port 443 changes from SIMPLE",
            Hurt.REFUSES,
        ),
        (
            (443, "*", SIMPLE),
            (443, "*", {**SIMPLE, "minProtocolVersion": "TLSV1_3"}),
            "the minimum TLS version on port 443 changes from Istio's default to TLSV1_3",
            Hurt.REFUSES,
        ),
        (
            (443, "*", SIMPLE),
            (443, "*", {**SIMPLE, "minProtocolVersion": "TLSV1_0"}),
            "the minimum TLS version on port 443 changes from Istio's default to TLSV1_0",
            Hurt.EXPOSES,
        ),
    ],
)
def test_what_a_gateway_listens_for_is_told(before: Any, after: Any, text: str, hurt: Hurt | None) -> None:
    found = entrance(listening(before), listening(after))
    assert [told[1] for told in found if told[0].startswith(text)] == [hurt]


def test_a_redirect_to_https_that_goes_leaves_plain_text() -> None:
    before, after = listening((80, "*", {"httpsRedirect": True})), listening((80, "*", {}))
    assert ("port 80 no longer redirects to HTTPS", Hurt.EXPOSES) in entrance(before, after)
    assert ("port 80 redirects to HTTPS from now on", None) in entrance(after, before)


def test_a_host_that_every_host_takes_in_is_not_missed() -> None:
    assert entrance(listening((80, "a.example.com", {})), listening((80, "*", {}))) == [
        ("port 80 serves every host from now on", None)
    ]


def test_a_gateway_that_goes_with_its_pods_is_told_once() -> None:
    assert list(entrances.watch(compared([pods(), gateway()], []))) == []
    assert [text for text, _ in entrance(gateway(), pods())] == ["no longer listening on port 80"]


def test_a_selector_that_meets_no_pods_is_a_risk() -> None:
    (found,) = entrance(listening((80, "*", {})), listening((80, "*", {}), selector="nobody"))
    assert found == ("no gateway pods have the labels istio: nobody, so nothing listens from now on", Hurt.INTERRUPTS)


def test_pods_that_another_release_labels_anew_are_missed() -> None:
    other = release("istio-ingress", "gateway", namespace="istio-ingress", labels={"istio": "other"})
    (found,) = entrances.watch(compared([gateway(), pods()], [gateway(), other]))
    assert found.hurt is Hurt.INTERRUPTS
