"""Does each rule of a company find what it is for, leave the rest alone, and heed the profile?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fairlead_mesh.company.findings import CompanyFinding, company_findings
from fairlead_mesh.company.profile import Profile
from fairlead_mesh.company.profile_file import profile_of, profile_with, read_profile
from fairlead_mesh.company.resources import deployed
from fairlead_mesh.company.rules import COMPANY_RULES
from fairlead_mesh.findings import ConfigError
from tests.fixtures.checkout import PROGRAM
from tests.fixtures.security_objects import mtls

pytestmark = pytest.mark.mesh
Resource = tuple[str, str, dict[str, Any]]
AWS = "service.beta.kubernetes.io/aws-load-balancer-"


def of(manifest: dict[str, Any]) -> Resource:
    version = manifest["apiVersion"]
    kind = f"kubernetes:{f'core/{version}' if version == 'v1' else version}:{manifest['kind']}"
    return f"urn::{manifest['metadata']['name']}", kind, manifest


def release(chart: str, name: str, namespace: str = "istio-system", **values: Any) -> Resource:
    inputs = {"chart": chart, "name": name, "namespace": namespace, "values": values}
    return f"urn::{name}", "kubernetes:helm.sh/v3:Release", inputs


def edge(**service: Any) -> Resource:
    """A gateway of Istio's chart, which the internet reaches unless its Service says otherwise."""
    return release("gateway", "edge", "edge", labels={"istio": "edge"}, service={"type": "LoadBalancer", **service})


def gateway(*servers: dict[str, Any]) -> Resource:
    spec = {"selector": {"istio": "edge"}, "servers": list(servers)}
    metadata = {"name": "edge", "namespace": "edge"}
    return of({"apiVersion": "networking.istio.io/v1", "kind": "Gateway", "metadata": metadata, "spec": spec})


def http(*hosts: str, **more: Any) -> dict[str, Any]:
    return {"port": {"number": 80, "protocol": "HTTP", "name": "http"}, "hosts": [*hosts], **more}


def https(*hosts: str) -> dict[str, Any]:
    port = {"number": 443, "protocol": "HTTPS", "name": "https"}
    return {"port": port, "hosts": [*hosts], "tls": {"mode": "SIMPLE", "credentialName": "edge"}}


def app(image: str) -> Resource:
    template = {"metadata": {"labels": {"app": "a"}}, "spec": {"containers": [{"name": "a", "image": image}]}}
    metadata = {"name": "a", "namespace": "a"}
    spec = {"selector": {"matchLabels": {"app": "a"}}, "template": template}
    return of({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec})


def virtual_service(*hosts: str) -> Resource:
    metadata = {"name": "v", "namespace": "a"}
    spec = {"hosts": [*hosts], "http": [{"route": [{"destination": {"host": "a"}}]}]}
    return of({"apiVersion": "networking.istio.io/v1", "kind": "VirtualService", "metadata": metadata, "spec": spec})


