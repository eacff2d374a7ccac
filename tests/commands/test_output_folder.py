"""Do a command's files come into a folder whole or not at all, and leave there what is somebody else's?"""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import pytest

from fairlead.terminal import output_folder
from fairlead.terminal.errors import UserError

pytestmark = pytest.mark.mesh


def held(folder: Path) -> dict[str, str]:
    """Every file of a folder, with what it holds."""
    return {str(path.relative_to(folder)): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_other_files_in_the_folder_stay(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    (tmp_path / "a.svg").write_text("old")
    output_folder.write({"a.svg": "new", "a.html": "page"}, tmp_path)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "mine.txt": "mine", "a.svg": "new", "a.html": "page",
    }  # fmt: skip


def test_a_folder_that_cannot_be_written_is_the_users_to_fix(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "below", Path("/proc/nowhere")):
        with pytest.raises(UserError, match="cannot be written") as error:
            output_folder.write({"a.svg": "x"}, folder)
        assert "--out" in str(error.value)


def test_both_files_are_written_or_none(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text("old")
    (tmp_path / "a.html").mkdir()
    with pytest.raises(UserError, match="cannot be written"):
        output_folder.write({"a.svg": "new", "a.html": "page"}, tmp_path)
    assert (tmp_path / "a.svg").read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.html", "a.svg"]


@pytest.mark.parametrize("broken", ["a.svg", "a.html"])
def test_a_full_disk_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    (tmp_path / "a.svg").write_text("old")
    write_text = Path.write_text

    def full(path: Path, text: str, **more: Any) -> int:
        if path.name == broken:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write_text(path, text, **more)

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(UserError, match="is full"):
        output_folder.write({"a.svg": "new", "a.html": "page"}, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["a.svg"]
    assert (tmp_path / "a.svg").read_text() == "old"


def test_stale_files_go_with_the_folders_that_held_nothing_else(tmp_path: Path) -> None:
    output_folder.write({"objects/a.yaml": "a", "objects/deep/b.yaml": "b", "c.yaml": "c"}, tmp_path)
    (tmp_path / "objects" / "mine").write_text("mine")
    output_folder.write({"c.yaml": "C"}, tmp_path, stale=["objects/a.yaml", "objects/deep/b.yaml", "gone/x.yaml"])
    assert held(tmp_path) == {"objects/mine": "mine", "c.yaml": "C"}
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["c.yaml", "mine", "objects"]


def test_what_fails_late_gives_every_file_its_place_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {"b.yaml": "b", "objects/a.yaml": "a"}
    output_folder.write(before, tmp_path)
    rename = Path.rename

    def failing(path: Path, target: Path) -> Path:
        if target == tmp_path / "z" / "last.yaml":
            raise OSError(errno.EIO, "Input/output error")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(UserError, match="cannot be written: Input/output error"):
        output_folder.write({"b.yaml": "B", "z/last.yaml": "Z"}, tmp_path, stale=["objects/a.yaml"])
    assert held(tmp_path) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.yaml", "objects"]


@pytest.mark.parametrize("name", ["../out.yaml", "objects/../../out.yaml", "/out.yaml"])
@pytest.mark.parametrize("stale", [False, True])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str, stale: bool) -> None:
    (tmp_path / "out.yaml").write_text("mine")
    folder = tmp_path / "folder"
    with pytest.raises(UserError, match="would be outside of"):
        output_folder.write({} if stale else {name: "x"}, folder, stale=[name] if stale else [])
    assert held(tmp_path) == {"out.yaml": "mine"}


def test_a_link_in_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "objects").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UserError, match="objects is a link"):
        output_folder.write({"objects/deep/a.yaml": "a"}, tmp_path / "folder")
    assert list((tmp_path / "elsewhere").iterdir()) == []
