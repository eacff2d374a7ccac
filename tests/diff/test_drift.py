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
