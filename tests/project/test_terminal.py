"""What reaches a terminal of a name that somebody means ill with, and of words in brackets?"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from fairlead.terminal.errors import UserError
from fairlead.terminal.plain_console import PlainConsole
from fairlead.terminal.progress import ConsoleProgress
from tests.fixtures.evaluated import PROGRAM
from tests.fixtures.hostile_text import HOSTILE

EVIL = "\x1b[2J\x1b]0;x\x07evil\u202e\x9b31m"
OBJECT = """apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: "\\e[2Jevil", namespace: web}
spec: {hosts: [a], http: [{route: [{destination: {host: b, subset: "\\e[8mx"}}]}]}
"""


def steers(text: str) -> bool:
    return not text.replace("\n", "").isprintable()


@pytest.mark.mesh
@pytest.mark.parametrize("hostile", [EVIL, *HOSTILE])
def test_no_text_in_any_shape_steers_the_terminal(hostile: str, capsys: pytest.CaptureFixture[str]) -> None:
    console = PlainConsole()
    table = Table(title=hostile)
    table.add_column(hostile)
    table.add_row(hostile)
    tree = Tree(Text(hostile))
    tree.add(hostile)
    for each in (hostile, Text(hostile), table, tree):
        console.print(each)
    progress = ConsoleProgress(console)
    progress.say(hostile)
    with progress.phase(hostile):
        progress.busy(hostile)
    assert not steers(capsys.readouterr().out)


@pytest.mark.mesh
def test_words_in_brackets_and_between_colons_are_written(capsys: pytest.CaptureFixture[str]) -> None:
    PlainConsole().print("they stand as [secret] :tada: [/]")
    assert capsys.readouterr().out == "they stand as [secret] :tada: [/]\n"


@pytest.mark.mesh
def test_an_error_that_names_a_file_steers_nothing_and_keeps_its_lines() -> None:
    assert str(UserError(f"{EVIL} is no file.", "Name another.")) == " [2J ]0;x evil  31m is no file.\nName another."


@pytest.mark.snapshot
def test_a_preview_says_how_secrets_stand(command, tmp_path: Path) -> None:
    text = (PROGRAM / "Pulumi.local.yaml").read_text(encoding="utf-8")
    file = tmp_path / "stack.yaml"
    with_grafana = text.replace("    prometheus: {}\n", "    prometheus: {}\n    grafana: {}\n")
    key = "  fairlead:grafanaAdminPassword: {secure: v1:abc:def}\n"
    file.write_text(with_grafana + key, encoding="utf-8")
    code, out, err = command("preview", "--config-file", str(file))
    assert (code, err) == (0, "")
    assert "Secrets: they are never decrypted and shown as [secret]." in out


@pytest.mark.snapshot
@pytest.mark.parametrize("written_as", ["text", "github"])
def test_a_file_name_of_a_pull_request_steers_nothing(command, tmp_path: Path, written_as: str) -> None:
    folder = tmp_path / f"objects {EVIL}"
    folder.mkdir()
    (folder / f"{EVIL}.yaml").write_text(OBJECT, encoding="utf-8")
    _, out, err = command("lint", "--objects", str(folder), "--format", written_as)
    assert "evil" in out
    assert not steers(out + err)
    (folder / f"{EVIL}.yaml").write_text("{", encoding="utf-8")
    _, out, err = command("lint", "--objects", str(folder), "--format", written_as)
    assert "evil" in out + err
    assert not steers(out + err)


@pytest.mark.process
@pytest.mark.snapshot
def test_an_object_of_a_pull_request_steers_no_preview(command, tmp_path: Path) -> None:
    program = tmp_path / "program"
    for name in ("components", "fairlead_mesh", "fairlead"):
        shutil.copytree(PROGRAM / name, program / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("__main__.py", "Pulumi.yaml"):
        shutil.copy(PROGRAM / name, program / name)
    (program / f"{EVIL}.yaml").write_text(OBJECT, encoding="utf-8")
    text = (PROGRAM / "Pulumi.local.yaml").read_text(encoding="utf-8")
    (program / "Pulumi.local.yaml").write_text(
        f'{text}  fairlead:objects: ["\\e[2J\\e]0;x\\aevil\\u202e\\x9b31m.yaml"]\n'
    )
    for arguments in (["preview"], ["diff", "--against-stack", "local"], ["lint"]):
        _, out, err = command(*arguments, "--stack", "local", "--cwd", str(program))
        assert not steers(out + err), arguments
        assert "evil" in out + err or arguments[0] == "diff"
