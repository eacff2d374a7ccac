"""How does a live object compare with what was sent? Equal where nobody changed anything, by the record of managers."""

from __future__ import annotations

from typing import Any

import pytest

from fairlead.drift.live_state import comparable

pytestmark = pytest.mark.mesh

SENT: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web", "namespace": "shop"},
    "spec": {"replicas": 2, "template": {"spec": {"containers": [{"name": "web", "image": "web:1"}]}}},
}
CONTAINERS = {'k:{"name":"web"}': {"f:name": {}, "f:image": {}, "f:imagePullPolicy": {}}}
ALL = {
    "f:spec": {
        "f:replicas": {},
        "f:progressDeadlineSeconds": {},
        "f:template": {"f:spec": {"f:containers": CONTAINERS}},
    }
}


def live(*managers: tuple[str, dict[str, Any]], **spec: Any) -> dict[str, Any]:
    container = {"name": "web", "image": "web:1", "imagePullPolicy": "IfNotPresent"}
    template = {"spec": {"containers": [container]}}
    record = [{"manager": name, "fieldsV1": fields} for name, fields in managers]
    metadata = {"name": "web", "namespace": "shop", "uid": "1", "managedFields": record}
    spec = {"replicas": 2, "progressDeadlineSeconds": 600, "template": template, **spec}
    return {**SENT, "metadata": metadata, "spec": spec, "status": {"replicas": 2}}


@pytest.mark.parametrize("manager", ["helm", "pulumi-kubernetes-1a2b", "kubectl-client-side-apply", "terraform"])
def test_defaults_of_whoever_applied_it_are_no_drift(manager: str) -> None:
    assert comparable(SENT, live((manager, ALL))) == SENT


def test_without_a_record_only_what_was_sent_is_compared() -> None:
    assert comparable(SENT, live()) == SENT
    assert comparable(SENT, live(replicas=3))["spec"]["replicas"] == 3


def test_what_was_set_beside_it_by_hand_is_drift() -> None:
    seen = comparable(SENT, live(("helm", ALL), ("kubectl-edit", {"f:spec": {"f:paused": {}}}), paused=True))
    assert seen["spec"] == {**SENT["spec"], "paused": True}


@pytest.mark.parametrize("manager", ["kube-controller-manager", "pilot-discovery"])
def test_what_a_controller_set_is_no_drift(manager: str) -> None:
    scaled = {"f:spec": {"f:replicas": {}}}
    without = {"f:spec": {key: value for key, value in ALL["f:spec"].items() if key != "f:replicas"}}
    assert comparable(SENT, live(("helm", without), (manager, scaled), replicas=7)) == SENT
    edited = live(("helm", without), ("kubectl-edit", scaled), replicas=7)
    assert comparable(SENT, edited)["spec"]["replicas"] == 7
    assert comparable(SENT, edited, autoscaled=True) == SENT


def test_an_item_that_was_injected_or_added_is_told_apart() -> None:
    added = {"f:spec": {"f:template": {"f:spec": {"f:containers": {'k:{"name":"debug"}': {".": {}, "f:name": {}}}}}}}
    containers = [{"name": "debug"}, {"name": "web", "image": "web:1"}]
    template = {"spec": {"containers": containers}}
    by_hand = live(("helm", ALL), ("kubectl-edit", added), template=template)
    assert [each["name"] for each in comparable(SENT, by_hand)["spec"]["template"]["spec"]["containers"]] == [
        "web",
        "debug",
    ]
    injected = live(("helm", ALL), ("pilot-discovery", added), template=template)
    assert comparable(SENT, injected) == SENT


def test_who_brings_the_certificate_of_a_webhook_is_no_matter() -> None:
    sent = {"metadata": {}, "webhooks": [{"name": "a", "clientConfig": {"url": "https://a"}}]}
    client = {"url": "https://a", "caBundle": "Y2VydA=="}
    fields = {"f:webhooks": {'k:{"name":"a"}': {"f:clientConfig": {"f:caBundle": {}}}}}
    record = [{"manager": "cainjector", "fieldsV1": fields}]
    there = {"metadata": {"managedFields": record}, "webhooks": [{"name": "a", "clientConfig": client}]}
    assert comparable(sent, there) == sent


