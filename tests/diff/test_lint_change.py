"""Which findings are new, and which are fixed? Not those that only moved."""

from __future__ import annotations

import pytest

from fairlead.comparison.lint_change import LintFinding, lint_change

pytestmark = pytest.mark.mesh


def finding(path: str = "apps[0]", *, line: int = 1, rule: str = "weights", message: str = "90") -> LintFinding:
    return LintFinding("error", rule, "Pulumi.dev.yaml", line, path, "", message, "write 100")


def test_what_only_one_side_has_is_new_or_fixed() -> None:
    found = lint_change([finding(rule="a")], [finding(rule="b")])
    assert ([each.rule for each in found.new], [each.rule for each in found.fixed], found.remaining) == (
        ["b"],
        ["a"],
        0,
    )


def test_a_finding_on_another_line_or_at_another_place_of_its_list_is_the_same() -> None:
    found = lint_change([finding(line=3), finding("apps[1]")], [finding(line=7), finding("apps[2]")])
    assert (found.new, found.fixed, found.remaining) == ((), (), 2)


def test_one_more_of_the_same_is_one_new_at_its_own_path() -> None:
    found = lint_change([finding("apps[0]")], [finding("apps[0]"), finding("apps[1]")])
    assert [each.path for each in found.new] == ["apps[1]"]
    assert found.remaining == 1


def test_other_words_are_another_finding() -> None:
    found = lint_change([finding(message="90")], [finding(message="110")])
    assert (len(found.new), len(found.fixed)) == (1, 1)
