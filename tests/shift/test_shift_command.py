"""Does `shift` change the weights that are meant, show what becomes of requests, and change nothing when wrong?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.snapshot

Command = Callable[..., tuple[int, str, str]]
HEAD = """\
config:
  fairlead:cluster: {kubeconfig: {context: kind}}
  fairlead:apps:
    - name: shop
      port: 80
      external: {labels: {app: shop}}
      versions: [{name: v1}, {name: v2}, {name: v3}]  # all that run
      routes:
"""
TWO = f"{HEAD}        - weights: {{v1: 70, v2: 30, v3: 0}}\n"
ONE = f"{HEAD.replace(', {name: v3}', '')}        - weights: {{v1: 100}}  # all of it\n"
SEVERAL = f"""\
{HEAD}        - {{name: api, match: [{{uri: {{prefix: /api}}}}], weights: {{v1: 100, v2: 0, v3: 0}}}}
        - {{match: [{{uri: {{prefix: /old}}}}], redirect: {{uri: /new}}}}
        - weights: {{v1: 50, v2: 50}}
"""


@pytest.fixture(name="file")
def _file(tmp_path: Path) -> Path:
    return tmp_path / "stack.yaml"


def test_the_other_of_two_versions_gets_the_rest(file: Path, command: Command) -> None:
    file.write_text(ONE, encoding="utf-8")
    code, out, _ = command("shift", "shop", "v2=10", "--config-file", str(file))
    assert code == 0
    assert file.read_text(encoding="utf-8") == ONE.replace("{v1: 100}", "{v1: 90, v2: 10}")
    assert "v2 gets 10 %" in out or "10 %" in out
    assert "spec.http[0].route" in out


def test_what_is_not_typed_keeps_its_weight_where_there_are_more(file: Path, command: Command) -> None:
    file.write_text(TWO, encoding="utf-8")
    assert command("shift", "shop", "v1=60", "v3=10", "--config-file", str(file))[0] == 0
    assert file.read_text(encoding="utf-8") == TWO.replace("{v1: 70, v2: 30, v3: 0}", "{v1: 60, v2: 30, v3: 10}")


def test_a_dry_run_shows_the_same_and_writes_nothing(file: Path, command: Command) -> None:
    file.write_text(ONE, encoding="utf-8")
    code, out, _ = command("shift", "shop", "v2=10", "--config-file", str(file), "--dry-run")
    assert (code, file.read_text(encoding="utf-8")) == (0, ONE)
    assert "would be written" in out


def test_the_same_weights_again_change_nothing(file: Path, command: Command) -> None:
    file.write_text(TWO, encoding="utf-8")
    code, out, _ = command("shift", "shop", "v1=70", "--config-file", str(file))
    assert code == 0
    assert "has these weights already" in out


@pytest.mark.parametrize("route", ["0", "routes[0]", "api", "/api", "api (path prefix /api)"])
def test_a_route_is_named_by_its_index_its_name_or_its_path(route: str, file: Path, command: Command) -> None:
    file.write_text(SEVERAL, encoding="utf-8")
    assert command("shift", "shop", "v1=90", "v2=10", "--route", route, "--config-file", str(file))[0] == 0
    changed = SEVERAL.replace("{v1: 100, v2: 0, v3: 0}", "{v1: 90, v2: 10, v3: 0}")
    assert file.read_text(encoding="utf-8") == changed


@pytest.mark.parametrize(
    ("text", "typed", "said"),
    [
        (TWO, ["shpo", "v1=1"], ["There is no app shpo; this stack has shop.", "Did you mean shop?"]),
        (TWO, ["shop", "v4=10", "v5=ten"], ["shop has no version v4; it has v1, v2, v3", "v5=ten: write a version"]),
        (TWO, ["shop", "v1=60"], ["v1=60: the weights add up to 90, not 100 (v2 keeps 30, v3 keeps 0)"]),
        (TWO, ["shop", "v1=60", "v2=60", "v3=0"], ["the weights add up to 120, not 100; write all that change"]),
        (ONE, ["shop", "v1=101"], ["write a version and a whole number from 0 to 100"]),
        (ONE, ["shop", "v1=40", "v1=60"], ["v1 is typed twice"]),
        (SEVERAL, ["shop", "v1=90", "v2=10"], ["several routes have weights", "--route 0: api (path prefix /api)",
                                               "--route 2: all"]),
        (SEVERAL, ["shop", "v1=90", "--route", "/old"], ["no route with weights is /old"]),
        (f"{HEAD}        - {{}}\n", ["shop", "v1=90"], ["shop has no route with weights"]),
        (f"{HEAD}        - weights: {{v1: 100, v2: 0, managedBy: flagger}}\n", ["shop", "v2=1"],
         ["flagger changes these weights on the cluster"]),
        (TWO.replace("port: 80", "port: x"), ["shop", "v1=90"], ["write a whole number"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_a_wrong_shift_says_why_and_changes_nothing(
    text: str, typed: list[str], said: list[str], file: Path, command: Command
) -> None:
    file.write_text(text, encoding="utf-8")
    code, _, err = command("shift", *typed, "--config-file", str(file))
    assert code == 2
    assert all(part in err for part in said), err
    assert file.read_text(encoding="utf-8") == text


def test_a_result_with_which_lint_finds_fault_is_not_written(file: Path, command: Command) -> None:
    text = TWO.replace("port: 80", "port: 80\n      gateways: [nowhere]")
    file.write_text(text, encoding="utf-8")
    code, out, err = command("shift", "shop", "v1=60", "v2=40", "--config-file", str(file))
    assert code == 1
    assert "gateways_exist" in out
    assert "unchanged" in err
    assert file.read_text(encoding="utf-8") == text