def test_an_amount_that_is_written_otherwise_and_an_empty_value_are_the_same() -> None:
    sent = {"spec": {"cpu": "1000m", "memory": "1024Mi", "labels": {}, "port": 80}}
    assert comparable(sent, {"spec": {"cpu": "1", "memory": "1Gi", "port": "80"}, "metadata": {}}) == sent


def test_a_list_that_is_longer_or_shorter_shows_whole() -> None:
    sent = {"spec": {"hosts": ["a", "b"]}}
    assert comparable(sent, {"spec": {"hosts": ["a"]}})["spec"] == {"hosts": ["a"]}


def test_what_is_only_known_to_a_deployment_is_not_compared() -> None:
    sent = {"metadata": {"annotations": {"subnets": "[unknown]", "key": "[secret]"}}}
    there = {"metadata": {"annotations": {"subnets": "subnet-1", "key": "hunter2"}}}
    assert comparable(sent, there) == sent


def test_text_of_a_secret_is_held_against_its_stored_form() -> None:
    sent = {"kind": "Secret", "metadata": {}, "stringData": {"key": "hunter2"}, "data": {"other": "eA=="}}
    stored = {"key": "aHVudGVyMg==", "other": "eA=="}
    assert comparable(sent, {"kind": "Secret", "metadata": {}, "data": stored}) == sent
    edited = comparable(sent, {"kind": "Secret", "metadata": {}, "data": {**stored, "key": "/////w=="}})
    assert edited["stringData"]["key"] != "hunter2"


@pytest.mark.parametrize("there", [{}, {"metadata": None}, {"metadata": {"managedFields": "x"}}, {"spec": [1]}])
def test_no_form_of_an_answer_breaks_it(there: dict[str, Any]) -> None:
    assert isinstance(comparable(SENT, there), dict)


