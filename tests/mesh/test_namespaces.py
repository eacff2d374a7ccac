"""Which namespaces does a stack have, and how do they join the mesh?"""

from __future__ import annotations

from typing import Any

import pytest

from fairlead_mesh.config import Config
from fairlead_mesh.namespaces import Namespace, namespace_object

pytestmark = pytest.mark.mesh


def namespace(**keys: Any) -> Namespace:
    return Namespace.model_validate({"name": "hello", **keys})


def names(**keys: Any) -> list[str]:
    config = Config.model_validate({"cluster": {"kubeconfig": {"context": "kind"}}, **keys})
    return [each.name for each in config.all_namespaces]


@pytest.mark.parametrize(("injection", "label"), [(True, "enabled"), (False, "disabled")])
def test_injection_is_the_label_that_istiod_looks_for(injection: bool, label: str) -> None:
    rendered = namespace_object(namespace(injection=injection))
    assert rendered["metadata"] == {"name": "hello", "labels": {"istio-injection": label}}


def test_a_namespace_of_which_nothing_is_said_stays_without_labels() -> None:
    assert namespace_object(namespace()) == {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "hello"}}


def test_more_labels_stand_beside_injection_in_order() -> None:
    labels = namespace_object(namespace(injection=True, labels={"team": "shop", "a": "b"}))["metadata"]["labels"]
    assert list(labels.items()) == [("a", "b"), ("istio-injection", "enabled"), ("team", "shop")]


def test_injection_leaves_the_sections_own_labels_alone() -> None:
    section = namespace(injection=True, labels={"team": "shop"})
    namespace_object(section)
    assert section.labels == {"team": "shop"}


@pytest.mark.parametrize("name", ["default", "kube-system", "kube-public", "kube-node-lease"])
def test_what_every_cluster_has_is_adopted_unless_the_file_says_otherwise(name: str) -> None:
    assert namespace(name=name).adopted
    assert not namespace(name=name, adopt=False).adopted


def test_any_other_namespace_is_created_unless_the_file_says_that_it_exists() -> None:
    assert not namespace().adopted
    assert namespace(adopt=True).adopted


def test_istios_namespace_is_always_there() -> None:
    assert names() == ["istio-system"]
    assert names(istio={"namespace": "mesh-system"}) == ["mesh-system"]


def test_what_the_file_lists_comes_first_in_its_order_and_once() -> None:
    listed = [{"name": "web"}, {"name": "istio-system", "adopt": True}, {"name": "hello"}]
    assert names(namespaces=listed) == ["web", "istio-system", "hello"]


def test_gateways_and_addons_bring_their_namespaces_by_name() -> None:
    gateways = [{"name": "istio-ingress"}, {"name": "partners", "namespace": "edge"}]
    addons = {"prometheus": {"namespace": "monitoring"}, "kiali": {}}
    assert names(gateways=gateways, addons=addons) == ["edge", "istio-ingress", "istio-system", "monitoring"]


def test_an_addon_that_exists_elsewhere_brings_no_namespace() -> None:
    existing = {"prometheus": {"url": "http://prometheus.monitoring", "namespace": "monitoring"}}
    assert names(addons=existing) == ["istio-system"]


def test_a_sample_brings_its_namespace_unless_every_cluster_has_it() -> None:
    samples = [{"name": "helloworld", "namespace": "hello"}, {"name": "bookinfo"}]
    assert names(samples=samples) == ["hello", "istio-system"]


def test_an_app_brings_no_namespace_as_its_service_exists() -> None:
    assert names(apps=[{"name": "shop", "port": 80, "namespace": "web"}]) == ["istio-system"]


def levels(**keys: Any) -> dict[str, str]:
    """Namespace -> `mode level` of its labels of Pod Security."""
    config = Config.model_validate({"cluster": {"kubeconfig": {"context": "kind"}}, **keys})
    found: dict[str, str] = {}
    for each in config.all_namespaces:
        labels = namespace_object(each)["metadata"].get("labels", {})
        modes = {key.partition("/")[2]: level for key, level in labels.items() if key.startswith("pod-security")}
        found[each.name] = " ".join(f"{mode} {modes[mode]}" for mode in ("enforce", "warn", "audit") if mode in modes)
    return found


CNI = {"values": {"istiod": {"pilot": {"cni": {"enabled": True}}}}}
WARNS, ENFORCES = "warn baseline audit baseline", "enforce baseline warn baseline audit baseline"


def test_namespaces_of_the_stack_warn_of_pods_below_baseline_and_reject_none_unless_told_to() -> None:
    stack: dict[str, Any] = {"gateways": [{"name": "edge"}], "namespaces": [{"name": "jobs"}]}
    assert levels(**stack) == {"jobs": WARNS, "edge": WARNS, "istio-system": WARNS}
    assert set(levels(**stack, podSecurity={"mode": "enforce"}).values()) == {ENFORCES}
    assert set(levels(**stack, podSecurity={"mode": "off"}).values()) == {""}
    assert set(levels(**stack, podSecurity={"level": "privileged"}).values()) == {""}


def test_restricted_is_for_namespaces_that_the_stack_puts_nothing_into() -> None:
    stack: dict[str, Any] = {"gateways": [{"name": "edge"}], "samples": [{"name": "helloworld", "namespace": "hello"}]}
    found = levels(**stack, namespaces=[{"name": "jobs"}], podSecurity={"level": "restricted"})
    strictest = WARNS.replace("baseline", "restricted")
    assert found == {"jobs": strictest, "edge": WARNS, "hello": WARNS, "istio-system": WARNS}
    assert levels(namespaces=[{"name": "istio-system", "podSecurity": "restricted"}]) == {"istio-system": strictest}


def test_sidecars_have_labels_with_istio_cni_alone_which_has_none_itself() -> None:
    injected = [{"name": "a", "injection": True}, {"name": "b", "labels": {"istio.io/rev": "default"}}]
    assert levels(namespaces=injected) == {"a": "", "b": "", "istio-system": WARNS}
    assert levels(namespaces=injected, istio=CNI) == {"a": WARNS, "b": WARNS, "istio-system": ""}
    older = {"values": {"istiod": {"istio_cni": {"enabled": True}}}}
    assert levels(namespaces=injected, istio=older)["a"] == WARNS


def test_a_namespace_of_somebody_else_has_labels_where_its_section_says_so() -> None:
    adopted = {"name": "web", "adopt": True}
    assert levels(namespaces=[adopted])["web"] == ""
    assert levels(namespaces=[adopted | {"podSecurity": "baseline"}])["web"] == WARNS


def test_a_label_that_the_stack_file_sets_wins() -> None:
    own = {"pod-security.kubernetes.io/warn": "restricted"}
    assert levels(namespaces=[{"name": "web", "labels": own}])["web"] == "warn restricted audit baseline"
