"""Which locks of a local state are removed? Those that were cut off while they were written, and no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.lifecycle.local_state import without_cut_off_locks

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
