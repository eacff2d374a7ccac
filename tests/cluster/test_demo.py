"""Does the demo tell the truth? Held against a real API server, with stacks made by hand."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from fairlead.cluster.answers import Ref
from fairlead.cluster.api_server import ApiServer
from fairlead.cluster.charts import ChartSource
from fairlead.cluster.helm import Helm
from fairlead.cluster.live_cluster import LiveCluster
from fairlead.cluster.toolchain import Toolchain
from fairlead.demo.applier import Applier
from fairlead.demo.demo import run_demo
from fairlead.demo.leftovers import leftovers
from fairlead.demo.plan import adopted_namespaces
from fairlead.demo.trial import Trial, adopt
from fairlead.terminal.progress import ConsoleProgress
from fairlead_mesh.versions import ISTIO_VERSION
from tests.fixtures.hand_made import NOWHERE, manifest, mesh, namespace, namespace_patch, release, stack

pytestmark = pytest.mark.apiserver


@pytest.fixture
def trial(api_server: ApiServer, live_cluster: LiveCluster, toolchain: Toolchain) -> Trial:
    helm = Helm(toolchain.helm(), api_server.kubeconfig)
    return Trial(Applier(live_cluster, helm, ChartSource(toolchain)), ConsoleProgress(Console(file=io.StringIO())))


def test_the_whole_demo_ends_well_and_leaves_no_folder(
    toolchain: Toolchain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for build in (toolchain.servers, toolchain.helm, toolchain.istio_charts):
        build()
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")  # Istio's repository is out of reach, wherever this runs
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    said = io.StringIO()
    code = run_demo(mesh(70), mesh(60), keep=False, console=Console(file=said, width=200))
    text = said.getvalue()
    assert code == 0, text
    assert "VirtualService web/web spec.http[0].route[0].weight: 70 -> 60" in text
    assert "no pod runs" in text
    assert f"instead of {ISTIO_VERSION}" in text
    assert "15 CustomResourceDefinitions" in text
    assert list(tmp_path.iterdir()) == []


def test_what_went_up_is_there_as_sent_and_comes_down_without_a_trace(trial: Trial) -> None:
    before = trial.cluster.inventory()
    home = namespace("plain")
    resources = {"requests": {"cpu": "1000m", "memory": "1024Mi"}}
    pod = {"containers": [{"name": "c", "image": "c", "resources": resources, "ports": [{"containerPort": 80}]}]}
    template = {"metadata": {"labels": {"app": "a"}}, "spec": pod}
    spec = {"selector": {"matchLabels": {"app": "a"}}, "template": template}
    deployment = manifest("apps/v1", "Deployment", "a", namespace="plain", after=(home,), spec=spec)
    secret = manifest("v1", "Secret", "s", namespace="plain", after=(home,), stringData={"key": "[secret]"})
    snapshot = stack(home, deployment, secret)
    trial.put_up(snapshot)
    assert trial.refused == []
    assert trial.read_back() == {}
    assert trial.apply_again(snapshot, trial.up) == {}
    assert trial.take_down() == []
    assert leftovers(before, trial.cluster.inventory()).stray == []


def test_a_difference_from_what_was_sent_is_found(trial: Trial) -> None:
    config = manifest("v1", "ConfigMap", "drifted", data={"key": "sent"})
    trial.put_up(stack(config))
    sent = manifest("v1", "ConfigMap", "drifted", data={"key": "edited"}).inputs
    trial.cluster.apply(sent, "somebody-else")
    assert [str(each) for each in trial.read_back()["ConfigMap default/drifted"]] == ["data.key: 'sent' -> 'edited'"]
    trial.take_down()


def test_a_patch_gives_its_fields_back_and_the_object_stays(trial: Trial) -> None:
    before = trial.cluster.inventory()
    ref = Ref("v1", "Namespace", "", "default")
    trial.put_up(stack(namespace_patch("default", {"istio-injection": "enabled"})))
    assert (trial.cluster.read(ref) or {})["metadata"]["labels"]["istio-injection"] == "enabled"
    assert leftovers(before, trial.cluster.inventory()).stray == ["fields of Namespace default"]
    trial.take_down()
    assert "istio-injection" not in (trial.cluster.read(ref) or {})["metadata"]["labels"]
    assert leftovers(before, trial.cluster.inventory()).stray == []


def test_a_namespace_of_somebody_else_is_stood_in_for_and_removed(trial: Trial) -> None:
    before = trial.cluster.inventory()
    snapshot = stack(namespace_patch("theirs", {"a": "b"}), manifest("v1", "ConfigMap", "c", namespace="theirs"))
    adopted = adopt(trial.cluster, adopted_namespaces(snapshot))
    assert [ref.name for ref in adopted] == ["theirs"]
    trial.put_up(snapshot)
    assert trial.refused == []
    assert trial.take_down(adopted) == []
    assert leftovers(before, trial.cluster.inventory()).stray == []


def test_an_object_that_stays_behind_is_named(trial: Trial) -> None:
    before = trial.cluster.inventory()
    stray = trial.cluster.ref(trial.cluster.apply(manifest("v1", "ConfigMap", "forgotten").inputs))
    assert leftovers(before, trial.cluster.inventory()).stray == ["ConfigMap default/forgotten"]
    trial.cluster.delete(stray)


def test_a_chart_that_cannot_be_reached_is_skipped_and_named_with_what_needed_it(trial: Trial) -> None:
    home = namespace("monitoring")
    chart = release("prometheus", "prometheus", after=(home,), repository=NOWHERE)
    monitor = manifest("monitoring.coreos.com/v1", "ServiceMonitor", "m", namespace="monitoring", after=(chart,))
    trial.put_up(stack(home, chart, monitor))
    reasons = {skip.resource.name: skip.reason for skip in trial.skipped}
    assert NOWHERE in reasons["prometheus"]
    assert "Release monitoring/prometheus was skipped" in reasons["m"]
    assert trial.refused == []
    trial.take_down()


def test_an_object_that_the_server_refuses_is_named_and_the_rest_goes_on(trial: Trial) -> None:
    wrong = manifest("v1", "ConfigMap", "wrong", unheard={"of": 1})
    trial.put_up(stack(wrong, manifest("v1", "ConfigMap", "right")))
    assert trial.refused[0].startswith("ConfigMap wrong: ")
    assert "unheard" in trial.refused[0]
    assert [applied.resource.name for applied in trial.up.values()] == ["right"]
    trial.take_down()