ALLOWED = {"loadBalancerSourceRanges": ["203.0.113.0/24"]}
REGISTRY = {"registries": ["registry.example.com/mesh"]}
OURS = "registry.example.com/mesh/a:1"
BROKEN: list[tuple[str, list[Resource], str, dict[str, Any]]] = [
    ("mtls_is_strict_in_production", [of(mtls("istio-system", "PERMISSIVE"))], "prod", {}),
    ("mtls_is_strict_in_production", [of(mtls("a", "DISABLE"))], "eu-prod", {}),
    ("mtls_is_strict_in_production", [of(mtls("a", "STRICT", portLevelMtls={8080: {"mode": "DISABLE"}}))], "prod", {}),
    ("mtls_is_strict_in_production", [release("istiod", "istiod")], "org/prod", {}),
    ("mtls_is_strict_in_production", [of(mtls("a", "PERMISSIVE"))], "live", {"production": ["live"]}),
    ("public_gateways_serve_tls", [edge(**ALLOWED), gateway(http("a.example.com"))], "dev", {}),
    ("public_gateways_have_an_allow_list", [edge(), gateway(https("a.example.com"))], "dev", {}),
    (
        "public_gateways_have_an_allow_list",
        [edge(loadBalancerSourceRanges=["0.0.0.0/0"]), gateway(https("a.example.com"))],
        "dev",
        {},
    ),
    ("addons_ask_people_to_log_in", [release("kiali-server", "kiali", auth={"strategy": "anonymous"})], "dev", {}),
    ("addons_ask_people_to_log_in", [release("prometheus", "p", server={"service": {"type": "NodePort"}})], "dev", {}),
    ("hosts_are_no_wildcards", [gateway(https("team/*"))], "dev", {}),
    ("hosts_are_no_wildcards", [virtual_service("*.example.com")], "dev", {}),
    ("images_come_from_the_registry", [app("nginx")], "dev", REGISTRY),
    ("images_come_from_the_registry", [app("registry.example.com/meshes/a:1")], "dev", REGISTRY),
    ("images_come_from_the_registry", [release("istiod", "istiod")], "dev", REGISTRY),
]
FINE: list[tuple[str, list[Resource], str, dict[str, Any]]] = [
    ("plain text outside of production", [of(mtls("istio-system", "PERMISSIVE"))], "dev", {}),
    ("strict in production", [release("istiod", "istiod"), of(mtls("istio-system", "STRICT"))], "prod", {}),
    ("TLS and an allow list", [edge(**ALLOWED), gateway(https("a.example.com"))], "prod", {}),
    (
        "a redirect to TLS",
        [edge(**ALLOWED), gateway(http("a.example.com", tls={"httpsRedirect": True}), https("a.example.com"))],
        "prod",
        {},
    ),
    (
        "TLS that the load balancer terminates",
        [edge(**ALLOWED, annotations={f"{AWS}ssl-cert": "arn:aws:acm:x"}), gateway(http("a.example.com"))],
        "prod",
        {},
    ),
    ("an internal one", [edge(annotations={f"{AWS}scheme": "internal"}), gateway(http("a.example.com"))], "prod", {}),
    ("one inside the cluster", [edge(type="ClusterIP"), gateway(http("a.example.com"))], "prod", {}),
    ("a Service before no Gateway", [edge()], "prod", {}),
    ("an addon with a login", [release("kiali-server", "kiali", auth={"strategy": "token"})], "prod", {}),
    ("an addon without one, inside the cluster", [release("prometheus", "p")], "prod", {}),
    ("an image of the company", [app(OURS)], "prod", REGISTRY),
    ("an image that the injector chooses", [app("auto")], "prod", REGISTRY),
    ("no registries", [app("nginx")], "prod", {}),
    ("istiod of the company's hub", [release("istiod", "i", hub="registry.example.com/mesh")], "dev", REGISTRY),
    ("what is no object of Kubernetes", [("urn::b", "aws:s3/bucket:Bucket", {"bucket": "b"})], "prod", {}),
]


def found(resources: list[Resource], stack: str, profile: dict[str, Any]) -> list[CompanyFinding]:
    return company_findings(deployed(resources), stack, profile_of(profile))


@pytest.mark.parametrize(("rule", "resources", "stack", "profile"), BROKEN, ids=[each[0] for each in BROKEN])
def test_what_breaks_a_rule_is_found_by_it_alone(
    rule: str, resources: list[Resource], stack: str, profile: dict[str, Any]
) -> None:
    told = found(resources, stack, profile)
    assert {each.finding.rule for each in told} == {rule}
    assert all(each.finding.remedy and each.finding.subject and each.urn.startswith("urn::") for each in told)


@pytest.mark.parametrize(("what", "resources", "stack", "profile"), FINE, ids=[each[0] for each in FINE])
def test_what_breaks_none_is_left_alone(
    what: str, resources: list[Resource], stack: str, profile: dict[str, Any]
) -> None:
    assert [each.finding for each in found(resources, stack, profile)] == [], what


