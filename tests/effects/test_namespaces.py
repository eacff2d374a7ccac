"""Does a diff say how namespaces join the mesh, and what becomes of the addons?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fairlead.comparison.compare import compare
from fairlead.effects.installation import addon_access_watcher as addon_access
from fairlead.effects.installation import addon_watcher as addons
from fairlead.effects.installation import control_plane_watcher as control_plane
from fairlead.effects.workloads import namespace_watcher as namespaces
from fairlead_mesh.load_balancing import GATE_LABELS
from fairlead_mesh.versions import ISTIO_VERSION
from tests.fixtures.compared import compared, release, side
from tests.fixtures.security_objects import deployment, namespace, said

pytestmark = pytest.mark.mesh


def istio(chart: str, version: str) -> list[dict[str, Any]]:
    return [release(chart, chart, version=version)]


def labelled(old: dict[str, str], new: dict[str, str], *others: Any) -> list[str]:
    sides = [[namespace("web", **each), *others] for each in (old, new)]
    return said(namespaces.watch, compared(*sides))


def test_injection_holds_for_new_pods() -> None:
    assert labelled({}, {"injection": "enabled"}) == [
        "- namespace web: new pods get a sidecar; running ones have none until restarted"
    ]
    assert labelled({"injection": "enabled"}, {"injection": "disabled"}) == [
        "EXPOSES namespace web: new pods get no sidecar"
    ]
    assert labelled({"injection": "enabled"}, {"revision": "canary"}) == [
        "CONTROL_PLANE namespace web: new pods get a sidecar of revision canary; running ones keep the sidecar until "
        "restarted"
    ]
    assert labelled({"revision": "a", "injection": "enabled"}, {"injection": "enabled", "revision": "b"}) == []


@pytest.mark.parametrize("label", GATE_LABELS.values())
def test_pods_that_wait_for_the_load_balancer_are_told_of(label: str) -> None:
    waits = "new pods wait for the load balancer's health check, minutes in each rollout"
    assert labelled({}, {label: "enabled"}) == [f"- namespace web: {waits}"]
    gone = "new pods are no longer kept waiting for a healthy target"
    assert labelled({label: "enabled"}, {label: "disabled"}) == [f"INTERRUPTS namespace web: {gone}"]


def test_ambient_mode_holds_at_once() -> None:
    assert labelled({"mode": "ambient"}, {}) == ["EXPOSES namespace web: pods leave the mesh at once"]
    assert "without a restart" in labelled({}, {"mode": "ambient"})[0]


def test_pod_security_keeps_injected_pods_from_starting_without_the_cni_plugin() -> None:
    level = "pod-security.kubernetes.io/enforce"
    old, new = {"injection": "enabled"}, {"injection": "enabled", level: "restricted"}
    sentence = (
        "namespace web: pods that do not meet restricted are rejected from now on; running ones stay until they restart"
    )
    assert labelled(old, new) == [f"INTERRUPTS {sentence}"]
    assert labelled(old, new, *istio("cni", "1.30.3")) == [f"RESTARTS {sentence}"]
    assert labelled(new, old) == ["EXPOSES namespace web: pods of level privileged are admitted from now on"]
    leaves_it_to_cni = release("istiod", "istiod", pilot={"cni": {"enabled": True}})
    assert labelled(old, new, leaves_it_to_cni) == [f"RESTARTS {sentence}"]


def test_pod_security_that_only_warns_rejects_nothing() -> None:
    warn, enforce = ({f"pod-security.kubernetes.io/{mode}": "baseline"} for mode in ("warn", "enforce"))
    sentence = "namespace web: pods that do not meet baseline cause a warning, and are admitted all the same"
    assert labelled({}, warn) == [f"- {sentence}"]
    assert labelled(enforce, {**enforce, **warn}) == []
    assert labelled(warn, {}) == []
    (rejected,) = labelled(warn, {**warn, **enforce})
    assert rejected.startswith("RESTARTS namespace web: pods that do not meet baseline are rejected from now on")


def test_a_namespace_goes_with_all_that_is_in_it() -> None:
    inside = deployment("web", "shop")
    assert said(namespaces.watch, compared([namespace("web"), inside], [])) == [
        "INTERRUPTS namespace web: deleted with everything in it, including what this stack did not create: "
        "workload shop"
    ]
    assert said(namespaces.watch, compared([namespace("web")], []))[0].startswith("DELETES namespace web: deleted")


def test_a_gateway_that_goes_with_its_namespace_is_told_by_itself() -> None:
    gateway = deployment("web", "edge", **{"gateway.networking.k8s.io/gateway-name": "edge"})
    assert said(namespaces.watch, compared([namespace("web"), gateway], [])) == [
        "DELETES namespace web: deleted with everything in it, including what this stack did not create"
    ]


def test_a_namespace_of_somebody_else_only_loses_its_labels() -> None:
    manifest = namespace("web", injection="enabled")
    whole = side([manifest])
    patched = (replace(each, type=f"{each.type}Patch") if each.custom else each for each in whole.snapshot.resources)
    adopted = replace(whole, snapshot=replace(whole.snapshot, resources=tuple(patched)))
    assert said(namespaces.watch, compare(adopted, side([]))) == [
        "EXPOSES namespace web: kept, but its labels are removed"
    ]
    assert said(namespaces.watch, compare(side([]), adopted)) == [
        "- namespace web: its labels are set; its pods get a sidecar"
    ]


def test_of_two_stacks_one_has_what_the_other_has_not() -> None:
    whole = [namespace("web"), release("grafana", "grafana"), release("istiod", "istiod")]
    for watch, sentence in (
        (namespaces.watch, "namespace web: exists"),
        (addons.watch, "Grafana: installed"),
        (control_plane.watch, f"istiod {ISTIO_VERSION}: exists"),
    ):
        assert said(watch, compared(whole, [], deploys=False)) == [f"- {sentence} in before only"]
        assert said(watch, compared([], whole, deploys=False))[0].startswith("- ")
        assert "in after only" in said(watch, compared([], whole, deploys=False))[0]


def test_fifty_namespaces_are_one_sentence() -> None:
    names = [f"team-{number}" for number in range(50)]
    sides = [[namespace(name, injection=value) for name in names] for value in ("disabled", "enabled")]
    (sentence,) = said(namespaces.watch, compared(*sides))
    assert sentence.startswith("- namespaces team-0, team-1, team-10 and 47 others: new pods get a sidecar")


def _filled(given: dict[str, Any]) -> dict[str, Any]:
    """A release's version and values; what is neither is one of its values."""
    values = {key: value for key, value in given.items() if key not in ("values", "version")}
    return {"version": given.get("version", "1.0.0"), "values": {**values, **given.get("values", {})}}


