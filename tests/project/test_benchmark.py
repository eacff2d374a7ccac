"""Does the benchmark compare the same with the same? Its plain program registers what fairlead registers."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.evaluation.evaluation import evaluate
from fairlead.yaml_files.stack_file import StackFile
from tests.fixtures.checkout import PROGRAM

pytestmark = pytest.mark.snapshot

APPS = [
    {
        "name": name,
        "port": 8080,
        "hosts": [f"{name}.example.com"],
        "gateways": ["istio-ingress"],
        "versions": [{"name": "v1"}, {"name": "v2"}],
        "routes": [{"weights": {"v1": 70, "v2": 30}}],
    }
    for name in ("one", "two")
]


def test_the_plain_program_registers_what_fairlead_does() -> None:
    config = {
        "fairlead:cluster": {"kubeconfig": {"context": "benchmark"}},
        "fairlead:gateways": [{"name": "istio-ingress", "expose": "clusterIP"}],
        "fairlead:apps": APPS,
    }
    file = StackFile("fairlead", "benchmark", Path(), config)
    ours, plain = (evaluate(folder, file) for folder in (PROGRAM, PROGRAM / "tools" / "plain_program"))
    assert {each.urn: each.inputs for each in ours.resources} == {each.urn: each.inputs for each in plain.resources}
    assert ours == plain
