"""What is known of an app that exists though nothing in the stack declares it, by lint, diff and picture?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fairlead.comparison.compare import compare
from fairlead.comparison.comparison import Side
from fairlead.effects.effect import Hurt
from fairlead.effects.effects import effects
from fairlead.evaluation.snapshot import Snapshot
from fairlead.picture.command import picture_files
from fairlead_mesh.lint.stack.stack_lint import stack_findings
from fairlead_mesh.reading.stack_objects import stack_objects
from fairlead_mesh.stack import well_formed
from tests.fixtures.evaluated import KIND, evaluated, kinds

pytestmark = pytest.mark.snapshot

POLICY = """\
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {{name: only-mine, namespace: shop}}
spec:
  selector: {{matchLabels: {{{label}}}}}
  action: ALLOW
  rules: [{{from: [{{source: {{namespaces: [{caller}]}}}}]}}]
"""
ENTRY = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: nothing, namespace: shop}\n"
LABELS = {"labels": {"app": "shop"}}


def keys(external: Any, **more: Any) -> dict[str, Any]:
    app = {"name": "shop", "namespace": "shop", "port": 80, "gateways": ["edge"], "external": external, **more}
    return {
        "gateways": [{"name": "edge", "expose": "clusterIP"}],
        "namespaces": [{"name": "shop", "injection": True}],
        "apps": [app],
    }


def with_policy(folder: Path, external: Any, *, label: str = "app: shop", caller: str = "shop") -> Snapshot:
    file = folder / "policy.yaml"
    file.write_text(POLICY.format(label=label, caller=caller))
    return evaluated(objects=[str(file)], **keys(external))


def told(before: Snapshot, after: Snapshot) -> dict[str, list[tuple[str, Hurt | None]]]:
    found: dict[str, list[tuple[str, Hurt | None]]] = {}
    for effect in effects(compare(Side("before", before), Side("after", after))):
        found.setdefault(effect.subject, []).append((effect.text, effect.hurt))
    return found


def linted(folder: Path, external: Any, label: str = "app: shop") -> list[tuple[str, str]]:
    (folder / "policy.yaml").write_text(POLICY.format(label=label, caller="shop"))
    read, wrong = stack_objects(["policy.yaml"], folder)
    assert wrong == []
    config = well_formed({"cluster": KIND, "objects": ["policy.yaml"], **keys(external)})
    found = stack_findings(config, read.items).findings
    return [(each.severity, each.message) for each in found if each.rule == "policies_select_pods"]


def test_a_policy_that_locks_the_gateway_out_of_an_external_app_is_told(own_folder: Path) -> None:
    found = told(evaluated(**keys(LABELS)), with_policy(own_folder, LABELS))
    assert ("requests through edge are denied from now on", Hurt.INTERRUPTS) in found["shop"]


def test_where_the_labels_are_not_said_it_is_told_with_an_if(own_folder: Path) -> None:
    found = told(evaluated(**keys(external=True)), with_policy(own_folder, external=True))
    expected = ("requests through edge are denied from now on, if it leads there", Hurt.INTERRUPTS)
    assert expected in found["pods app=shop in shop"]


def test_a_policy_that_lets_the_gateway_in_locks_nobody_out(own_folder: Path) -> None:
    for external in (LABELS, True):
        found = told(evaluated(**keys(external)), with_policy(own_folder, external, caller="edge"))
        assert not [text for texts in found.values() for text, _ in texts if "through edge" in text]


def test_a_policy_for_other_pods_than_those_of_the_app_locks_no_gateway_out(own_folder: Path) -> None:
    found = told(evaluated(**keys(LABELS)), with_policy(own_folder, LABELS, label="app: cart"))
    assert not [text for texts in found.values() for text, _ in texts if "through edge" in text]


def test_lint_knows_the_pods_of_an_external_app_by_its_labels(own_folder: Path) -> None:
    assert linted(own_folder, LABELS) == []
    ((severity, message),) = linted(own_folder, LABELS, label="app: cart")
    assert severity == "warning"
    assert message.startswith("no pods of this stack in shop have the labels app: cart; unless others do")


def test_lint_only_notes_that_the_pods_of_an_external_app_without_labels_are_unknown(own_folder: Path) -> None:
    ((severity, message),) = linted(own_folder, external=True)
    assert severity == "info"
    assert message.startswith("no pods of this stack in shop have the labels app: shop")


def test_versions_of_an_external_app_have_the_labels_that_tell_them_apart(own_folder: Path) -> None:
    versions = [{"name": "v1"}, {"name": "v2", "labels": {"track": "canary"}}]
    config = well_formed({"cluster": KIND, **keys(LABELS, versions=versions, routes=[{"weights": {"v1": 100}}])})
    found = stack_findings(config, []).findings
    assert [each.rule for each in found if "subset" in each.rule] == []
    assert linted(own_folder, LABELS) == []


def test_nothing_of_an_external_app_is_applied() -> None:
    snapshot = evaluated(**keys(LABELS))
    assert not {"Deployment", "Service"} & kinds(snapshot)
    assert [each["kind"] for each in snapshot.external] == ["Service", "Deployment"]
    assert evaluated(**keys(external=True)).external == ()


def test_the_picture_draws_its_pods_as_none_of_this_stack_and_the_policy_on_it(own_folder: Path) -> None:
    page = picture_files(with_policy(own_folder, LABELS))["test.svg"]
    assert "pods with app: shop, not of this stack" in page
    assert "selects no pods of this stack" not in page
    assert "selects no pods of this stack" in picture_files(with_policy(own_folder, external=True))["test.svg"]
