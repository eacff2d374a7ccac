"""Does Kiali's operator get an object that says what the chart's values say, and is it there until that is gone?"""

from __future__ import annotations

from typing import Any

import pytest

from fairlead_mesh.addons.kiali import Kiali
from fairlead_mesh.addons.prometheus import Prometheus
from fairlead_mesh.addons.surroundings import Surroundings
from fairlead_mesh.addons.tracing import Tracing
from tests.fixtures.addon_objects import read
from tests.fixtures.evaluated import comes_before, evaluated, one


def around(*addons: Any, secrets: tuple[str, ...] = (), protected: bool = False) -> Surroundings:
    return Surroundings(addons=addons, secrets=frozenset(secrets), protected=protected)


def spec(kiali: Kiali, *others: Any, secrets: tuple[str, ...] = ()) -> dict[str, Any]:
    [found] = kiali.chart_objects(around(kiali, *others, secrets=secrets))
    assert (found["apiVersion"], found["kind"]) == ("kiali.io/v1alpha1", "Kiali")
    return found["spec"]


@pytest.mark.mesh
def test_the_object_says_what_the_values_of_the_other_chart_say() -> None:
    server, others = Kiali(), (Prometheus(), Tracing())
    said = spec(read(Kiali, operator=True), *others)
    values = server.chart_values(around(server, *others))
    assert {key: value for key, value in values.items() if key != "login_token"} == said
    assert server.chart_objects(around(server)) == []


@pytest.mark.mesh
def test_the_stacks_key_signs_sessions_and_without_one_the_operators_does() -> None:
    kiali = read(Kiali, operator=True, auth="token")
    assert "login_token" not in spec(kiali)
    assert (
        spec(kiali, secrets=("kialiSigningKey",))["login_token"]["signing_key"]
        == "secret:kiali-signing-key:signing-key"
    )


@pytest.mark.mesh
def test_values_are_merged_into_the_object() -> None:
    kiali = read(Kiali, operator=True, values={"deployment": {"replicas": 2}})
    assert spec(kiali)["deployment"]["replicas"] == 2
    assert "deployment" not in kiali.chart_values(around(kiali))


@pytest.mark.mesh
@pytest.mark.parametrize(("keys", "read_only"), [({}, True), ({"auth": "token"}, False)])
def test_the_operator_may_give_no_more_rights_than_its_kiali_has(keys: dict[str, Any], read_only: bool) -> None:
    kiali = read(Kiali, operator=True, **keys)
    values = kiali.chart_values(around(kiali))
    assert values["onlyViewOnlyMode"] is read_only
    assert values["watchNamespace"] == "istio-system"
    assert values["cr"] == {"create": False}


@pytest.mark.mesh
def test_who_may_open_it_is_read_from_the_object() -> None:
    kiali = read(Kiali, operator=True, serviceType="NodePort", auth="anonymous")
    assert kiali.reading(around(kiali)).opened_by == "NodePort"
    assert kiali.reading(around(kiali)).anonymous


@pytest.mark.snapshot
def test_the_object_comes_after_the_operator_and_so_is_deleted_before_it() -> None:
    snapshot = evaluated(addons={"prometheus": {}, "kiali": {"operator": True}})
    release = one(snapshot, "Release", "kiali")
    kiali = one(snapshot, "Kiali", "kiali-kiali")
    assert release.inputs["chart"] == "kiali-operator"
    assert comes_before(snapshot, release, kiali)
