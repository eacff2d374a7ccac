"""When is a local state read without the CLI, and which of its locks are removed?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fairlead.lifecycle.engine.local_state import whole_state, without_cut_off_locks

pytestmark = pytest.mark.mesh


def lock(folder: Path, stack: str, name: str, text: str, attributes: str = '{"a": 1}') -> Path:
    file = folder / ".pulumi" / "locks" / "organization" / "fairlead" / stack / f"{name}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    file.with_name(f"{file.name}.attrs").write_text(attributes)
    return file


def test_a_lock_that_is_whole_is_kept_and_one_that_was_cut_off_is_not(tmp_path: Path) -> None:
    whole, other = lock(tmp_path, "dev", "1", '{"pid": 7}'), lock(tmp_path, "prod", "2", "")
    assert not without_cut_off_locks(tmp_path, "fairlead", "dev")
    cut_off = [lock(tmp_path, "dev", "3", ""), lock(tmp_path, "dev", "4", '{"pid": 7}', "")]
    cut_off.append(whole.with_name("5.json.18ece0a55f6cde50.tmp"))
    cut_off[-1].write_text("")
    assert without_cut_off_locks(tmp_path, "fairlead", "dev")
    assert whole.exists()
    assert other.exists()
    assert [each for each in cut_off if each.exists()] == []
    assert sorted(each.name for each in whole.parent.iterdir()) == ["1.json", "1.json.attrs"]


def test_where_there_are_no_locks_none_is_removed(tmp_path: Path) -> None:
    assert not without_cut_off_locks(tmp_path, "fairlead", "dev")


def state(folder: Path, text: str, suffix: str = "") -> Path:
    file = folder / ".pulumi" / "stacks" / "fairlead" / f"dev.json{suffix}"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def test_a_state_in_a_folder_is_read_as_the_cli_exports_it(tmp_path: Path) -> None:
    latest = {"manifest": {}, "resources": [{"urn": "a"}], "pending_operations": []}
    state(tmp_path, json.dumps({"version": 3, "checkpoint": {"stack": "organization/fairlead/dev", "latest": latest}}))
    assert whole_state(tmp_path, "fairlead", "dev") == {"version": 3, "deployment": latest}
    assert whole_state(tmp_path, "fairlead", "prod") is None


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", '{"version": 3}', '{"version": 3, "checkp', '{"version": 4, "checkpoint": {"latest": {"a": 1}}}'),
        '{"version": 3, "checkpoint": {"stack": "organization/fairlead/dev"}}',
    ],
)
def test_what_only_the_cli_knows_is_left_to_it(tmp_path: Path, text: str) -> None:
    state(tmp_path, text)
    assert whole_state(tmp_path, "fairlead", "dev") is None


@pytest.mark.parametrize(("suffix", "text"), [(".gz", "newer"), (".attrs", "")])
def test_beside_a_compressed_state_or_attributes_that_were_cut_off_the_cli_is_asked(
    tmp_path: Path, suffix: str, text: str
) -> None:
    state(tmp_path, '{"version": 3, "checkpoint": {"latest": {"resources": []}}}')
    assert whole_state(tmp_path, "fairlead", "dev") is not None
    state(tmp_path, text, suffix)
    assert whole_state(tmp_path, "fairlead", "dev") is None
