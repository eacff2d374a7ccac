"""Is a stack judged by its config and its objects at once, and is what it silences left out and counted?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fairlead.terminal.errors import UserError
from fairlead_mesh.findings import Finding, dotted
from fairlead_mesh.lint.stack.stack_lint import StackFindings, stack_findings
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.stack import read_config, well_formed
from tests.fixtures.checkout import PROGRAM
from tests.fixtures.evaluated import EKS, KIND, evaluated

PORT_WITHOUT_PODS: dict[str, Any] = {
    "apiVersion": "security.istio.io/v1",
    "kind": "PeerAuthentication",
    "metadata": {"name": "ports", "namespace": "hello"},
    "spec": {"mtls": {"mode": "STRICT"}, "portLevelMtls": {"8080": {"mode": "DISABLE"}}},
}
SHOP_SERVICE: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "shop", "namespace": "default"},
    "spec": {"selector": {"app": "shop"}, "ports": [{"name": "http", "port": 80}]},
}
SHOP: dict[str, Any] = {"name": "shop", "port": 80}
PROTECTED = {"service.beta.kubernetes.io/aws-load-balancer-attributes": "deletion_protection.enabled=true"}
TWO_PROTECTED = [{"name": name, "loadBalancer": {"annotations": PROTECTED}} for name in ("public", "partners")]
RULE = "port_level_mtls_has_a_selector"


def judged(*manifests: dict[str, Any], **keys: Any) -> StackFindings:
    items = [Item(each, ("objects", 0), source="mesh.yaml", document=place) for place, each in enumerate(manifests)]
    return stack_findings(well_formed({"cluster": KIND, **keys}), items)


def rules(found: list[Finding]) -> list[str]:
    return [finding.rule for finding in found]


def ignoring(rule: str, **place: str) -> dict[str, Any]:
    return {"ignore": [{"rule": rule, "reason": "This is meant.", **place}]}


@pytest.mark.mesh
class TestJudging:
    def test_config_and_objects_are_judged_at_once(self) -> None:
        found = judged(PORT_WITHOUT_PODS, istio={"version": "1.20.0"}).errors
        assert rules(found) == ["istio_has_the_v1_apis", RULE]
        assert (found[1].source, found[1].document, found[1].path[:2]) == ("mesh.yaml", 0, ("spec", "portLevelMtls"))

    def test_no_object_is_made_of_a_config_that_none_can_be_made_of(self) -> None:
        found = judged(PORT_WITHOUT_PODS, apps=[SHOP | {"gateways": ["nowhere"]}]).errors
        assert rules(found) == ["gateways_exist"]

    def test_what_the_config_says_of_a_place_is_not_said_again_of_its_object(self) -> None:
        gateways = [{"name": "istio-ingress", "ports": [{"port": 443, "protocol": "HTTPS"}]}]
        assert rules(judged(gateways=gateways).errors) == ["tls_fits_the_protocol"]

    def test_an_app_whose_service_nobody_declares_is_one_warning(self) -> None:
        routes = [{"match": [{"uri": path}]} for path in ("/a", "/b", "/c")]
        (found,) = judged(apps=[SHOP | {"routes": routes}]).findings
        assert (found.rule, found.severity) == ("services_of_apps_are_known", "warning")
        assert "external: true" in found.remedy

    @pytest.mark.parametrize("known", ["external", "in a file", "sample"])
    def test_an_app_whose_service_is_known_is_none(self, known: str) -> None:
        if known == "external":
            found = judged(apps=[SHOP | {"external": True}])
        elif known == "in a file":
            found = judged(SHOP_SERVICE, apps=[SHOP])
        else:
            found = judged(samples=[{"name": "helloworld"}], apps=[{"name": "helloworld", "port": 5000}])
        assert "services_of_apps_are_known" not in rules(found.findings)

    def test_the_order_is_that_of_the_stack_file(self) -> None:
        found = judged(
            PORT_WITHOUT_PODS, apps=[SHOP], gateways=[{"name": "a", "podDisruptionBudget": {"minAvailable": 1}}]
        )
        sections = [finding.source or str(finding.path[0]) for finding in found.findings]
        assert [name for name in sections if name in ("gateways", "apps", "mesh.yaml")] == [
            "gateways",
            "apps",
            "mesh.yaml",
        ]


@pytest.mark.mesh
class TestSilencing:
    def test_a_rule_is_silenced_for_the_whole_stack_and_counted(self) -> None:
        settings = ignoring("load_balancers_can_be_deleted")
        found = judged(cluster=EKS, gateways=TWO_PROTECTED, lint=settings)
        assert (found.findings, found.silenced) == ([], 2)

    @pytest.mark.parametrize("path", ["gateways[1]", "gateways[1].loadBalancer.annotations"])
    def test_a_rule_is_silenced_for_a_part_of_the_stack_file(self, path: str) -> None:
        found = judged(cluster=EKS, gateways=TWO_PROTECTED, lint=ignoring("load_balancers_can_be_deleted", path=path))
        assert [dotted(finding.path)[:20] for finding in found.findings] == ["fairlead:gateways[0]"]
        assert found.silenced == 1

    def test_a_part_is_not_mistaken_for_another_that_begins_alike(self) -> None:
        gateways = [{"name": f"g{number}"} for number in range(10)] + TWO_PROTECTED
        settings = ignoring("load_balancers_can_be_deleted", path="gateways[1")
        assert judged(cluster=EKS, gateways=gateways, lint=settings).silenced == 0

    @pytest.mark.parametrize(
        ("place", "silenced"),
        [
            ({"object": "PeerAuthentication hello/ports"}, 1),
            ({"object": "PeerAuthentication hello/port"}, 0),
            ({"path": "mesh.yaml"}, 1),
            ({"path": "mesh"}, 0),
        ],
    )
    def test_a_rule_is_silenced_for_an_object_or_a_file(self, place: dict[str, str], silenced: int) -> None:
        found = judged(PORT_WITHOUT_PODS, lint=ignoring(RULE, **place))
        assert found.silenced == silenced
        assert (RULE in rules(found.errors)) == (not silenced)

    def test_an_entry_that_silences_nothing_is_reported(self) -> None:
        (found,) = judged(lint=ignoring("load_balancers_can_be_deleted", path="gateways[0]")).findings
        assert (found.rule, found.severity, found.path) == ("ignored_rules_exist", "warning", ("lint", "ignore", 0))

    def test_a_rule_that_objects_depend_on_stays(self) -> None:
        found = judged(apps=[SHOP | {"gateways": ["nowhere"]}], lint=ignoring("gateways_exist"))
        assert rules(found.errors) == ["gateways_exist", "ignored_rules_exist"]
        assert found.silenced == 0

    def test_an_error_of_the_config_alone_is_silenced_too(self) -> None:
        weights = {"versions": [{"name": "v1"}, {"name": "v2"}], "routes": [{"weights": {"v1": 500, "v2": 500}}]}
        weights["routes"][0]["weights"] = {"v1": 50, "v2": 100}
        keys = {"cluster": KIND, "apps": [SHOP | weights], "lint": ignoring("weights_add_up")}
        assert read_config(keys).apps[0].name == "shop"


@pytest.mark.snapshot
class TestProgram:
    def test_it_refuses_an_object_that_would_not_work_and_says_where_it_stands(self, own_folder: Path) -> None:
        file = own_folder / "mesh.yaml"
        file.write_text(
            "apiVersion: v1\nkind: Namespace\nmetadata: {name: hello}\n---\n"
            "apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: ports, namespace: hello}\n"
            "spec: {portLevelMtls: {8080: {mode: DISABLE}}}\n"
        )
        with pytest.raises(UserError) as caught:
            evaluated(objects=[str(file)])
        assert f"{file.relative_to(PROGRAM)}: spec.portLevelMtls" in str(caught.value)

    def test_it_warns_in_one_message_and_cuts_a_long_list(self, monkeypatch: pytest.MonkeyPatch) -> None:
        said: list[str] = []
        monkeypatch.setattr("pulumi.log.warn", said.append)
        evaluated(apps=[{"name": f"app-{number}", "port": 80} for number in range(25)])
        (message,) = said
        assert "25 things to look at:" in message
        assert "and 22 more of services_of_apps_are_known" in message
        assert message.count("external: true") == 3

    def test_it_says_nothing_of_what_is_silenced(self, monkeypatch: pytest.MonkeyPatch) -> None:
        said: list[str] = []
        monkeypatch.setattr("pulumi.log.warn", said.append)
        evaluated(apps=[SHOP], lint=ignoring("services_of_apps_are_known"))
        assert said == []
