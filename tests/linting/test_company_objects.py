"""Does a company's profile say of plain YAML what it says of a stack?"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fixtures.checkout import PROGRAM

pytestmark = pytest.mark.mesh

PLAIN = """
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: front, namespace: web}
spec:
  selector: {istio: ingressgateway}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: web}
spec: {mtls: {mode: PERMISSIVE}}
"""


def test_plain_objects_are_held_against_a_profile_at_their_lines(
    tmp_path: Path, command: Callable[..., tuple[int, str, str]]
) -> None:
    file = tmp_path / "mesh.yaml"
    file.write_text(PLAIN, encoding="utf-8")
    code, out, _ = command("lint", "--objects", str(file), "--profile", "company", "--cwd", str(PROGRAM))
    assert (code, "hosts_are_no_wildcards" in out) == (1, True)
    assert f"{file}\n" in out
    assert "mtls_is_strict_in_production" not in out
    production = ["--profile", "company", "--stack", "prod", "--cwd", str(PROGRAM)]
    assert "mtls_is_strict_in_production" in command("lint", "--objects", str(file), *production)[1]
    code, out, _ = command("lint", "--objects", str(file), *production, "--format", "sarif")
    results = json.loads(out)["runs"][0]
    rules = [each["id"] for each in results["tool"]["driver"]["rules"]]
    assert all(rules[each["ruleIndex"]] == each["ruleId"] for each in results["results"])
    assert "hosts_are_no_wildcards" in {each["ruleId"] for each in results["results"]}
    assert command("lint", "--objects", str(file), "--stack", "prod")[0] == 2
