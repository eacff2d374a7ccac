"""What does the program register, and what does it leave out?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fairlead.evaluation.evaluation import evaluate
from fairlead.evaluation.snapshot import SECRET, Snapshot
from fairlead.terminal.errors import UserError
from fairlead.yaml_files.stack_file import StackFile
from tests.fixtures.checkout import PROGRAM
from tests.fixtures.evaluated import KIND, STACKS, evaluate_file, evaluated, kinds, one

pytestmark = pytest.mark.snapshot

HELLO: dict[str, Any] = {"name": "helloworld", "namespace": "hello", "port": 5000}


def texts(snapshot: Snapshot) -> str:
    return json.dumps([[each.urn, each.inputs, each.options] for each in snapshot.resources])


@pytest.mark.parametrize("path", STACKS, ids=lambda path: path.stem)
def test_a_stack_evaluates_to_the_same_data_every_time(path: Path) -> None:
    assert evaluate_file(path) == evaluate_file(path)


def test_the_smallest_stack_is_a_control_plane_and_nothing_else() -> None:
    assert kinds(evaluated()) == {
        *("Stack", "Cluster", "kubernetes", "SecurityRules", "MeshNamespace", "Namespace"),
        *("ControlPlane", "Release"),
    }


def test_an_app_that_its_service_alone_can_serve_gets_no_object() -> None:
    snapshot = evaluated(apps=[HELLO])
    assert one(snapshot, "AppRouting", "helloworld")
    assert not {"VirtualService", "DestinationRule"} & kinds(snapshot)


def test_versions_with_services_of_their_own_need_no_subsets() -> None:
    versions = [{"name": "v1", "service": "hello-1"}, {"name": "v2", "service": "hello-2"}]
    app = HELLO | {"versions": versions, "routes": [{"weights": {"v1": 20, "v2": 80}}]}
    snapshot = evaluated(apps=[app])
    assert "VirtualService" in kinds(snapshot)
    assert "DestinationRule" not in kinds(snapshot)


def test_only_the_weights_of_a_controller_are_ignored() -> None:
    app = HELLO | {"versions": [{"name": "v1"}, {"name": "v2"}]}
    weights = {"v1": 100, "v2": 0}
    managed = evaluated(apps=[app | {"routes": [{"weights": weights | {"managedBy": "argo-rollouts"}}]}])
    paths = ["spec.http[0].route[0].weight", "spec.http[0].route[1].weight"]
    assert {
        each.name: each.options["ignoreChanges"] for each in managed.resources if each.options.get("ignoreChanges")
    } == {"helloworld-routes": paths}
    ours = evaluated(apps=[app | {"routes": [{"weights": weights}]}])
    assert (
        one(ours, "VirtualService", "helloworld-routes").inputs
        == one(managed, "VirtualService", "helloworld-routes").inputs
    )


def test_an_addon_that_exists_elsewhere_is_not_installed() -> None:
    addons = {"prometheus": {"url": "http://prometheus.monitoring:9090"}, "kiali": {}}
    snapshot = evaluated(addons=addons)
    assert {each.name for each in snapshot.resources if each.is_release} == {"istio-base", "istiod", "kiali"}
    kiali = one(snapshot, "Release", "kiali").inputs["values"]["external_services"]
    assert kiali["prometheus"]["url"] == "http://prometheus.monitoring:9090"


def test_tracing_tells_istiod_where_and_the_mesh_that() -> None:
    snapshot = evaluated(addons={"tracing": {"provider": "zipkin"}})
    (provider,) = one(snapshot, "Release", "istiod").inputs["values"]["meshConfig"]["extensionProviders"]
    (tracing,) = one(snapshot, "Telemetry", "mesh-tracing").inputs["spec"]["tracing"]
    assert tracing["providers"] == [{"name": provider["name"]}]


def test_mtls_is_said_for_the_mesh_and_for_each_namespace_that_differs() -> None:
    snapshot = evaluated(istio={"mtls": "strict"}, namespaces=[{"name": "old", "mtls": "permissive"}, {"name": "new"}])
    modes = {
        each.inputs["metadata"]["namespace"]: each.inputs["spec"]["mtls"]["mode"]
        for each in snapshot.resources
        if each.type.endswith(":PeerAuthentication")
    }
    assert modes == {"istio-system": "STRICT", "old": "PERMISSIVE"}


def test_a_namespace_that_exists_is_patched_and_any_other_created() -> None:
    snapshot = evaluated(namespaces=[{"name": "default", "injection": True}, {"name": "mine"}])
    assert one(snapshot, "NamespacePatch", "default").inputs["metadata"]["labels"] == {"istio-injection": "enabled"}
    assert one(snapshot, "Namespace", "mine")


def test_a_gateway_on_kind_is_not_waited_for_when_it_asks_for_a_load_balancer() -> None:
    gateways = [{"name": "outside"}, {"name": "inside", "expose": "clusterIP"}]
    snapshot = evaluated(gateways=gateways)
    assert one(snapshot, "Release", "outside").inputs["skipAwait"] is True
    assert one(snapshot, "Release", "inside").inputs["skipAwait"] is False


def test_a_cluster_that_gives_addresses_is_waited_for() -> None:
    snapshot = evaluated(cluster=KIND | {"loadBalancers": True}, gateways=[{"name": "outside"}])
    assert one(snapshot, "Release", "outside").inputs["skipAwait"] is False


def test_without_wait_nothing_waits_for_pods() -> None:
    snapshot = evaluated(wait=False, samples=[{"name": "bookinfo"}], addons={"tracing": {}})
    for resource in snapshot.resources:
        if resource.is_release:
            assert resource.inputs["skipAwait"] is True
        if resource.inputs.get("kind") in ("Deployment", "Service"):
            assert resource.inputs["metadata"]["annotations"]["pulumi.com/skipAwait"] == "true"


def test_every_release_has_a_name_a_version_and_a_namespace_of_the_stack() -> None:
    snapshot = evaluated(gateways=[{"name": "istio-ingress"}], addons={"prometheus": {}, "grafana": {}, "kiali": {}})
    namespaces = {each.inputs["metadata"]["name"] for each in snapshot.resources if each.type.endswith(":Namespace")}
    for release in (each for each in snapshot.resources if each.is_release):
        assert release.inputs["name"]
        assert release.inputs["version"]
        assert release.inputs["namespace"] in namespaces
        assert "createNamespace" not in release.inputs


def test_charts_come_from_where_the_config_says() -> None:
    oci = evaluated(istio={"charts": {"oci": "oci://registry.example.com/charts"}})
    assert one(oci, "Release", "istiod").inputs["chart"] == "oci://registry.example.com/charts/istiod"
    folder = one(evaluated(istio={"charts": {"path": "charts/"}}), "Release", "istiod").inputs
    assert folder["chart"] == "charts/istio-control/istio-discovery"
    assert "version" not in folder
    assert "repositoryOpts" not in folder


def test_a_password_is_encrypted_or_hidden_wherever_it_goes() -> None:
    config: dict[str, Any] = {
        "fairlead:cluster": KIND,
        "fairlead:addons": {"prometheus": {}, "grafana": {}},
        "fairlead:grafanaAdminPassword": {"secure": "v1:cipher"},
    }
    snapshot = evaluate(PROGRAM, StackFile("fairlead", "test", Path("Pulumi.test.yaml"), config))
    assert one(snapshot, "Secret", "grafana-admin").inputs["stringData"] == SECRET
    assert one(snapshot, "Release", "grafana").inputs["values"]["admin"]["existingSecret"] == "grafana-admin"
    assert "v1:cipher" not in texts(snapshot)


def test_a_signing_key_of_kiali_is_hidden_and_stays_the_same() -> None:
    config: dict[str, Any] = {
        "fairlead:cluster": KIND,
        "fairlead:addons": {"prometheus": {}, "kiali": {"auth": "token"}},
        "fairlead:kialiSigningKey": {"secure": "v1:cipher"},
    }
    snapshot = evaluate(PROGRAM, StackFile("fairlead", "test", Path("Pulumi.test.yaml"), config))
    assert one(snapshot, "Secret", "kiali-signing-key").inputs["stringData"] == SECRET
    values = one(snapshot, "Release", "kiali").inputs["values"]
    assert values["login_token"] == {"signing_key": "secret:kiali-signing-key:signing-key"}


def test_without_a_password_grafana_has_no_account() -> None:
    snapshot = evaluated(addons={"prometheus": {}, "grafana": {}})
    assert "Secret" not in kinds(snapshot)
    assert "admin" not in one(snapshot, "Release", "grafana").inputs["values"]


def test_outputs_say_how_to_reach_what_needs_no_cluster_to_know() -> None:
    outputs = evaluated(gateways=[{"name": "gw", "expose": "clusterIP"}], apps=[HELLO | {"gateways": ["gw"]}]).outputs
    assert outputs["gateways"]["gw"]["command"] == "kubectl -n gw port-forward svc/gw 8080:80"
    assert outputs["apps"]["helloworld"] == {
        "urls": ["http://localhost:8080"],
        "split": [{"requests": "all", "to": "helloworld 100 %"}],
    }


class TestObjects:
    """The stack's own YAML files."""

    def test_they_are_applied_one_after_the_other(self, own_folder: Path) -> None:
        (own_folder / "b.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: third, namespace: x}\n")
        (own_folder / "a.yaml").write_text(
            "apiVersion: v1\nkind: Namespace\nmetadata: {name: x}\n---\n"
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: second, namespace: x}\ndata: {since: 2026-01-01}\n"
        )
        snapshot = evaluated(objects=[str(own_folder)])
        first, second = one(snapshot, "Namespace", "x"), one(snapshot, "ConfigMap", "x/second")
        third = one(snapshot, "ConfigMap", "x/third")
        assert second.dependencies == (first.urn,)
        assert third.dependencies == (second.urn,)
        assert second.inputs["data"] == {"since": "2026-01-01"}

    def test_what_a_secret_holds_is_hidden(self, own_folder: Path) -> None:
        file = own_folder / "secret.yaml"
        file.write_text("apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: x}\nstringData: {key: hunter2}\n")
        snapshot = evaluated(objects=[str(file)])
        assert one(snapshot, "Secret", "x/s").inputs["stringData"] == SECRET
        assert "hunter2" not in texts(snapshot)

    def test_everything_wrong_with_them_is_reported_along_with_the_config(self, own_folder: Path) -> None:
        broken, nameless = own_folder / "broken.yaml", own_folder / "nameless.yaml"
        broken.write_text("a: [")
        nameless.write_text("apiVersion: v1\nkind: ConfigMap\n")
        with pytest.raises(UserError) as caught:
            evaluated(objects=[str(broken), str(nameless), "missing.yaml"], wait="yes")
        message = str(caught.value)
        for part in ("fairlead:wait", "broken.yaml:2:1", "nameless.yaml", "an object needs a name", "no such file"):
            assert part in message