def test_every_rule_has_a_case_and_a_documentation() -> None:
    assert {each[0] for each in BROKEN} == COMPANY_RULES.keys()
    assert all("\n\n" in rule.documentation for rule in COMPANY_RULES.values())


def test_an_exemption_is_for_its_rule_its_object_and_its_stacks() -> None:
    broken = [gateway(https("*")), virtual_service("*")]
    exempt = {"rule": "hosts_are_no_wildcards", "object": "Gateway edge/edge", "stacks": ["dev-*"], "reason": "no DNS"}
    subjects = [each.finding.subject for each in found(broken, "dev-1", {"exempt": [exempt]})]
    assert subjects == [("VirtualService", "a", "v")]
    assert len(found(broken, "prod", {"exempt": [exempt]})) == 2
    assert found(broken, "prod", {"exempt": [{"rule": "hosts_are_no_wildcards", "reason": "all of them"}]}) == []


def test_a_level_makes_a_rule_a_warning_or_nothing() -> None:
    broken = [virtual_service("*")]
    (advised,) = found(broken, "dev", {"levels": {"hosts_are_no_wildcards": "advisory"}})
    assert (advised.finding.severity, advised.level) == ("warning", "advisory")
    assert found(broken, "dev", {"levels": {"hosts_are_no_wildcards": "disabled"}}) == []


@pytest.mark.parametrize(
    "profile",
    [
        {"exempt": [{"rule": "hosts_are_no_wildcards"}]},
        {"exempt": [{"rule": "hosts_are_wild", "reason": "?"}]},
        {"levels": {"hosts_are_no_wildcards": "strict"}},
        {"registry": "registry.example.com"},
    ],
)
def test_a_profile_that_says_something_else_is_an_error(profile: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        profile_of(profile)


def test_the_profile_of_the_pack_is_what_the_rules_say_without_one() -> None:
    assert read_profile(PROGRAM / "policy" / "company.yaml") == Profile()


def test_the_configuration_of_a_policy_adds_to_the_profile() -> None:
    base = profile_of({"levels": {"hosts_are_no_wildcards": "disabled"}})
    own = profile_with(
        base, {"registries": ["r.example.com"], "exempt": [{"reason": "a trial"}]}, "hosts_are_no_wildcards"
    )
    assert own.registries == ["r.example.com"]
    assert own.exempts("hosts_are_no_wildcards", "Gateway a/b", "dev")
    assert not own.exempts("public_gateways_serve_tls", "Gateway a/b", "dev")
    assert own.level("hosts_are_no_wildcards") == "mandatory"


def test_lint_says_it_at_the_line_of_the_stack_file(command: Any, tmp_path: Path) -> None:
    path = tmp_path / "strict.yaml"
    path.write_text(
        "levels: {addons_ask_people_to_log_in: advisory}\n"
        "exempt: [{rule: public_gateways_serve_tls, stacks: [dev], reason: TLS comes with the names}]\n"
    )
    code, out, _ = command("lint", "--stack", "dev", "--profile", str(path), "--format", "github")
    assert code == 1
    assert "::error file=Pulumi.dev.yaml,line=15," in out
    assert "::warning file=Pulumi.dev.yaml,line=26," in out
    assert "public_gateways_serve_tls" not in out


def test_company_is_the_profile_of_the_policy_folder(command: Any) -> None:
    code, out, _ = command("lint", "--stack", "dev", "--profile", "company")
    assert (code, "hosts_are_no_wildcards" in out) == (1, True)


@pytest.mark.parametrize(
    ("profile", "said"),
    [
        ("gone", "no profile gone"),
        ("Makefile", "is not valid YAML"),
        ("examples/tcp.yaml", "config: no such key; the keys here are exempt, levels"),
    ],
)
def test_a_profile_that_cannot_be_read_is_named(command: Any, profile: str, said: str) -> None:
    code, _, err = command("lint", "--stack", "dev", "--profile", profile)
    assert (code, said in err) == (2, True), err
