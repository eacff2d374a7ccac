"""What does `fairlead new` write? A whole project into an empty folder, the same as `pulumi new` with the template."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from fairlead.project import release
from fairlead.project.files import examples, project_files
from fairlead.project.start import started_where_it_belongs
from fairlead.reference.schema import schema_text
from fairlead.reference.template import template_files
from tests.fixtures.checkout import PROGRAM
from tests.fixtures.ci.workflow_files import WORKFLOWS, loaded, steps

pytestmark = pytest.mark.mesh

Command = Callable[..., tuple[int, str, str]]
TEMPLATE = PROGRAM / "template"
WRITTEN = sorted((TEMPLATE / ".github" / "workflows").glob("*.yml"))


def text_of(folder: Path) -> dict[str, str]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in found}


def test_a_project_is_written_into_a_folder_that_does_not_exist(command: Command, tmp_path: Path) -> None:
    folder = tmp_path / "teams" / "my-mesh"
    code, out, _ = command("new", str(folder))
    assert code == 0
    assert text_of(folder) == {**project_files("dev", None), "stack.schema.json": schema_text()}
    assert {"Pulumi.yaml", "__main__.py", "requirements.txt", "Pulumi.dev.yaml"} <= text_of(folder).keys()
    assert "fairlead lint --stack dev" in out
    assert f"cd {folder}" in out


def test_a_folder_that_has_something_is_left_as_it_is(command: Command, tmp_path: Path) -> None:
    for name in ("one", "two", "three", "four", "five", "six"):
        (tmp_path / name).touch()
    before = text_of(tmp_path)
    code, _, err = command("new", str(tmp_path))
    assert code == 1
    assert f"{tmp_path} is not empty: it has five, four, one, six, three and 1 more." in err
    assert text_of(tmp_path) == before


def test_a_repository_that_was_just_made_is_empty(command: Command, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    assert command("new", str(tmp_path))[0] == 0


def test_a_file_is_no_folder_to_write_into(command: Command, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    code, _, err = command("new", str(tmp_path / "file"))
    assert (code, "is a file" in err) == (1, True)


def test_nothing_is_left_of_a_project_that_cannot_be_written_whole(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Path.write_text

    def fail_at_the_program(path: Path, *arguments: Any, **options: Any) -> int:
        if path.name == "__main__.py":
            raise OSError(28, "No space left on device", str(path))
        return write(path, *arguments, **options)

    monkeypatch.setattr(Path, "write_text", fail_at_the_program)
    code, _, err = command("new", str(tmp_path / "outer" / "mesh"))
    assert (code, "is full" in err) == (1, True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("asked", ["examples/bookinfo", "bookinfo", "examples/bookinfo.yaml"])
def test_an_example_is_the_stack_file(command: Command, tmp_path: Path, asked: str) -> None:
    folder = tmp_path / "mesh"
    assert command("new", str(folder), "--from", asked, "--stack", "staging")[0] == 0
    first, _, rest = (folder / "Pulumi.staging.yaml").read_text(encoding="utf-8").partition("\n")
    assert first == "# yaml-language-server: $schema=stack.schema.json"
    assert rest == (PROGRAM / "examples" / "bookinfo.yaml").read_text(encoding="utf-8").partition("\n")[2]
    assert not (folder / "Pulumi.dev.yaml").exists()
    deployed = (folder / ".github" / "workflows" / "deploy.yml").read_text(encoding="utf-8")
    assert "fairlead up --yes --stack staging" in deployed
    assert not re.search(r"\bdev\b", deployed)


def test_an_example_that_does_not_exist_is_named_with_the_nearest(command: Command, tmp_path: Path) -> None:
    code, _, err = command("new", str(tmp_path / "mesh"), "--from", "examples/bokinfo")
    assert (code, "Did you mean examples/bookinfo?" in err) == (1, True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a/b", "", "../up", "two words"])
def test_a_stack_has_a_name_that_a_file_can_have(command: Command, tmp_path: Path, name: str) -> None:
    code, _, err = command("new", str(tmp_path / "mesh"), "--stack", name)
    assert (code, "cannot be the name of a stack" in err) == (1, True)


def test_every_example_can_be_begun_with() -> None:
    assert set(examples()) == {path.stem for path in (PROGRAM / "examples").glob("*.yaml")}
    for name in examples():
        assert "objects:" not in re.sub(r"#.*", "", project_files("dev", name)["Pulumi.dev.yaml"]), (
            "it has files beside"
        )


def test_the_template_is_made_from_this_repository() -> None:
    for path, text in template_files().items():
        assert (PROGRAM / path).read_text(encoding="utf-8") == text, "run `make docs`"


def test_pulumi_new_writes_what_fairlead_new_writes() -> None:
    """Pulumi copies the files of a template and leaves out the section that is about it."""
    yaml = YAML(typ="safe")
    ours, theirs = project_files("dev", None), text_of(TEMPLATE)
    assert ours.keys() == theirs.keys()
    assert {name: text for name, text in ours.items() if name != "Pulumi.yaml"} == {
        name: text for name, text in theirs.items() if name != "Pulumi.yaml"
    }
    project = yaml.load(theirs["Pulumi.yaml"])
    assert project.pop("template")
    assert yaml.load(ours["Pulumi.yaml"]) == project
    assert not [name for name, text in theirs.items() if re.search(r"\$\{(PROJECT|DESCRIPTION)\}", text)]


@pytest.mark.engine
@pytest.mark.skipif(not shutil.which("pulumi"), reason="the pulumi CLI is not on PATH")
def test_the_pulumi_cli_takes_the_template(tmp_path: Path) -> None:
    yaml = YAML(typ="safe")
    new = ["pulumi", "new", str(TEMPLATE), "--generate-only", "--yes", "--name", "fairlead", "--offline"]
    home = {"PULUMI_HOME": str(tmp_path / "home"), "PULUMI_SKIP_UPDATE_CHECK": "true", "PULUMI_BACKEND_URL": "file://~"}
    made = tmp_path / "made"
    made.mkdir()
    subprocess.run(new, cwd=made, check=True, capture_output=True, env={**os.environ, **home})
    written, ours = text_of(made), project_files("dev", None)
    project = yaml.load(written["Pulumi.yaml"])
    project["config"].pop("pulumi:tags", None)
    assert project == yaml.load(ours["Pulumi.yaml"])
    assert {**written, "Pulumi.yaml": ""} == {**ours, "Pulumi.yaml": ""}


def test_its_workflows_use_the_actions_that_this_repository_pins() -> None:
    pinned = {step["uses"] for path in WORKFLOWS.values() for step in steps(path) if "@" in step.get("uses", "")}
    pinned |= {
        step["uses"]
        for path in sorted((PROGRAM / ".github" / "actions").glob("*/action.yml"))
        for step in steps(path)
        if "uses" in step
    }
    assert WRITTEN
    for path in WRITTEN:
        assert {step["uses"] for step in steps(path) if "uses" in step} <= pinned
        assert loaded(path)["permissions"] == {}


def test_a_version_that_differs_is_said_by_every_command_and_stops_those_that_change_something(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("fairlead.project.start.installed", lambda: "0.1.0")
    monkeypatch.setattr(release, "installed", lambda: "0.1.0")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "requirements.txt").write_text("fairlead==0.2.0\n", encoding="utf-8")
    started_where_it_belongs(["lint", "--cwd", str(tmp_path)])
    told = capsys.readouterr().err
    assert told.startswith("note: This is fairlead 0.1.0, and ")
    assert "names fairlead 0.2.0" in told
    started_where_it_belongs(["down", "--stack", "dev", "-C", str(tmp_path)])
    for changing in (["up", "--stack", "dev", f"--cwd={tmp_path}"], ["env", "up", "pr-1", "--cwd", str(tmp_path)]):
        with pytest.raises(SystemExit) as ended:
            started_where_it_belongs(changing)
        assert ended.value.code == 2
    assert capsys.readouterr().err.count("0.2.0") >= 3


@pytest.mark.parametrize("asked", ["fairlead==0.1.0\n", "fairlead>=0.1,<1\n", "pulumi==3.0.0\n", "", "fairlead\n"])
def test_a_version_that_is_allowed_is_not_spoken_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], asked: str
) -> None:
    monkeypatch.setattr("fairlead.project.start.installed", lambda: "0.1.0")
    monkeypatch.setattr(release, "installed", lambda: "0.1.0")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "requirements.txt").write_text(asked, encoding="utf-8")
    started_where_it_belongs(["up", "--stack", "dev", "--cwd", str(tmp_path)])
    assert capsys.readouterr().err == ""


def test_a_project_of_another_name_is_named_with_the_remedy(command: Command, tmp_path: Path) -> None:
    """`pulumi new` proposes the name of the folder."""
    assert command("new", str(tmp_path / "mesh"))[0] == 0
    project = tmp_path / "mesh" / "Pulumi.yaml"
    project.write_text(project.read_text(encoding="utf-8").replace("name: fairlead", "name: mesh", 1), encoding="utf-8")
    for typed in ("lint", "preview"):
        code, _, err = command(typed, "--stack", "dev", "--cwd", str(tmp_path / "mesh"))
        assert code in (1, 2)
        assert "calls the project mesh" in err
        assert "Write name: fairlead" in err


@pytest.mark.parametrize(
    ("line", "version"),
    [
        ("fairlead==0.9.0", "0.9.0"),
        ("fairlead==0.9.0 \\\n    --hash=sha256:" + "0" * 64, "0.9.0"),
        ("fairlead @ file:///wheels/fairlead-0.9.0-py3-none-any.whl", "0.9.0"),
        ("fairlead @ git+https://example.com/fairlead@v0.9.0", "of any version"),
        ("pydantic==2.0", ""),
    ],
    ids=["pinned", "with its hash", "a wheel", "a repository", "nothing"],
)
def test_the_version_that_requirements_name_is_read_in_each_form(tmp_path: Path, line: str, version: str) -> None:
    (tmp_path / "requirements.txt").write_text(f"{line}\n", encoding="utf-8")
    assert release.named(tmp_path) == version
