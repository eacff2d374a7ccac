"""What counts as left behind, and what may stay?"""

from __future__ import annotations

from typing import Any

import pytest

from fairlead.cluster.answers import Ref
from fairlead.demo.leftovers import leftovers, settled_leftovers

pytestmark = pytest.mark.mesh

POD = Ref("v1", "Pod", "default", "web")
CRD = Ref("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", "gateways.networking.istio.io")
KEEP: dict[str, Any] = {"annotations": {"helm.sh/resource-policy": "keep"}}


def test_a_definition_stays_only_where_its_chart_keeps_it() -> None:
    assert leftovers({}, {CRD: KEEP}).kept == [CRD]
    assert leftovers({}, {CRD: {}}).stray == [str(CRD)]


def test_istiods_certificate_stays_in_namespaces_of_others() -> None:
    certificate = Ref("v1", "ConfigMap", "default", "istio-ca-root-cert")
    other = Ref("v1", "ConfigMap", "default", "settings")
    found = leftovers({}, {certificate: {}, other: {}})
    assert (found.kept, found.stray) == ([certificate], [str(other)])


def test_what_was_there_before_is_nobodys_leftover() -> None:
    assert leftovers({POD: {}}, {POD: {}}).stray == []


def test_pods_get_the_time_to_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    looks = iter([{POD: {}}, {POD: {}}, {}])
    assert settled_leftovers({}, lambda: next(looks), within=60).stray == []


def test_what_never_ends_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    assert settled_leftovers({}, lambda: {POD: {}}, within=0).stray == [str(POD)]