def addon(watch: Any, chart: str, old: dict[str, Any] | None, new: dict[str, Any] | None) -> list[str]:
    sides = [[release(chart, chart) | _filled(each)] if each is not None else [] for each in (old, new)]
    return said(watch, compared(*sides))


def test_the_history_of_metrics_goes_with_prometheus() -> None:
    assert addon(addons.watch, "prometheus", {}, None) == [
        "DELETES Prometheus: uninstalled together with its metrics history"
    ]
    assert addon(addons.watch, "grafana", {}, None) == ["- Grafana: uninstalled"]
    held = {"server": {"persistentVolume": {"enabled": False}}}
    sentences = addon(addons.watch, "prometheus", {"version": "28.0.0", **held}, {"version": "28.1.0", **held})
    assert sentences == ["DELETES Prometheus: version changes from 28.0.0 to 28.1.0; loses its metrics history"]


def test_kiali_without_a_login_is_open() -> None:
    anonymous = {"auth": {"strategy": "anonymous"}, "deployment": {"view_only_mode": True}}
    token = {"auth": {"strategy": "token"}, "deployment": {"view_only_mode": True}}
    assert addon(addon_access.watch, "kiali-server", token, anonymous) == [
        "EXPOSES Kiali: can be viewed without a login from now on"
    ]
    assert addon(addon_access.watch, "kiali-server", anonymous, token) == ["- Kiali: a login is required from now on"]
    signed_in, anybody = ({"grafana.ini": {"auth.anonymous": {"enabled": each}}} for each in (False, True))
    assert len(addon(addon_access.watch, "grafana", {"values": signed_in}, {"values": anybody})) == 1
    writing = {"auth": {"strategy": "anonymous"}, "deployment": {"view_only_mode": False}}
    assert addon(addon_access.watch, "kiali-server", anonymous, writing) == [
        "EXPOSES Kiali: visitors can edit Istio's objects from now on"
    ]


def test_an_addon_behind_a_load_balancer_is_open_to_the_outside() -> None:
    (sentence,) = addon(addon_access.watch, "grafana", {}, {"service": {"type": "LoadBalancer"}})
    assert sentence == "EXPOSES Grafana: reachable from outside the cluster (LoadBalancer) from now on"
