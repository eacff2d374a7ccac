"""What does the stack file of an environment say? Of the source all that is its own, under names of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fairlead.env.own_objects import OwnObjects, own_objects
from fairlead.env.stack_text import environment_text, is_environment
from fairlead.env.wanted import Wanted, named
from fairlead.terminal.errors import UserError
from fairlead.yaml_files.yaml_text import from_yaml
from fairlead_mesh.lint.config_findings import config_findings
from fairlead_mesh.stack import read_config
from tests.fixtures.checkout import PROGRAM

pytestmark = pytest.mark.mesh

SOURCE = """\
# A source.
config:
  fairlead:cluster: # where it is
    kubeconfig: {context: kind}
  fairlead:securityRules: always
  fairlead:wait: false
  fairlead:istio:
    # The version of all.
    version: 1.31.1
    mtls: strict
    values: {istiod: {revision: canary}}
  fairlead:gateways:
    - {name: front, selector: {edge: front}, replicas: 2, ports: [{port: 80, hosts: ["*.example.com"]}]}
  fairlead:addons: {prometheus: {}}
  fairlead:grafanaPassword: {secure: v1:abc}
  fairlead:namespaces:
    - {name: shop, adopt: true, labels: {istio.io/rev: canary}} # ours
    - {name: istio-system, adopt: true}
  fairlead:samples:
    - {name: helloworld}
  fairlead:apps:
    - {name: web, namespace: shop, port: 80, external: true, gateways: [front, mesh], hosts: [web.example.com]}
    - {name: cart, namespace: cart, port: 80, external: true}
  fairlead:lint:
    ignore:
      - {rule: services_of_apps_are_known, object: VirtualService shop/web, reason: It comes later.}
