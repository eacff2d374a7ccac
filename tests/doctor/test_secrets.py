"""Is a stack with a secret looked at? Its keys are judged without it, as `pulumi up` does."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.doctor.examined import examined_stack
from fairlead.drift.stack_cluster import Named
from fairlead.evaluation.evaluation import evaluate
from fairlead.yaml_files.stack_file import StackFile
from tests.fixtures.checkout import PROGRAM
from tests.fixtures.evaluated import KIND

pytestmark = pytest.mark.snapshot


def test_a_secret_of_an_addon_is_no_key_of_the_config() -> None:
    config = {
        "fairlead:cluster": KIND,
        "fairlead:addons": {"grafana": {"url": "http://grafana.example.com"}},
        "fairlead:grafanaAdminPassword": {"secure": "v1:abc"},
    }
    stack_file = StackFile("fairlead", "test", Path("Pulumi.test.yaml"), config)
    found = examined_stack(PROGRAM, stack_file, evaluate(PROGRAM, stack_file), Named(), live=False)
    assert [addon.key for addon in found.config.addons.named] == ["grafana"]
