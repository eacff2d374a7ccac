"""Is a key that nobody reads told, whoever it may have been meant for?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fairlead.evaluation.evaluation import evaluate
from fairlead.lint.stack_lint import lint_stack
from fairlead.terminal.errors import UserError
from fairlead.yaml_files.stack_file import StackFile
from fairlead.yaml_files.stack_reader import read_stack_file
from fairlead_mesh.findings import dotted
from fairlead_mesh.keys.stack_keys import namespace_findings, root_findings
from tests.fixtures.checkout import PROGRAM
from tests.fixtures.evaluated import KIND

pytestmark = pytest.mark.mesh

CLUSTER = "  fairlead:cluster: {kubeconfig: {context: kind}}\n"


@pytest.mark.parametrize("key", ["fairled:gateways", "Fairlead:wait", "farlead:x", "fairleads:apps", "FAIRLEAD:istio"])
def test_a_near_miss_of_the_projects_name_is_an_error_with_the_right_one(key: str) -> None:
    (finding,) = namespace_findings([key])
    assert (finding.severity, dotted(finding.path)) == ("error", key)
    assert finding.remedy == f"did you mean fairlead:{key.partition(':')[2]}?"


def test_a_key_of_ours_in_an_unknown_namespace_is_told() -> None:
    (finding,) = namespace_findings(["myproj:gateways"])
    assert (finding.severity, finding.path) == ("warning", ("myproj:gateways",))
    assert finding.message == "gateways is a key of fairlead, not of myproj"
    assert "fairlead:gateways" in finding.remedy


@pytest.mark.parametrize(
    "key",
    [
        "fairlead:gateways",
        "aws:region",
        "aws:profile",
        "kubernetes:cluster",
        "kubernetes:context",
        "pulumi:disable-default-providers",
        "pulumi:tags",
        "digitalocean:token",
        "acme:serverUrl",
        "fairwinds:token",
    ],
)
def test_keys_of_pulumi_and_of_any_provider_are_nobodys_business(key: str) -> None:
    assert namespace_findings([key]) == []


@pytest.mark.parametrize(
    ("key", "severity", "said"),
    [
        ("gateways", "error", "indent it below config, as fairlead:gateways"),
        ("fairlead:gateways", "error", "indent it below config, as fairlead:gateways"),
        ("aws:region", "error", "indent it below config, as aws:region"),
        ("confg", "error", "did you mean config?"),
        ("Config", "error", "did you mean config?"),
        ("encryptionSalt", "error", "did you mean encryptionsalt?"),
        ("notes", "error", "this key has no effect"),
    ],
)
def test_a_key_beside_config_is_told(key: str, severity: str, said: str) -> None:
    (finding,) = root_findings({"config": {}, key: {"password": "hunter2"}}, "Pulumi.dev.yaml")
    assert finding.severity == severity
    assert said in f"{finding.message}; {finding.remedy}"
    assert finding.value is None


def test_what_pulumi_writes_beside_config_is_right() -> None:
    document: dict[str, Any] = {"config": {}, "encryptionsalt": "v1:a", "secretsprovider": "b", "encryptedkey": "c"}
    assert root_findings(document | {"environment": ["dev"]}, "Pulumi.dev.yaml") == []


def test_lint_has_each_at_its_line(tmp_path: Path) -> None:
    file = tmp_path / "stack.yaml"
    file.write_text(f"config:\n{CLUSTER}  fairled:gateways: []\n  myproj:apps: []\n  aws:region: eu\nistio: {{}}\n")
    found = lint_stack(PROGRAM, config_file=file).found
    assert [(each.place.line, each.path) for each in found] == [
        (3, "fairled:gateways"),
        (4, "myproj:apps"),
        (6, "istio"),
    ]


def test_reading_says_all_that_is_wrong_at_once(tmp_path: Path) -> None:
    file = tmp_path / "stack.yaml"
    file.write_text("config:\n  fairlead:wait: maybe\n  fairled:gateways: []\nistio: {}\n")
    with pytest.raises(UserError) as caught:
        read_stack_file(PROGRAM, config_file=file)
    for part in ("4 things", "stack.yaml: istio", "fairled:gateways", "fairlead:cluster", "fairlead:wait"):
        assert part in caught.value.message


def test_a_secret_in_plain_text_is_told_and_not_repeated(tmp_path: Path) -> None:
    file = tmp_path / "stack.yaml"
    file.write_text(f"config:\n{CLUSTER}  fairlead:grafanaAdminPassword: hunter2\n  fairlead:kialiSigningKey: ''\n")
    (found,) = lint_stack(PROGRAM, config_file=file).found
    assert (found.place.line, found.finding.severity) == (3, "warning")
    assert "pulumi config set --secret fairlead:grafanaAdminPassword" in found.finding.remedy
    assert "hunter2" not in repr(found)


@pytest.mark.parametrize(
    "istio", ["{hub: {secure: v1:abc}}", "{values: {istiod: {env: {KEY: {secure: v1:abc}}}}}", "{secure: v1:abc}"]
)
def test_a_secret_inside_a_section_is_refused_by_lint_and_at_up(tmp_path: Path, istio: str) -> None:
    file = tmp_path / "stack.yaml"
    file.write_text(f"config:\n{CLUSTER}  fairlead:istio: {istio}\n")
    found = lint_stack(PROGRAM, config_file=file).found
    assert any(each.place.line == 3 and "to the state" in each.finding.message for each in found)
    with pytest.raises(UserError) as caught:
        evaluate(PROGRAM, read_stack_file(PROGRAM, config_file=file))
    assert "contains a secret, which the program gets as plain text" in caught.value.message


class Decrypted(StackFile):
    """What the program gets at `pulumi up`: a section with a secret in it, decrypted."""

    def program_config(self) -> dict[str, str]:
        return {key: text.replace("[secret]", "hunter2") for key, text in super().program_config().items()}


SECURE = {"secure": "v1:abc"}


@pytest.mark.parametrize(
    "keys",
    [
        {"istio": {"hub": SECURE, "revision": SECURE, "replicas": "many"}},
        {"apps": [{"name": SECURE}, {"name": "web", "namespace": SECURE, "port": SECURE}]},
        {"objects": [SECURE]},
        {"gateways": SECURE},
        {"wait": SECURE},
        {"cluster": {"eks": {"name": SECURE}}},
        {"grafanaAdminPasword": SECURE},
        {"lint": {"ignore": [{"rule": SECURE, "reason": SECURE}]}},
        {"addons": {"prometheus": {"values": {"server": [[{"password": SECURE}]]}}}},
    ],
)
def test_what_up_says_of_a_section_with_a_secret_in_it_is_no_value(keys: dict[str, Any]) -> None:
    config = {f"fairlead:{key}": value for key, value in {"cluster": KIND, **keys}.items()}
    with pytest.raises(UserError) as caught:
        evaluate(PROGRAM, Decrypted("fairlead", "dev", Path("Pulumi.dev.yaml"), config))
    (key,) = keys
    assert f"fairlead:{key}\n      contains a secret, which the program gets as plain text" in caught.value.message
    assert "hunter2" not in caught.value.message


def test_a_secret_that_an_option_puts_into_a_section_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "stack.yaml"
    file.write_text(f"config:\n{CLUSTER}")
    for path in ("istio.hub={secure: abc}", "istio.hub.secure=abc", "apps[0].name.secure=abc"):
        (found,) = lint_stack(PROGRAM, config_file=file, overrides=[path]).found
        assert "contains a secret" in found.finding.message
        with pytest.raises(UserError) as caught:
            evaluate(PROGRAM, read_stack_file(PROGRAM, config_file=file, overrides=[path]))
        assert "one thing to fix" in caught.value.message


def test_a_setting_called_secure_is_no_secret(tmp_path: Path) -> None:
    file = tmp_path / "stack.yaml"
    file.write_text(f"config:\n{CLUSTER}  fairlead:addons: {{grafana: {{values: {{ingress: {{secure: true}}}}}}}}\n")
    assert not any("secret" in each.finding.message for each in lint_stack(PROGRAM, config_file=file).found)


def test_up_refuses_a_misspelt_namespace_with_all_else() -> None:
    config = {"fairlead:cluster": KIND, "fairled:gateways": [], "fairlead:wait": "maybe"}
    with pytest.raises(UserError) as caught:
        evaluate(PROGRAM, StackFile("fairlead", "dev", Path("Pulumi.dev.yaml"), config))
    for part in ("2 things", "did you mean fairlead:gateways?", "fairlead:wait"):
        assert part in caught.value.message
