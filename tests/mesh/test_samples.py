"""Do the samples consist of what their routing needs, and would a strict cluster admit them?"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from fairlead_mesh.samples.sample import Sample
from fairlead_mesh.samples.samples import sample_objects

pytestmark = pytest.mark.mesh

NAMES = ("helloworld", "bookinfo", "membership-service")


def objects(name: str, **keys: Any) -> list[dict[str, Any]]:
    return sample_objects(Sample.model_validate({"name": name, **keys}))


def of_kind(rendered: list[dict[str, Any]], kind: str) -> dict[str, dict[str, Any]]:
    return {each["metadata"]["name"]: each for each in rendered if each["kind"] == kind}


def pod(deployment: dict[str, Any]) -> dict[str, Any]:
    return deployment["spec"]["template"]


def port(service: dict[str, Any]) -> tuple[str, int]:
    [only] = service["spec"]["ports"]
    return only["name"], only["port"]


def test_helloworld_has_two_versions_behind_one_service_on_port_5000() -> None:
    rendered = objects("helloworld")
    assert list(of_kind(rendered, "Deployment")) == ["helloworld-v1", "helloworld-v2"]
    services = of_kind(rendered, "Service")
    assert list(services) == ["helloworld"]
    assert port(services["helloworld"]) == ("http", 5000)
    assert services["helloworld"]["spec"]["selector"] == {"app": "helloworld"}


def test_helloworld_has_a_service_for_each_version_on_request() -> None:
    services = of_kind(objects("helloworld", perVersionServices=True, serviceType="NodePort"), "Service")
    assert services["helloworld-v2"]["spec"]["selector"] == {"app": "helloworld", "version": "v2"}
    types = {name: service["spec"]["type"] for name, service in services.items()}
    assert types == {"helloworld": "NodePort", "helloworld-v1": "ClusterIP", "helloworld-v2": "ClusterIP"}


def test_bookinfo_has_four_services_and_three_versions_of_reviews() -> None:
    rendered = objects("bookinfo", serviceType="NodePort")
    services = of_kind(rendered, "Service")
    assert sorted(services) == ["details", "productpage", "ratings", "reviews"]
    assert {port(service) for service in services.values()} == {("http", 9080)}
    assert [name for name, service in services.items() if service["spec"]["type"] == "NodePort"] == ["productpage"]
    deployments = of_kind(rendered, "Deployment")
    assert sorted(deployments) == [
        "details-v1",
        "productpage-v1",
        "ratings-v1",
        "reviews-v1",
        "reviews-v2",
        "reviews-v3",
    ]
    used = {pod(each)["spec"]["serviceAccountName"] for each in deployments.values()}
    assert used == set(of_kind(rendered, "ServiceAccount"))
    [reviews] = pod(deployments["reviews-v3"])["spec"]["containers"]
    assert "reviews-v3" in reviews["image"]


def test_membership_service_answers_its_health_as_json() -> None:
    rendered = objects("membership-service")
    assert port(of_kind(rendered, "Service")["membership-service"]) == ("http", 8080)
    server = of_kind(rendered, "ConfigMap")["membership-service"]["data"]["default.conf"]
    found = re.search(r"location = /actuator/health \{\s+return 200 '(.*)';", server)
    assert found
    assert json.loads(found[1]) == {"status": "UP"}
    assert "default_type application/json;" in server
    assert server.count("{") == server.count("}")
    [container] = pod(of_kind(rendered, "Deployment")["membership-service"])["spec"]["containers"]
    assert container["readinessProbe"]["httpGet"]["path"] == "/actuator/health"


@pytest.mark.parametrize("name", NAMES)
def test_every_object_goes_where_the_sample_goes(name: str) -> None:
    assert {each["metadata"]["namespace"] for each in objects(name, namespace="try")} == {"try"}


@pytest.mark.parametrize("name", NAMES)
def test_every_pod_names_its_app_and_version_and_is_found_by_its_services(name: str) -> None:
    rendered = objects(name, perVersionServices=True)
    labels = [pod(each)["metadata"]["labels"] for each in of_kind(rendered, "Deployment").values()]
    assert all(set(each) == {"app", "version"} for each in labels)
    for service in of_kind(rendered, "Service").values():
        assert any(service["spec"]["selector"].items() <= each.items() for each in labels)
    for deployment in of_kind(rendered, "Deployment").values():
        assert deployment["spec"]["selector"]["matchLabels"] == pod(deployment)["metadata"]["labels"]


@pytest.mark.parametrize("name", NAMES)
def test_every_rollout_waits_for_readiness_and_drains(name: str) -> None:
    for deployment in of_kind(objects(name), "Deployment").values():
        [container] = pod(deployment)["spec"]["containers"]
        assert container["readinessProbe"]["httpGet"]["port"] in {each["name"] for each in container["ports"]}
        assert container["lifecycle"] == {"preStop": {"sleep": {"seconds": 5}}}
        assert set(container["resources"]["requests"]) == {"cpu", "memory"}


@pytest.mark.parametrize("name", NAMES)
def test_every_container_meets_the_restricted_pod_security_standard(name: str) -> None:
    for deployment in of_kind(objects(name), "Deployment").values():
        [container] = pod(deployment)["spec"]["containers"]
        security = container["securityContext"]
        assert security["runAsNonRoot"]
        assert not security["allowPrivilegeEscalation"]
        assert security["capabilities"] == {"drop": ["ALL"]}
        assert security["seccompProfile"] == {"type": "RuntimeDefault"}


@pytest.mark.parametrize("name", NAMES)
def test_every_image_is_pinned_and_every_volume_is_mounted(name: str) -> None:
    for deployment in of_kind(objects(name), "Deployment").values():
        [container] = pod(deployment)["spec"]["containers"]
        assert re.fullmatch(r"[a-z.]+/\S+:\d\S*", container["image"])
        volumes = {each["name"] for each in pod(deployment)["spec"].get("volumes", [])}
        assert volumes == {each["name"] for each in container.get("volumeMounts", [])}
