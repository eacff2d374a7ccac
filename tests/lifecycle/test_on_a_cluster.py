"""What do `up` and `down` see on a cluster? Helm's records, what a stack left, and webhooks that nobody answers."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from fairlead.cluster.answers import Ref
from fairlead.cluster.api_server import ApiServer
from fairlead.cluster.helm import Helm
from fairlead.cluster.helm_records import helm_records
from fairlead.cluster.live_cluster import LiveCluster
from fairlead.cluster.toolchain import Toolchain
from fairlead.lifecycle.causes import causes
from fairlead.lifecycle.emptiness import left_on
from fairlead.lifecycle.ending import proof
from fairlead.lifecycle.waiting import found_now
from fairlead.lifecycle.webhooks import without_dead_webhooks
from fairlead.terminal.errors import UnreachableError
from fairlead_mesh.ownership import marked
from tests.fixtures.runs.absent_server import absent

pytestmark = pytest.mark.apiserver

NAMESPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "istio-system"}}
BASE = "istio-system/istio-base"
VALIDATOR = Ref("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", "", "istiod-default-validator")


@pytest.fixture(scope="module")
def base(api_server: ApiServer, live_cluster: LiveCluster, toolchain: Toolchain) -> Iterator[Helm]:
    live_cluster.apply(NAMESPACE)
    helm = Helm(toolchain.helm(), api_server.kubeconfig)
    chart = toolchain.istio_charts() / "base"
    helm.install("istio-base", "istio-system", chart, {"defaultRevision": "default"}, skip_crds=False)
    live_cluster.forget_kinds()
    yield helm
    helm.uninstall("istio-base", "istio-system")
    live_cluster.delete(live_cluster.ref(NAMESPACE))
    assert live_cluster.wait_until_gone([live_cluster.ref(NAMESPACE)]) == []


@pytest.mark.usefixtures("base")
def test_helms_records_say_status_revision_and_values(live_cluster: LiveCluster) -> None:
    (found,) = helm_records(live_cluster, "istio-system")
    assert (found.release, found.revision, found.status) == (BASE, 1, "deployed")
    assert found.values == {"defaultRevision": "default"}
    assert found.description == "Install complete"


@pytest.mark.usefixtures("base")
def test_objects_of_a_release_are_left_and_its_definitions_kept(live_cluster: LiveCluster) -> None:
    found = left_on(live_cluster, "fairlead.none", {BASE}, within=0)
    assert found.releases == [BASE]
    assert VALIDATOR in found.objects
    assert {ref.kind for ref in found.kept} == {"CustomResourceDefinition"}
    assert not {ref.kind for ref in found.objects} & {"CustomResourceDefinition"}
    assert left_on(live_cluster, "fairlead.none", {"istio-system/other"}, within=0).nothing


def test_an_object_with_the_label_of_the_stack_is_left_whatever_its_kind(live_cluster: LiveCluster) -> None:
    named = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "left", "namespace": "default"}}
    live_cluster.apply(marked(named, "fairlead.dev"))
    assert left_on(live_cluster, "fairlead.dev", set(), within=0).objects == (live_cluster.ref(named),)
    assert left_on(live_cluster, "fairlead.prod", set(), within=0).nothing
    live_cluster.delete(live_cluster.ref(named))
    assert left_on(live_cluster, "fairlead.dev", set()).nothing


@pytest.mark.usefixtures("base")
def test_a_webhook_that_nobody_answers_no_longer_blocks(live_cluster: LiveCluster) -> None:
    live_cluster.apply(
        {
            "apiVersion": VALIDATOR.api_version,
            "kind": VALIDATOR.kind,
            "metadata": {"name": VALIDATOR.name},
            "webhooks": [{"name": "validation.istio.io", "failurePolicy": "Fail"}],
        },
        "istiod",
    )
    assert without_dead_webhooks(live_cluster, {"istio-system/other"}) == []
    assert "istiod does not answer" in without_dead_webhooks(live_cluster, {BASE})[0]
    live = live_cluster.read(VALIDATOR) or {}
    assert [each["failurePolicy"] for each in live["webhooks"]] == ["Ignore"]
    assert live["webhooks"][0]["clientConfig"]["service"]["name"] == "istiod"
    assert without_dead_webhooks(live_cluster, {BASE}) == []


HELD = "example.com/held"


def held(name: str) -> dict[str, object]:
    metadata = {"name": name, "namespace": "default", "finalizers": [HELD]}
    return marked({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}, "fairlead.held")


def released(cluster: LiveCluster, name: str) -> None:
    cluster.apply({**held(name), "metadata": {"name": name, "namespace": "default", "finalizers": []}})


def test_a_finalizer_that_clears_late_is_waited_for(live_cluster: LiveCluster) -> None:
    live_cluster.apply(held("late"))
    live_cluster.delete(live_cluster.ref(held("late")))
    clearing = threading.Timer(1.5, released, (live_cluster, "late"))
    clearing.start()
    assert left_on(live_cluster, "fairlead.held", set(), within=20).nothing
    clearing.join()


def test_a_finalizer_that_never_clears_leaves_its_object_and_it_is_named(live_cluster: LiveCluster) -> None:
    live_cluster.apply(held("never"))
    live_cluster.delete(live_cluster.ref(held("never")))
    try:
        left = left_on(live_cluster, "fairlead.held", set(), within=0.5)
        assert left.objects == (live_cluster.ref(held("never")),)
        assert proof(left, state_is_empty=True)[0] == "  left on the cluster: ConfigMap default/never"
    finally:
        released(live_cluster, "never")


def test_a_server_that_goes_away_is_an_error_until_it_is_back(toolchain: Toolchain) -> None:
    with ApiServer(toolchain.servers()) as server:
        cluster = LiveCluster(server.kubeconfig)
        assert left_on(cluster, "fairlead.none", set(), within=0).nothing
        with absent(server):
            with pytest.raises(UnreachableError):
                left_on(cluster, "fairlead.none", set(), within=0)
            assert found_now(lambda: causes(cluster, {"default"})) == []
        assert left_on(cluster, "fairlead.none", set(), within=0).nothing
        cluster.close()
