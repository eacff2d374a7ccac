"""Can a finding on a file be silenced, with a reason, and is a silence told that silences nothing? And what kubectl
rejects of a text: keys that are there twice, and lists of nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.lint.linted import Linted
from fairlead.lint.object_lint import lint_objects
from fairlead.terminal.errors import UserError
from fairlead_mesh.lint.object_findings import OBJECT_RULE_FILES

pytestmark = pytest.mark.mesh

HEAD = """\
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{name: http, port: 80}]}
---
"""
ROUTES = """\
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web]
  http:
  - route:
    - destination:
        host: wbe
"""
RULE, OWN = "destinations_exist", "ignored_rules_exist"


def linted(folder: Path, text: str, **options: object) -> Linted:
    (folder / "routes.yaml").write_text(text)
    return lint_objects([str(folder / "routes.yaml")], **options)  # pyright: ignore[reportArgumentType]


def told(found: Linted) -> list[tuple[str, str, int]]:
    return [(each.finding.rule, each.finding.severity, each.place.line) for each in found.found]


def test_the_case_has_a_finding(tmp_path: Path) -> None:
    assert OBJECT_RULE_FILES
    assert told(linted(tmp_path, HEAD + ROUTES)) == [(RULE, "error", 14)]


@pytest.mark.parametrize(
    ("before", "behind"),
    [
        ("host: wbe", f"host: wbe # fairlead: ignore {RULE} it comes next week"),
        ("        host: wbe", f"        # fairlead: ignore {RULE} it comes next week\n        host: wbe"),
        ("kind: VirtualService", f"kind: VirtualService # fairlead: ignore {RULE} it comes next week"),
        ("apiVersion: networking", f"# fairlead: ignore {RULE} it comes next week\napiVersion: networking"),
    ],
)
def test_a_comment_silences_its_line_or_its_object(tmp_path: Path, before: str, behind: str) -> None:
    found = linted(tmp_path, HEAD + ROUTES.replace(before, behind))
    assert (told(found), found.silenced) == ([], 1)


@pytest.mark.parametrize(
    ("comment", "severity", "word"),
    [
        (f"ignore {RULE}", "error", "reason"),
        ("ignore destination_exist because", "error", "no rule"),
        ("ignore hosts_of_routes_are_hosts because", "warning", "finds nothing"),
    ],
)
def test_a_comment_that_silences_nothing_is_told(tmp_path: Path, comment: str, severity: str, word: str) -> None:
    found = linted(tmp_path, HEAD + ROUTES.replace("host: wbe", f"host: wbe # fairlead: {comment}"))
    assert told(found) == [(RULE, "error", 14), (OWN, severity, 14)]
    (own,) = (each.finding for each in found.found if each.finding.rule == OWN)
    assert word in own.message


def test_a_comment_says_nothing_of_other_objects(tmp_path: Path) -> None:
    found = linted(tmp_path, HEAD.replace("kind: Service", f"kind: Service # fairlead: ignore {RULE} because") + ROUTES)
    assert told(found) == [(OWN, "warning", 2), (RULE, "error", 14)]


def test_a_file_silences_by_rule_and_object(tmp_path: Path) -> None:
    listed = tmp_path / "meant.yml"
    listed.write_text(
        f"ignore:\n- {{rule: {RULE}, object: VirtualService shop/web, reason: it comes}}\n"
        f"- {{rule: {RULE}, object: VirtualService shop/other, reason: it comes}}\n"
        "- {rule: no_such_rule, reason: it comes}\n"
    )
    found = linted(tmp_path, HEAD + ROUTES, silenced=listed)
    assert found.silenced == 1
    assert told(found) == [(OWN, "warning", 3), (OWN, "error", 4)]


def test_a_file_that_lists_nothing_is_an_error_of_use(tmp_path: Path) -> None:
    listed = tmp_path / "meant.yml"
    listed.write_text(f"ignore: [{{rule: {RULE}}}]\n")
    with pytest.raises(UserError, match="reason"):
        linted(tmp_path, HEAD + ROUTES, silenced=listed)


def test_a_namespace_is_that_of_objects_that_say_none(tmp_path: Path) -> None:
    text = (HEAD + ROUTES).replace(", namespace: shop", "").replace("host: wbe", "host: web.shop.svc.cluster.local")
    assert told(linted(tmp_path, text, namespace="shop")) == []
    text = text.replace("web.shop.svc", "wbe.shop.svc")
    assert told(linted(tmp_path, text, namespace="shop")) == [(RULE, "error", 14)]
    assert told(linted(tmp_path, text)) == []


@pytest.mark.parametrize("text", ["metadata: {name: a, name: b}\n", "metadata:\n  name: a\n  labels: {}\n  name: b\n"])
def test_a_key_that_is_there_twice_is_an_error_with_both_lines(tmp_path: Path, text: str) -> None:
    found = linted(tmp_path, "apiVersion: v1\nkind: ConfigMap\n" + text)
    lines = [(each.finding.rule, each.place.line) for each in found.found]
    last = 2 + text.count("\n")
    assert lines == [("yaml", last)]
    assert "used twice" in found.found[0].finding.message
    assert ("on line 4" in found.found[0].finding.message) == (last > 3)


@pytest.mark.parametrize("text", ["apiVersion: v1\nkind: ConfigMapList\n", "apiVersion: v1\nkind: List\nitems: {}\n"])
def test_a_list_of_nothing_is_rejected_as_up_rejects_it(tmp_path: Path, text: str) -> None:
    assert [each[:2] for each in told(linted(tmp_path, text)) if each[0] == "objects"] == [("objects", "error")]
