"""What do the keys that say who may call an app come to? The objects that a real mesh was asked with, where one was."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from fairlead_mesh.config import Config
from fairlead_mesh.lint.stack.stack_lint import stack_findings
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.policies import policies
from tests.fixtures.checkout import PROGRAM
from tests.fixtures.truth import FOLDER, case

pytestmark = pytest.mark.mesh

WEB: dict[str, Any] = {"name": "web", "namespace": "shop", "port": 80, "external": {"labels": {"app": "web"}}}
BOOKINFO = [{"name": "bookinfo", "namespace": "shop"}]


def made(*apps: dict[str, Any], objects: list[dict[str, Any]] | None = None, **keys: Any) -> dict[str, dict[str, Any]]:
    """The policies of these apps, `Kind namespace/name` -> manifest."""
    raw = {"cluster": {"kubeconfig": {"context": "kind"}}, "apps": list(apps), **keys}
    found = policies(Config.model_validate(raw), [Item(each) for each in objects or []])
    return {str(item): item.manifest for item in found}


@pytest.mark.parametrize(
    ("recorded", "app"),
    [
        ("authz-paths", {"callers": [{"paths": ["/a", "/p/*", "*.png"]}]}),
        ("authz-gateway-principal", {"callers": [{"gateway": "istio-ingress"}]}),
        ("authz-namespace", {"callers": [{"namespace": "pay"}]}),
        ("mtls-port-level-target-port", {"mtls": {"mode": "strict", "ports": {"8080": "disabled"}}}),
    ],
)
def test_a_key_comes_to_the_spec_that_was_recorded(recorded: str, app: dict[str, Any]) -> None:
    kinds = ("AuthorizationPolicy", "PeerAuthentication")
    asked = [each for each in case(FOLDER / "cases" / f"{recorded}.yaml")["objects"] if each["kind"] in kinds]
    found = made(WEB | app, gateways=[{"name": "istio-ingress"}])
    assert [each["spec"] for each in found.values()] == [each["spec"] for each in asked]


def test_a_client_that_is_an_app_is_the_account_of_its_pods() -> None:
    apps = [{"name": name, "namespace": "shop", "port": 9080} for name in ("productpage", "reviews")]
    found = made(apps[0], apps[1] | {"callers": ["productpage"]}, samples=BOOKINFO)
    (rule,) = found["AuthorizationPolicy shop/reviews-callers"]["spec"]["rules"]
    assert rule == {"from": [{"source": {"principals": ["cluster.local/ns/shop/sa/bookinfo-productpage"]}}]}


def test_pods_of_the_stacks_own_files_have_labels_and_accounts() -> None:
    service = {"kind": "Service", "metadata": {"name": "cart", "namespace": "shop"}, "spec": {"selector": {"a": "b"}}}
    pod = {"metadata": {"labels": {"a": "b"}}, "spec": {"serviceAccountName": "carter"}}
    made_by = {"kind": "Deployment", "metadata": {"name": "cart", "namespace": "shop"}, "spec": {"template": pod}}
    cart = {"name": "cart", "namespace": "shop", "port": 80, "callers": ["cart"]}
    spec = made(cart, objects=[service, made_by])["AuthorizationPolicy shop/cart-callers"]["spec"]
    assert spec["selector"] == {"matchLabels": {"a": "b"}}
    assert spec["rules"][0]["from"][0]["source"]["principals"] == ["cluster.local/ns/shop/sa/carter"]


def test_lint_asks_the_objects_of_the_stack_whose_the_pods_are() -> None:
    raw = {"cluster": {"kubeconfig": {"context": "kind"}}, "istio": {"mtls": "strict"}}
    raw |= {"apps": [{"name": "cart", "port": 80, "external": True, "callers": ["cart"]}]}
    config = Config.model_validate(raw)
    service = {"kind": "Service", "metadata": {"name": "cart"}, "spec": {"selector": {"a": "b"}}}
    pod = {"metadata": {"labels": {"a": "b"}}, "spec": {"serviceAccountName": "carter"}}
    deployment = {"kind": "Deployment", "metadata": {"name": "cart"}, "spec": {"template": pod}}
    rules = {"clients_have_a_service_account", "policies_select_the_pods_of_their_app"}
    assert rules <= {finding.rule for finding in stack_findings(config, []).errors}
    with_objects = stack_findings(config, [Item(service, source="a.yaml"), Item(deployment, source="a.yaml")])
    assert not rules & {finding.rule for finding in with_objects.errors}


def test_the_trust_domain_is_that_of_the_mesh() -> None:
    found = made(
        WEB | {"callers": [{"serviceAccount": "ops/admin"}]}, istio={"meshConfig": {"trustDomain": "corp.example"}}
    )
    (rule,) = found["AuthorizationPolicy shop/web-callers"]["spec"]["rules"]
    assert rule["from"] == [{"source": {"principals": ["corp.example/ns/ops/sa/admin"]}}]


def test_all_parts_of_a_client_are_of_one_rule() -> None:
    client = {"gateway": "istio-ingress", "cidr": "203.0.113.0/24", "methods": ["POST"], "headers": {"x": ["a*"]}}
    found = made(
        WEB | {"callers": [client | {"claims": {"realm[roles]": ["r"]}}]}, gateways=[{"name": "istio-ingress"}]
    )
    (rule,) = found["AuthorizationPolicy shop/web-callers"]["spec"]["rules"]
    principal = "cluster.local/ns/istio-ingress/sa/istio-ingress"
    assert rule == {
        "from": [{"source": {"principals": [principal], "remoteIpBlocks": ["203.0.113.0/24"]}}],
        "to": [{"operation": {"methods": ["POST"]}}],
        "when": [
            {"key": "request.headers[x]", "values": ["a*"]},
            {"key": "request.auth.claims[realm][roles]", "values": ["r"]},
        ],
    }


def test_everybody_is_an_empty_rule_and_nobody_no_policy() -> None:
    assert made(WEB | {"callers": ["*"]})["AuthorizationPolicy shop/web-callers"]["spec"]["rules"] == [{}]
    assert made(WEB) == {}


def test_a_dry_run_is_one_of_allow_and_deny() -> None:
    found = made(WEB | {"callers": ["*"], "deny": [{"namespace": "web"}], "dryRun": True})
    assert [each["metadata"]["annotations"] for each in found.values()] == [{"istio.io/dry-run": "true"}] * 2


def test_a_token_is_asked_for_unless_it_is_optional() -> None:
    jwt = {"issuer": "truth", "jwks": "{}", "claimsToHeaders": {"x-user": "sub"}, "fromParams": ["token"]}
    assert set(made(WEB | {"jwt": jwt})) == {"RequestAuthentication shop/web", "AuthorizationPolicy shop/web-jwt"}
    (found,) = made(WEB | {"jwt": jwt | {"required": False}}).values()
    rule = {"issuer": "truth", "jwks": "{}", "fromParams": ["token"]}
    assert found["spec"]["jwtRules"] == [rule | {"outputClaimToHeaders": [{"header": "x-user", "claim": "sub"}]}]


def test_a_mesh_that_denies_by_default_leaves_its_gateways_open() -> None:
    found = made(istio={"defaultDeny": "enforce"}, gateways=[{"name": "istio-ingress"}])
    assert found["AuthorizationPolicy istio-system/default-deny"]["spec"] == {}
    assert found["AuthorizationPolicy istio-ingress/istio-ingress-open"]["spec"]["rules"] == [{}]
    of_namespace = made(namespaces=[{"name": "shop", "defaultDeny": "dryRun"}], gateways=[{"name": "istio-ingress"}])
    assert [*of_namespace] == ["AuthorizationPolicy shop/default-deny"]


def test_a_user_is_the_value_of_the_header_that_the_config_names() -> None:
    found = made(WEB | {"deny": [{"user": ["mallory"]}]}, clients={"userHeader": "x-user"})
    (rule,) = found["AuthorizationPolicy shop/web-deny"]["spec"]["rules"]
    assert rule == {"when": [{"key": "request.headers[x-user]", "values": ["mallory"]}]}


STEPS = (
    ("permissive", None),
    ("permissive", "strict"),
    ("strict", None),
)


@pytest.mark.parametrize(("mesh", "namespace"), STEPS)
def test_each_step_of_the_migration_lints_clean(mesh: str, namespace: str | None) -> None:
    text = (PROGRAM / "examples" / "mtls-migration.yaml").read_text(encoding="utf-8")
    raw = {key.removeprefix("fairlead:"): each for key, each in yaml.safe_load(text)["config"].items()}
    raw["istio"] = {"mtls": mesh}
    raw["namespaces"][0] = {"name": "hello", "injection": True, **({"mtls": namespace} if namespace else {})}
    assert stack_findings(Config.model_validate(raw), []).findings == []


@pytest.mark.parametrize("keys", [{"callers": [{"namespace": "ops"}]}, {}], ids=["by the app", "by default"])
def test_keys_that_lock_a_gateway_out_are_an_error_at_the_gateway_of_the_app(keys: dict[str, Any]) -> None:
    app = {"name": "productpage", "namespace": "shop", "port": 9080, "gateways": ["istio-ingress"], **keys}
    raw = {"cluster": {"kubeconfig": {"context": "kind"}}, "istio": {"mtls": "strict", "defaultDeny": "enforce"}}
    raw |= {"samples": BOOKINFO, "gateways": [{"name": "istio-ingress"}], "apps": [app]}
    raw |= {"namespaces": [{"name": "shop", "injection": True}]}
    (found,) = stack_findings(Config.model_validate(raw), []).errors
    assert (found.rule, found.path) == ("gateways_may_call_what_they_route_to", ("apps", 0, "gateways", 0))
    assert "callers: [{gateway: istio-ingress}]" in found.remedy