"""
PR = Wanted("pr-123", "dev", owner="jane")
NONE = OwnObjects()


def made(text: str = SOURCE, wanted: Wanted = PR, objects: OwnObjects = NONE) -> dict[str, Any]:
    config = from_yaml(environment_text(text, wanted, "fairlead", objects))["config"]
    return {key.removeprefix("fairlead:"): value for key, value in config.items()}


def test_an_environment_leaves_limits_that_are_counted_together_to_its_source() -> None:
    limits = "rateLimits: [{scope: global, requests: 1, unit: day}, {requests: 2, unit: day}]"
    text = (
        SOURCE.replace("{name: cart,", f"{{name: cart, {limits},") + "  fairlead:rateLimitService: {failOpen: true}\n"
    )
    text = text.replace("{name: front,", "{name: front, rateLimits: [{scope: global, requests: 1, unit: day}],")
    keys = made(text, replace(PR, entrance="own", domain="pr.example.com"))
    assert "rateLimitService" not in keys
    assert keys["apps"][1]["rateLimits"] == [{"requests": 2, "unit": "day"}]
    assert "rateLimits" not in keys["gateways"][0]


def test_an_environment_is_ephemeral_and_shares_the_control_plane_of_its_source() -> None:
    keys = made()
    assert keys["lifecycle"] == {"ephemeral": True, "ttl": "8h", "owner": "jane"}
    assert keys["istio"] == {"controlPlane": "shared", "version": "1.31.1"}
    assert not {"addons", "securityRules", "grafanaPassword"} & set(keys)
    assert (keys["wait"], keys["cluster"]) == (False, {"kubeconfig": {"context": "kind"}})


def test_namespaces_are_its_own_and_created_with_it() -> None:
    keys = made()
    assert keys["namespaces"] == [
        {"name": "pr-123-shop", "labels": {"istio.io/rev": "canary"}},
        {"name": "pr-123-cart"},
    ]
    assert [each["namespace"] for each in keys["apps"]] == ["pr-123-shop", "pr-123-cart"]
    assert keys["samples"] == [{"name": "helloworld", "namespace": "pr-123-default"}]
    assert keys["lint"]["ignore"][0]["object"] == "VirtualService pr-123-shop/web"


def test_hosts_are_its_own_at_the_gateway_of_the_source() -> None:
    keys = made()
    assert [each.get("hosts") for each in keys["apps"]] == [["pr-123.web.example.com"], None]
    ports = [{"port": 80, "hosts": ["*.example.com"]}]
    assert keys["gateways"] == [{"name": "front", "selector": {"edge": "front"}, "ports": ports, "external": True}]


def test_a_gateway_of_its_own_has_a_name_labels_and_hosts_of_its_own() -> None:
    keys = made(wanted=replace(PR, entrance="own"))
    ports = [{"port": 80, "hosts": ["*.pr-123.example.com"]}]
    assert keys["gateways"] == [{"name": "pr-123-front", "replicas": 2, "ports": ports}]
    assert keys["apps"][0]["gateways"] == ["pr-123-front", "mesh"]


def test_clients_of_an_app_are_those_of_the_environment() -> None:
    clients = "callers: [cart, {gateway: front}, {namespace: shop}, {serviceAccount: shop/a}, {namespace: ops}]"
    text = SOURCE.replace("gateways: [front, mesh],", f"gateways: [front, mesh], {clients},")
    (own,) = [each["callers"] for each in made(text, replace(PR, entrance="own"))["apps"] if "callers" in each]
    spaces = [{"namespace": "pr-123-shop"}, {"serviceAccount": "pr-123-shop/a"}, {"namespace": "ops"}]
    assert own == ["cart", {"gateway": "pr-123-front"}, *spaces]
    assert made(text)["apps"][0]["callers"][1] == {"gateway": "front"}


def test_hosts_outside_of_the_mesh_and_forms_of_logs_stay_with_the_source() -> None:
    calls = SOURCE.replace(
        "gateways: [front, mesh],", "gateways: [front, mesh], accessLogs: {format: x}, calls: [pay],"
    )
    keys = made(calls + "  fairlead:egress: [{name: pay, hosts: [pay.example.com]}]\n")
    assert "egress" not in keys
    assert not {"calls", "accessLogs"} & set(keys["apps"][0])
    inside = made(
        calls.replace("calls: [pay]", "accessLogs: true, calls: [cart]").replace("accessLogs: {format: x}, ", "")
    )
    assert (inside["apps"][0]["calls"], inside["apps"][0]["accessLogs"]) == (["cart"], True)


def test_an_app_that_serves_every_host_needs_a_domain_at_a_shared_gateway_only() -> None:
    text = SOURCE.replace(", hosts: [web.example.com]", "")
    with pytest.raises(UserError, match=r"app web serves every host.*--domain"):
        made(text)
    assert made(text, replace(PR, domain="example.org"))["apps"][0]["hosts"] == ["pr-123.example.org"]
    assert "hosts" not in made(text, replace(PR, entrance="own"))["apps"][0]


def test_comments_of_what_is_kept_stay_and_the_first_line_says_what_it_is() -> None:
    text = environment_text(SOURCE, PR, "fairlead", NONE)
    assert text.splitlines()[0].startswith("# The environment pr-123, made from dev")
    for comment in ("# A source.", "# where it is", "# The version of all.", "# ours"):
        assert comment in text
    assert is_environment(text, "pr-123")
    assert not is_environment(text, "pr-12")
    assert not is_environment(SOURCE, "pr-123")


def test_what_is_set_on_the_command_line_comes_last() -> None:
    sets = ("apps.web.hosts=[mine.example.com]", "lifecycle.ttl=1h", "wait=true")
    keys = made(wanted=replace(PR, ttl="2h", overrides=sets))
    assert (keys["apps"][0]["hosts"], keys["lifecycle"]["ttl"], keys["wait"]) == (["mine.example.com"], "1h", True)


def test_the_time_of_an_ephemeral_source_is_taken_over_and_that_of_the_command_line_wins() -> None:
    text = SOURCE + "  fairlead:lifecycle: {ephemeral: true, ttl: 3h, owner: joe, protect: true}\n"
    assert made(text)["lifecycle"] == {"ephemeral": True, "ttl": "3h", "owner": "jane"}
    assert made(text, replace(PR, ttl="2h"))["lifecycle"]["ttl"] == "2h"


def test_a_namespace_that_begins_like_the_environment_is_one_of_the_source_all_the_same() -> None:
    assert made(SOURCE.replace("name: shop", "name: pr-123-old"))["namespaces"][0]["name"] == "pr-123-pr-123-old"


def test_what_is_written_once_and_used_twice_is_changed_once_in_each_place() -> None:
    both = "  other:a: &client {namespace: shop}\n"
    text = SOURCE.replace("config:\n", f"config:\n{both}").replace(
        "[front, mesh],", "[front, mesh], callers: [*client],"
    )
    keys = made(text)
    assert keys["other:a"] == {"namespace": "shop"}
    assert keys["apps"][0]["callers"] == [{"namespace": "pr-123-shop"}]
    hosts = SOURCE.replace("hosts: [web.example.com]", "hosts: &hosts [web.example.com]")
    twice = hosts.replace("- {name: cart,", "- {name: cart, gateways: [front], hosts: *hosts,")
    assert [each["hosts"] for each in made(twice)["apps"]] == [["pr-123.web.example.com"]] * 2


def test_a_secret_that_only_its_stack_decrypts_is_refused_and_one_with_its_salt_is_kept() -> None:
    secret = SOURCE + "  other:token: {secure: v1:abc}\n"
    with pytest.raises(UserError, match=r"other:token is a secret"):
        made(secret)
    assert made("encryptionsalt: v1:x\n" + secret)["other:token"] == {"secure": "v1:abc"}


def test_names_that_become_too_long_are_refused_together() -> None:
    long = SOURCE.replace("name: shop", f"name: {'s' * 60}").replace("web.example.com", f"{'h' * 60}." * 4 + "com")
    with pytest.raises(UserError) as caught:
        made(long)
    assert "namespaces: pr-123-sss" in caught.value.message
    assert "app web: pr-123.hhh" in caught.value.message


def test_every_shipped_stack_file_can_be_made_into_one_without_a_finding() -> None:
    for path in sorted([*PROGRAM.glob("Pulumi.*.yaml"), *PROGRAM.glob("examples/*.yaml")]):
        text = path.read_text(encoding="utf-8")
        for entrance in ("shared", "own"):
            keys = made(text, replace(PR, entrance=entrance, domain="example.org"))
            config = read_config({key: value for key, value in keys.items() if ":" not in key} | _region(keys))
            assert [each for each in config_findings(config) if each.severity == "error"] == [], (path, entrance)


def _region(keys: dict[str, Any]) -> dict[str, Any]:
    eks = keys["cluster"].get("eks")
    return {"cluster": {"eks": {"region": "eu-west-1", **eks}}} if eks else {}


@pytest.mark.parametrize("name", ["PR-1", "1pr", "-pr", "pr-", "pr_1", "", "a" * 31, "pr.1"])
def test_a_name_that_is_no_dns_label_is_refused(name: str) -> None:
    with pytest.raises(UserError, match="is no name for an environment"):
        named(name)


def test_an_environment_is_not_made_from_itself() -> None:
    with pytest.raises(UserError, match="from itself"):
        named("dev", "dev")


DEPLOYMENT: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web", "namespace": "shop"},
    "spec": {"template": {"spec": {"containers": [{"name": "main", "image": "web:1"}]}}},
}


def test_objects_are_in_its_own_namespaces_with_the_images_that_were_asked_for() -> None:
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "web"}}
    home = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "data"}}
    own = own_objects([home, account, DEPLOYMENT], replace(PR, images={"web": "web:2"}))
    assert own.problems == []
    assert [each["metadata"].get("namespace") for each in own.manifests] == [None, "pr-123-default", "pr-123-shop"]
    assert own.manifests[0]["metadata"]["name"] == "pr-123-data"
    assert own.manifests[2]["spec"]["template"]["spec"]["containers"][0]["image"] == "web:2"
    assert DEPLOYMENT["spec"]["template"]["spec"]["containers"][0]["image"] == "web:1"
    keys = made(objects=own)
    assert keys["objects"] == ["environments/pr-123.yaml"]
    assert {each["name"] for each in keys["namespaces"]} == {"pr-123-shop", "pr-123-cart", "pr-123-default"}


def test_an_image_of_nothing_and_objects_that_cannot_be_there_twice_are_refused() -> None:
    routes = {"apiVersion": "networking.istio.io/v1", "kind": "VirtualService", "metadata": {"name": "web"}}
    role = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "all"}}
    own = own_objects([routes, role, DEPLOYMENT], replace(PR, images={"shop": "shop:2"}))
    assert [each.split(":")[0] for each in own.problems] == ["objects", "objects", "--image shop"]
    assert "there are web" in own.problems[2]
    with pytest.raises(UserError, match="ClusterRole all is of the whole cluster"):
        made(objects=own)