def with_record(sent: dict[str, Any], there: dict[str, Any], *managers: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """The live object, with a record of these managers."""
    record = [{"manager": name, "fieldsV1": fields} for name, fields in managers]
    metadata = {**there.get("metadata", {}), "managedFields": record}
    return {**sent, **there, "metadata": metadata}


@pytest.mark.parametrize("nothing", [None, {}])
def test_annotations_without_anything_in_them_are_those_that_helm_adds(nothing: Any) -> None:
    sent = {"metadata": {"name": "kiali", "annotations": nothing}, "spec": {"replicas": 1}}
    helms = {"meta.helm.sh/release-name": "kiali", "meta.helm.sh/release-namespace": "istio-system"}
    fields = {"f:metadata": {"f:annotations": {f"f:{key}": {} for key in helms}}, "f:spec": {"f:replicas": {}}}
    live = {"metadata": {"name": "kiali", "annotations": helms}}
    assert comparable(sent, with_record(sent, live, ("pulumi-resource-kubernetes", fields))) == sent
    assert comparable(sent, {**sent, **live}) == sent


def test_what_somebody_sets_where_nothing_was_sent_shows() -> None:
    sent = {"metadata": {"annotations": None}, "spec": {"class": None, "hosts": None, "replicas": 1}}
    by_hand = {"f:metadata": {"f:annotations": {"f:team": {}}}, "f:spec": {"f:class": {}, "f:hosts": {}}}
    live = {"metadata": {"annotations": {"team": "web"}}, "spec": {"class": "a", "hosts": [], "replicas": 1}}
    record = with_record({}, live, ("helm", {"f:spec": {"f:replicas": {}}}), ("kubectl-edit", by_hand))
    assert comparable(sent, record) == {
        "metadata": {"annotations": {"team": "web"}},
        "spec": {"class": "a", "hosts": None, "replicas": 1},
    }


def test_an_address_that_the_server_gives_is_no_drift_where_none_was_sent() -> None:
    sent = {"metadata": {}, "spec": {"clusterIP": "", "loadBalancerClass": None}}
    live = {"metadata": {}, "spec": {"clusterIP": "10.0.0.7", "loadBalancerClass": "service.k8s.aws/nlb"}}
    assert comparable(sent, live) == sent


AWS_FINALIZER = "service.k8s.aws/resources"


@pytest.mark.parametrize("manager", ["controller", "aws-load-balancer-controller", "elbv2.k8s.aws", "eks-nlb"])
@pytest.mark.parametrize("own", [[], ["example.com/own"]])
def test_a_finalizer_of_a_controller_is_no_drift_whatever_it_is_called(manager: str, own: list[str]) -> None:
    sent = {"metadata": {"name": "web", **({"finalizers": own} if own else {})}, "spec": {"type": "LoadBalancer"}}
    live = {"metadata": {"name": "web", "finalizers": [AWS_FINALIZER, *own]}}
    fields = {"f:metadata": {"f:finalizers": {".": {}, f'v:"{AWS_FINALIZER}"': {}}}}
    record = with_record(sent, live, ("helm", {"f:spec": {"f:type": {}}}), (manager, fields))
    assert comparable(sent, record) == sent


def test_a_finalizer_that_was_typed_or_taken_away_is_drift() -> None:
    sent = {"metadata": {"finalizers": ["example.com/own"]}, "spec": {"type": "LoadBalancer"}}
    fields = {"f:metadata": {"f:finalizers": {'v:"example.com/mine"': {}}}}
    live = {"metadata": {"finalizers": ["example.com/mine"]}}
    record = with_record(sent, live, ("helm", {"f:spec": {"f:type": {}}}), ("kubectl-patch", fields))
    assert comparable(sent, record)["metadata"]["finalizers"] == ["example.com/mine"]


def test_two_mounts_of_one_volume_are_told_by_their_paths() -> None:
    mounts = [{"name": "all", "mountPath": "/a", "subPath": "a"}, {"name": "all", "mountPath": "/b", "subPath": "b"}]
    sent = {"metadata": {}, "spec": {"volumeMounts": mounts}}
    live = {"spec": {"volumeMounts": [{**each, "readOnly": False} for each in reversed(mounts)]}, "metadata": {}}
    assert comparable(sent, live) == sent
    live["spec"]["volumeMounts"][0]["subPath"] = "z"
    assert comparable(sent, live)["spec"]["volumeMounts"] == [mounts[0], {**mounts[1], "subPath": "z"}]


def test_items_of_one_name_and_two_keys_keep_apart() -> None:
    ports = [{"port": 53, "name": "dns"}, {"port": 53, "protocol": "UDP", "name": "dns-udp"}]
    spread = [
        {"topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule", "maxSkew": 1},
        {"topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway", "maxSkew": 2},
    ]
    sent = {"metadata": {}, "spec": {"ports": ports, "topologySpreadConstraints": spread}}
    there = [{**ports[1], "nodePort": 30001}, {**ports[0], "protocol": "TCP", "nodePort": 30000}]
    live = {"metadata": {}, "spec": {"ports": there, "topologySpreadConstraints": spread[::-1]}}
    assert comparable(sent, live) == sent


@pytest.mark.parametrize(
    "manager", ["cloud-controller-manager", "aws-cloud-controller-manager", "kubelet", "vpa-updater", "manager", "eks"]
)
def test_what_controllers_of_any_name_write_beside_it_is_no_drift(manager: str) -> None:
    added = {"f:spec": {"f:loadBalancerClass": {}}, "f:metadata": {"f:labels": {"f:zone": {}}}}
    sent = {"metadata": {"labels": {"app": "web"}}, "spec": {"type": "LoadBalancer"}}
    live = {
        "metadata": {"labels": {"app": "web", "zone": "a"}},
        "spec": {"type": "LoadBalancer", "loadBalancerClass": "service.k8s.aws/nlb"},
    }
    own = {"f:spec": {"f:type": {}}, "f:metadata": {"f:labels": {"f:app": {}}}}
    assert comparable(sent, with_record(sent, live, ("helm", own), (manager, added))) == sent
    by_hand = comparable(sent, with_record(sent, live, ("helm", own), ("kubectl-edit", added)))
    assert by_hand["spec"]["loadBalancerClass"] == "service.k8s.aws/nlb"
    assert by_hand["metadata"]["labels"]["zone"] == "a"
