"""Does a preview say which pods accept plain text? Only where they do, and whether anybody meant it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fairlead.lint.stack_lint import lint_stack
from fairlead.preview.accepted_text import plain_text_line
from tests.fixtures.evaluated import evaluated

pytestmark = pytest.mark.snapshot

NAMESPACES: list[dict[str, Any]] = [
    {"name": "hello", "injection": True},
    {"name": "cart", "injection": True, "mtls": "strict"},
    {"name": "jobs"},
]
BY_DEFAULT = "mTLS: pods in hello accept plain text too: Istio's default, permissive, applies."
WHOLE_MESH = """apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {{name: default, namespace: {namespace}}}
spec: {{mtls: {{mode: STRICT}}}}
"""


def line(**keys: Any) -> str:
    return plain_text_line(evaluated(**{"namespaces": NAMESPACES, **keys}), "istio-system")


def test_a_stack_that_says_nothing_is_told_of_the_default_and_of_the_way_to_strict() -> None:
    assert line() == f"{BY_DEFAULT} Set istio.mtls: strict once all clients have sidecars."


def test_what_is_meant_is_told_shorter_and_strict_not_at_all() -> None:
    assert (
        line(istio={"mtls": "permissive"}) == "mTLS: pods in hello accept plain text too, as their mode is permissive."
    )
    assert line(istio={"mtls": "strict"}) == ""
    assert line(namespaces=[{"name": "jobs"}]) == ""


def test_the_tree_has_the_line(command: Any) -> None:
    _, out, _ = command("preview", "--stack", "local", "--set", "istio.mtls=null")
    assert BY_DEFAULT in out
    _, out, _ = command("preview", "--stack", "local")
    assert "mTLS:" not in out


def test_lint_tells_it_as_info_without_an_exit_code(command: Any) -> None:
    code, out, _ = command("lint", "--stack", "local", "--set", "istio.mtls=null")
    assert (code, "info  pods_of_the_mesh_have_an_mtls_mode" in out) == (0, True)
    assert "0 errors, 1 warning, 1 info," in out  # the key is left empty
    assert command("lint", "--stack", "local", "--set", "istio.mtls=null", "--fail-on", "info")[0] == 1


@pytest.mark.parametrize(("namespace", "found"), [("istio-system", 0), ("jobs", 1)])
def test_a_policy_of_the_whole_mesh_among_the_objects_says_it_too(tmp_path: Path, namespace: str, found: int) -> None:
    (tmp_path / "own.yaml").write_text(WHOLE_MESH.format(namespace=namespace))
    (tmp_path / "Pulumi.yaml").write_text("name: fairlead\n")
    (tmp_path / "Pulumi.dev.yaml").write_text(
        "config:\n  fairlead:cluster: {kubeconfig: {context: kind}}\n  fairlead:objects: [own.yaml]\n"
        "  fairlead:namespaces: [{name: hello, injection: true}, {name: jobs, injection: false}]\n"
    )
    linted = lint_stack(tmp_path, stack="dev").found
    assert [each.finding.rule for each in linted].count("pods_of_the_mesh_have_an_mtls_mode") == found
