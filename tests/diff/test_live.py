"""Does `diff --live` find what was changed by hand, and nothing else? On a real API server, with Istio's charts."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from fairlead.cluster.answers import Ref
from fairlead.cluster.api_server import CONTEXT, ApiServer
from fairlead.cluster.charts import ChartSource
from fairlead.cluster.helm import Helm
from fairlead.cluster.live_cluster import LiveCluster
from fairlead.cluster.toolchain import Toolchain
from fairlead.demo.applier import Applier
from fairlead.demo.config import on_server, write_config
from fairlead.demo.trial import Trial
from fairlead.drift.live_side import live_side
from fairlead.evaluation.evaluation import evaluate
from fairlead.terminal.progress import ConsoleProgress
from fairlead.yaml_files.stack_reader import read_stack_file
from tests.fixtures.checkout import PROGRAM, folder_in_checkout
from tests.fixtures.compared import side
from tests.fixtures.deployed import Deployed, as_account
from tests.fixtures.runs.kubeconfig_files import kubeconfig_file

pytestmark = pytest.mark.apiserver

ADDONS = ("grafana", "kiali", "prometheus")
ROUTES = Ref("networking.istio.io/v1", "VirtualService", "hello", "helloworld")
ISTIOD = Ref("apps/v1", "Deployment", "istio-system", "istiod")
SCALER = Ref("autoscaling/v2", "HorizontalPodAutoscaler", "istio-system", "istiod")
VALIDATOR = Ref("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", "", "istio-validator-istio-system")
OWN = "apiVersion: v1\nkind: Secret\nmetadata: {name: token, namespace: hello}\nstringData: {key: hunter2}\n"


@pytest.fixture(scope="module", name="deployed")
def _deployed(toolchain: Toolchain, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    folder = tmp_path_factory.mktemp("live")
    file = folder / "Pulumi.local.yaml"
    with ApiServer(toolchain.servers()) as server, folder_in_checkout() as mine:
        own = mine / "own.yaml"
        original = read_stack_file(PROGRAM, stack="local", overrides=[f"objects=[{own}]"])
        there = on_server(
            original, kubeconfig=server.kubeconfig, context=CONTEXT, charts=None, wait=False, skipped=ADDONS
        )
        cluster = LiveCluster(server.kubeconfig)
        try:
            own.write_text(OWN, encoding="utf-8")
            write_config(there, file)
            applier = Applier(cluster, Helm(toolchain.helm(), server.kubeconfig), ChartSource(toolchain))
            trial = Trial(applier, ConsoleProgress(Console(file=io.StringIO())))
            trial.put_up(evaluate(PROGRAM, there))
            assert trial.refused == []
            yield Deployed(cluster, str(file), own, server.kubeconfig)
        finally:
            cluster.close()


Drift = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def drift(deployed: Deployed, command: Callable[..., tuple[int, str, str]]) -> Drift:
    """Runs `diff --live`; gives its exit code and its report."""

    def run(*arguments: str) -> tuple[int, dict[str, Any]]:
        code, out, err = command("diff", "--config-file", deployed.file, "--live", "--format", "json", *arguments)
        assert "hunter2" not in out + err
        return code, json.loads(out)

    return run


def paths(report: dict[str, Any]) -> set[str]:
    return {f"{change['kind']} {each['path']}" for change in report["changes"] for each in change["differences"]}


def test_a_cluster_as_the_stack_says_shows_nothing(drift: Drift) -> None:
    code, report = drift()
    assert code == 0
    assert report["changes"] == []
    assert "the cluster https://127.0.0.1" in report["before"]


def test_what_servers_and_controllers_write_is_no_drift(deployed: Deployed, drift: Drift) -> None:
    live = deployed.cluster.read(VALIDATOR)
    assert live
    hooks = [
        {**each, "failurePolicy": "Fail", "clientConfig": {**each["clientConfig"], "caBundle": "Y2VydA=="}}
        for each in live["webhooks"]
    ]
    deployed.change(VALIDATOR, "pilot-discovery", webhooks=hooks)
    deployed.change(ISTIOD, "kube-controller-manager", spec={"replicas": 4})
    restarted = {"kubectl.kubernetes.io/restartedAt": "2026-01-01T00:00:00Z"}
    template = {"metadata": {"annotations": restarted}}
    deployed.change(ISTIOD, "kubectl-rollout", spec={"template": template})
    code, report = drift()
    assert code == 0
    assert report["changes"] == []


def test_a_weight_that_was_edited_is_told_as_traffic(deployed: Deployed, drift: Drift) -> None:
    live = deployed.cluster.read(ROUTES)
    assert live
    http = live["spec"]["http"]
    edited = json.loads(json.dumps(http))
    edited[0]["route"][0]["weight"], edited[0]["route"][1]["weight"] = 10, 90
    deployed.change(ROUTES, "kubectl-edit", spec={"http": edited, "hosts": ["*"], "gateways": live["spec"]["gateways"]})
    try:
        _, report = drift()
    finally:
        deployed.change(ROUTES, "fairlead", spec=live["spec"], metadata={"labels": live["metadata"]["labels"]})
    assert [each["kind"] for each in report["changes"]] == ["VirtualService"]
    assert "helloworld: v1 goes from 10 % to 70 % of requests through istio-ingress" in [
        f"{each['subject']}: {each['text']}" for each in report["effects"]
    ]
    assert any("pulumi refresh" in note for note in report["notes"])
    assert drift()[1]["changes"] == []


def test_an_edit_inside_a_helm_release_shows_though_pulumi_cannot_see_it(deployed: Deployed, drift: Drift) -> None:
    deployed.change(SCALER, "kubectl-edit", spec={"maxReplicas": 9})
    try:
        _, report = drift()
    finally:
        deployed.change(SCALER, "fairlead", spec={"maxReplicas": 5})
    (change,) = report["changes"]
    assert change["chartOf"] == "istio-system/istiod"
    assert change["differences"] == [{"path": "spec.maxReplicas", "old": 9, "new": 5}]


def test_what_somebody_added_by_hand_shows_and_defaults_do_not(deployed: Deployed, drift: Drift) -> None:
    container = {"name": "discovery", "env": [{"name": "PILOT_ENABLE_TRICK", "value": "true"}]}
    spec = {"template": {"spec": {"containers": [container]}}}
    deployed.change(ISTIOD, "kubectl-edit", spec=spec, metadata={"labels": {"team": "web"}})
    try:
        _, report = drift()
    finally:
        deployed.change(ISTIOD, "kubectl-edit")
    assert "Deployment metadata.labels.team" in paths(report)
    assert "PILOT_ENABLE_TRICK" in json.dumps(report["changes"])
    assert drift()[1]["changes"] == []


def test_an_object_that_is_gone_is_missing_on_the_clusters_side(deployed: Deployed, drift: Drift) -> None:
    live = deployed.cluster.read(ROUTES)
    assert live
    deployed.cluster.delete(ROUTES)
    try:
        _, report = drift()
    finally:
        kept = {key: live[key] for key in ("apiVersion", "kind", "spec")}
        metadata = {key: live["metadata"][key] for key in ("name", "namespace", "labels")}
        deployed.cluster.apply({**kept, "metadata": metadata})
    (change,) = report["changes"]
    assert (change["how"], change["kind"], change["name"]) == ("added", "VirtualService", "helloworld")


def test_a_secret_that_was_changed_is_another_one_and_no_more(deployed: Deployed, drift: Drift) -> None:
    deployed.own.write_text(OWN.replace("hunter2", "hunter2-new"), encoding="utf-8")
    try:
        _, report = drift()
    finally:
        deployed.own.write_text(OWN, encoding="utf-8")
    # What the program hands to Pulumi as a secret is not read back: nobody could say which of two it is.
    assert report["changes"] == []


def test_a_role_that_may_not_read_secrets_compares_all_else(deployed: Deployed, drift: Drift, tmp_path: Path) -> None:
    account = {"kind": "ServiceAccount", "name": "viewer", "namespace": "default"}
    named = {"metadata": {"name": "viewer"}}
    anything = {"apiGroups": ["*"], "resources": ["*"], "verbs": ["get", "list"]}
    role = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", **named}
    core = {**anything, "apiGroups": [""], "resources": ["configmaps", "namespaces", "serviceaccounts", "services"]}
    groups = sorted({key[0].rpartition("/")[0] for key in deployed.cluster.kinds()} - {""})
    binding = {"roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "viewer"}}
    for each in (
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "viewer", "namespace": "default"}},
        {**role, "rules": [core, {**anything, "apiGroups": groups}]},
        {**role, "kind": "ClusterRoleBinding", **binding, "subjects": [account]},
    ):
        deployed.cluster.apply(each)
    kubeconfig = as_account(deployed, tmp_path / "kubeconfig")
    code, report = drift("--kubeconfig", str(kubeconfig))
    assert code == 0
    assert report["changes"] == []
    (note,) = [each for each in report["notes"] if "not compared" in each]
    assert note.startswith("Objects of kind Secret are not compared: secrets ")


def test_a_cluster_that_does_not_answer_is_said_first_a_failure_and_still_a_lint(
    deployed: Deployed, command: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    kubeconfig = kubeconfig_file(tmp_path, CONTEXT, bearer="hunter2")
    code, out, err = command("diff", "--config-file", deployed.file, "--live", "--kubeconfig", str(kubeconfig))
    assert code == 1
    assert out.startswith("Not compared: https://127.0.0.1:1 cannot be reached")
    assert "Lint" in out
    assert "hunter2" not in out + err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--context", "nowhere"], "The kubeconfig cannot be used"),
        (["--kubeconfig", "/nonexistent"], "The kubeconfig cannot be used"),
    ],
)
def test_a_kubeconfig_that_leads_nowhere_is_said_first(
    deployed: Deployed, command: Callable[..., tuple[int, str, str]], arguments: list[str], words: str
) -> None:
    code, out, _ = command("diff", "--config-file", deployed.file, "--live", *arguments)
    assert code == 1
    assert out.startswith(f"Not compared: {words}")


def test_a_namespace_that_is_a_path_shows_no_secret(deployed: Deployed) -> None:
    crafted = [
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "hello/secrets?x="}}
        for name in ("token", "b", "c", "d")
    ]
    found, notes = live_side(side(crafted), deployed.cluster)
    assert "aHVudGVyMg" not in repr(found)
    assert len(notes) == len(crafted)
