"""Does a diff say who can view the addons: on the first install, and when it changes?"""

from __future__ import annotations

from typing import Any

import pytest

from fairlead.comparison.compare import compare
from fairlead.comparison.comparison import Side
from fairlead.effects.effects import effects
from fairlead.effects.installation import addon_access_watcher, addon_policy_watcher
from tests.fixtures.evaluated import evaluated
from tests.fixtures.security_objects import said

pytestmark = pytest.mark.snapshot

REASON = "The test asks what a diff says of it."
SILENCED = {"ignore": [{"rule": "addons_stay_inside_the_cluster", "reason": REASON}]}


def stack(label: str, addons: dict[str, Any] | None) -> Side:
    """A stack with these addons beside a gateway; None where there is nothing yet."""
    opened = "LoadBalancer" in str(addons) or "NodePort" in str(addons)
    keys: dict[str, Any] = {"addons": addons or {}, **({"lint": SILENCED} if opened else {})}
    return Side(label, evaluated(gateways=[{"name": "istio-ingress"}], **keys), {})


def told(watch: Any, before: dict[str, Any] | None, after: dict[str, Any] | None) -> list[str]:
    return said(watch, compare(stack("before", before), stack("after", after)))


def test_what_is_open_to_the_outside_is_a_risk_from_the_first_install_on() -> None:
    addons = {
        "prometheus": {"serviceType": "LoadBalancer"},
        "grafana": {"serviceType": "LoadBalancer"},
        "kiali": {"serviceType": "LoadBalancer", "auth": "anonymous"},
        "tracing": {"serviceType": "NodePort"},
    }
    assert told(addon_access_watcher.watch, None, addons) == [
        "EXPOSES Grafana: reachable from outside the cluster (LoadBalancer) from now on",
        "EXPOSES Kiali and Prometheus: reachable from outside the cluster (LoadBalancer), without a login from now on",
        "EXPOSES Tracing: reachable from outside the cluster (NodePort), without a login from now on",
    ]


def test_what_is_viewed_inside_the_cluster_alone_is_told_and_no_risk() -> None:
    assert told(addon_access_watcher.watch, None, {"prometheus": {}, "grafana": {}, "kiali": {}}) == [
        "- Grafana, Kiali and Prometheus: can be viewed without a login from now on"
    ]


def test_a_service_that_opens_later_is_a_risk() -> None:
    assert told(addon_access_watcher.watch, {"tracing": {}}, {"tracing": {"serviceType": "LoadBalancer"}}) == [
        "EXPOSES Tracing: reachable from outside the cluster (LoadBalancer), without a login from now on"
    ]
    opened = {"prometheus": {"serviceType": "NodePort"}}
    assert told(addon_access_watcher.watch, {"prometheus": {}}, opened) == [
        "EXPOSES Prometheus: reachable from outside the cluster (NodePort), without a login from now on"
    ]
    assert told(addon_access_watcher.watch, opened, opened) == []


def test_what_visitors_can_do_besides_is_a_risk() -> None:
    flags = {"server": {"extraFlags": ["web.enable-lifecycle", "web.enable-admin-api"]}}
    assert told(addon_access_watcher.watch, {"prometheus": {}}, {"prometheus": {"values": flags}}) == [
        "EXPOSES Prometheus: visitors can stop it from now on",
        "EXPOSES Prometheus: visitors can delete its metrics from now on",
    ]


def test_a_namespace_that_comes_in_is_a_risk_and_one_that_goes_is_refused() -> None:
    named = {"prometheus": {"access": {"namespaces": ["shop"]}}}
    assert told(addon_policy_watcher.watch, {"prometheus": {}}, named) == [
        "EXPOSES Prometheus: reachable by pods of namespace shop from now on"
    ]
    assert told(addon_policy_watcher.watch, named, {"prometheus": {}}) == [
        "REFUSES Prometheus: no longer reachable by pods of namespace shop"
    ]
    everywhere = {"prometheus": {"access": {"namespaces": ["*"]}}}
    assert "EXPOSES Prometheus: reachable by every pod of the cluster from now on" in told(
        addon_policy_watcher.watch, {"prometheus": {}}, everywhere
    )


def without_policies(side: Side) -> Side:
    """As a program without them made it."""
    kept = tuple(each for each in side.snapshot.resources if each.inputs.get("kind") != "NetworkPolicy")
    return Side(side.label, type(side.snapshot)("fairlead", "test", kept, {}), {})


def test_policies_where_none_were_refuse_callers_and_their_end_opens_up() -> None:
    addons = {"prometheus": {}, "kiali": {}}
    closed = stack("closed", addons)
    assert said(addon_policy_watcher.watch, compare(without_policies(closed), closed)) == [
        "REFUSES Kiali and Prometheus: closed except to ingress gateways, addons that call it and configured "
        "namespaces from now on"
    ]
    assert said(addon_policy_watcher.watch, compare(closed, without_policies(closed))) == [
        "EXPOSES Kiali and Prometheus: reachable by every pod of the cluster from now on"
    ]


def test_no_watcher_fails_on_a_stack_with_all_addons() -> None:
    addons = {"prometheus": {}, "grafana": {}, "kiali": {}, "tracing": {}}
    found = effects(compare(stack("before", None), stack("after", addons)))
    assert not [each.sentence for each in found if "cannot be" in each.text]
