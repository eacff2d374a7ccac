"""What does `down --dry-run` say? The order, and what each step took last time, as the engine told it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from fairlead.lifecycle.deletion_order import deletion_order, keep_times, step_times, times_file
from fairlead.lifecycle.deployment import Deployment
from tests.fixtures.interrupted import state
from tests.fixtures.runs.stand_in_cli import stand_in_cli

pytestmark = pytest.mark.mesh

SAID = [
    " -  kubernetes:core/v1:Service edge/shop deleted (0.25s)",
    " -  kubernetes:helm.sh/v3:Release edge deleting (5s)",
    " -  kubernetes:helm.sh/v3:Release edge deleted (1m5s)",
    " -  kubernetes:core/v1:Namespace edge deleting (0s)",
    "Resources:",
]


def test_what_depends_on_another_goes_before_it_with_its_time(tmp_path: Path) -> None:
    file = tmp_path / "kept" / "times.json"
    keep_times(file, step_times(SAID))
    heading, *rows, last = deletion_order(state(), file)
    assert heading.startswith("Would delete, in this order;")
    assert rows == [
        "   1     0.2 s  Service edge/shop",
        "   2    65.0 s  Release edge/edge",
        "   3         -  Namespace edge",
    ]
    assert last.startswith("The times are of the down of 20")


def test_a_later_run_keeps_what_it_did_not_do(tmp_path: Path) -> None:
    file = tmp_path / "times.json"
    keep_times(file, {"Release edge": 3.0, "Namespace edge": 1.0})
    keep_times(file, {"Release edge": 4.0})
    keep_times(file, {})
    rows = [*deletion_order(state(), file)]
    assert "4.0 s  Release edge/edge" in rows[2]
    assert "1.0 s  Namespace edge" in rows[3]


@pytest.mark.parametrize("kept", ["", "[]", "{", '{"at": 1}', json.dumps({"at": "x", "seconds": {"a": "b"}})])
def test_times_that_cannot_be_read_are_not_known(tmp_path: Path, kept: str) -> None:
    file = tmp_path / "times.json"
    file.write_text(kept)
    *rows, last = deletion_order(state(), file)
    assert [each.split()[1] for each in rows[1:]] == ["-", "-", "-"]
    assert last.startswith("No down of this stack was run from here")


def test_times_that_cannot_be_kept_are_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    keep_times(tmp_path / "file" / "times.json", {"Release edge": 1.0})


def test_an_empty_state_has_no_order(tmp_path: Path) -> None:
    assert [*deletion_order(Deployment({}), tmp_path)] == ["The state has nothing to delete."]


def test_stacks_have_times_of_their_own() -> None:
    named = [("a", "b"), ("a.b", ""), ("a", "b/c"), ("a", "../b")]
    files = [times_file(*each, {"XDG_CACHE_HOME": "/cache"}) for each in named]
    assert {each.parent for each in files} == {Path("/cache/fairlead/down")}


@pytest.mark.process
def test_nothing_is_asked_of_a_cluster_and_nothing_is_done(
    command: Callable[..., tuple[int, str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    cli = stand_in_cli(tmp_path, monkeypatch)
    cli.holds(state().resources)
    code, out, _ = command("down", "--stack", "dev", "--dry-run")
    assert code == 0
    assert out.splitlines()[1] == "   1         -  Service edge/shop"
    assert cli.asked == []
