"""Are files that define one object in several ways judged as what they are: forms of which one is applied?"""

from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.lint.linted import Linted
from fairlead.lint.object_lint import lint_objects

pytestmark = pytest.mark.mesh

BASE = """\
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {selector: {app: web}, ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: cart, namespace: shop}
spec: {host: cart, subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]}
"""
ROUTES = """\
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: NAME, namespace: shop}
spec: {hosts: [cart], http: [{route: [{destination: {host: cart, subset: SUBSET}}]}]}
"""


def routes(name: str, subset: str) -> str:
    return ROUTES.replace("NAME", name).replace("SUBSET", subset)


def linted(folder: Path, **files: str) -> list[tuple[str, str, str]]:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text)
    found: Linted = lint_objects([str(folder)])
    return [(Path(each.file).stem, each.finding.rule, each.finding.severity) for each in found.found]


def test_forms_of_one_object_are_one_finding_at_the_last(tmp_path: Path) -> None:
    found = linted(tmp_path, base=BASE, one=routes("cart", "v1"), two=routes("cart", "v2"))
    assert found == [("two", "objects_are_defined_once", "warning")]


def test_the_same_object_twice_is_no_finding(tmp_path: Path) -> None:
    assert linted(tmp_path, base=BASE, one=routes("cart", "v1"), two=routes("cart", "v1")) == []


def test_each_form_is_judged_for_itself(tmp_path: Path) -> None:
    found = linted(tmp_path, base=BASE, one=routes("cart", "v3"), two=routes("cart", "v2"))
    assert ("one", "subsets_of_routes_exist", "error") in found


def test_what_one_form_brings_serves_it(tmp_path: Path) -> None:
    other = BASE.replace("v1}}, {name: v2, labels: {version: v2}}", "v1}}")
    assert other != BASE
    files = {"a": BASE + "---\n" + routes("cart", "v2"), "b": other + "---\n" + routes("cart", "v1")}
    assert {rule for _, rule, _ in linted(tmp_path, **files)} == {"objects_are_defined_once"}


def test_forms_do_not_conflict_by_their_other_objects(tmp_path: Path) -> None:
    one = routes("cart", "v1") + "---\n" + routes("first", "v1").replace("hosts: [cart]", "hosts: [pay]")
    two = routes("cart", "v2") + "---\n" + routes("second", "v2").replace("hosts: [cart]", "hosts: [pay]")
    pay = BASE.partition("---")[0].replace("name: cart", "name: pay")
    rules = {rule for _, rule, _ in linted(tmp_path, base=BASE, pay=pay, one=one, two=two)}
    assert rules == {"objects_are_defined_once"}


def test_files_that_are_applied_together_still_conflict(tmp_path: Path) -> None:
    found = linted(tmp_path, base=BASE, one=routes("cart", "v1"), two=routes("basket", "v2"))
    assert [rule for _, rule, _ in found] == ["mesh_hosts_have_one_virtual_service"]


def test_a_subset_that_another_form_of_the_rule_has_is_not_missing(tmp_path: Path) -> None:
    other = BASE.partition("---\n")[2].replace("name: v2", "name: v3")
    found = linted(tmp_path, base=BASE, other=other, one=routes("cart", "v2"), two=routes("cart", "v3"))
    assert "subsets_of_routes_exist" not in {rule for _, rule, _ in found}


def test_a_conflict_is_told_also_where_another_object_has_two_forms(tmp_path: Path) -> None:
    files = {"base": BASE, "one": routes("cart", "v1"), "two": routes("basket", "v2")}
    found = linted(tmp_path, **files, other=BASE.partition("---\n")[2].replace("name: v2", "name: v3"))
    assert "mesh_hosts_have_one_virtual_service" in {rule for _, rule, _ in found}
