"""Does the package work for somebody who has no checkout? Built, installed, and used in a folder of its own."""

from __future__ import annotations

import os
import re
import shutil
import site
import subprocess
import zipfile
from pathlib import Path

import pytest

from tests.fixtures.checkout import PROGRAM
from tests.fixtures.installed import Installed, built_wheel

pytestmark = [pytest.mark.snapshot, pytest.mark.process]

OURS = {"fairlead", "fairlead_components", "fairlead_mesh"}
SHIPPED = {"components": "fairlead_components", "examples": "fairlead/examples", "template": "fairlead/template"}


@pytest.fixture(scope="module", name="wheel")
def _wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module", name="installed")
def _installed(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Installed:
    return Installed(tmp_path_factory.mktemp("installed"), wheel)


@pytest.fixture(scope="module", name="project")
def _project(tmp_path_factory: pytest.TempPathFactory, installed: Installed) -> Path:
    folder = tmp_path_factory.mktemp("project") / "my-mesh"
    made = installed.fairlead("new", str(folder), cwd=folder.parent)
    assert made.code == 0, made.err
    return folder


def names(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return [name for name in archive.namelist() if not name.endswith("/")]


def test_nothing_at_the_top_of_the_wheel_is_called_what_others_call_theirs(wheel: Path) -> None:
    top = {name.partition("/")[0] for name in names(wheel)}
    assert {each for each in top if not each.endswith(".dist-info")} == OURS


def test_every_file_of_the_packages_and_of_what_they_bring_is_in_the_wheel(wheel: Path) -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=PROGRAM, capture_output=True, text=True, check=True).stdout
    expected: set[str] = set()
    for name in listed.splitlines():
        first, _, rest = name.partition("/")
        if first in SHIPPED or first in OURS:
            expected.add(f"{SHIPPED.get(first, first)}/{rest}")
        elif found := re.match(r"tools/((?:charts|etcd|helm|kubernetes)/.*)", name):
            expected.add(f"fairlead/go_modules/{found[1]}")
    assert expected - set(names(wheel)) == set()
    assert {name for name in names(wheel) if name.endswith((".json", ".css", ".js"))} != set()


def test_it_needs_what_the_program_is_pinned_to_and_what_the_command_line_adds(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (metadata,) = [name for name in archive.namelist() if name.endswith("METADATA")]
        needs = set(re.findall(r"^Requires-Dist: (.*)$", archive.read(metadata).decode(), re.MULTILINE))
    pins = re.findall(r"^[a-z].*==.*$", (PROGRAM / "requirements.in").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(pins) <= needs
    added = re.findall(r"^([a-z0-9.]+)==(.*)$", (PROGRAM / "requirements-cli.in").read_text("utf-8"), re.MULTILINE)
    assert len(needs) == len(pins) + len(added)
    for name, version in added:
        (line,) = [each for each in needs if each.startswith(f"{name.replace('.', '-')}<")]
        assert line.endswith(f">={version}")


COMMANDS = [
    ("lint", "--stack", "dev", "--fail-on", "warning"),
    ("preview", "--stack", "dev"),
    ("render", "--stack", "dev", "--out", "build"),
    ("picture", "--stack", "dev", "--out", "build"),
    ("explain", "--stack", "dev", "GET http://hello.example.com/hello"),
    ("maturity", "--stack", "dev"),
    ("shift", "helloworld", "v2=50", "--stack", "dev", "--dry-run"),
    ("doctor", "--stack", "dev"),
    ("verify", "--stack", "dev", "--list"),
    ("schema", "--out", "stack.schema.json"),
]


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda each: each[0])
def test_a_command_works_in_a_new_project(installed: Installed, project: Path, arguments: tuple[str, ...]) -> None:
    came = installed.fairlead(*arguments, cwd=project)
    assert came.code == 0, came.err
    assert "Traceback" not in came.err
    assert str(PROGRAM) not in came.out + came.err


def test_anybodys_yaml_is_linted_and_explained_without_a_project(
    installed: Installed, project: Path, tmp_path: Path
) -> None:
    objects = str(project / "build" / "objects")
    assert installed.fairlead("render", "--stack", "dev", "--out", "build", cwd=project).code == 0
    linted = installed.fairlead("lint", "--objects", objects, "--fail-on", "never", cwd=tmp_path)
    assert linted.code == 0, linted.err
    explained = installed.fairlead(
        "explain",
        "--objects",
        objects,
        "--from",
        "hello/helloworld-v1",
        "http://helloworld.hello:5000/hello",
        cwd=tmp_path,
    )
    assert "Traceback" not in explained.err
    assert "helloworld" in explained.out, explained.err
    assert list(tmp_path.iterdir()) == []


def test_packages_of_somebody_else_may_own_the_names_that_are_used_in_the_checkout(
    installed: Installed, project: Path
) -> None:
    theirs = [installed.packages / name for name in ("mesh", "components", "tools", "tests", "template", "examples")]
    for each in theirs:
        each.mkdir()
        (each / "__init__.py").write_text("raise ImportError('somebody else was imported')\n", encoding="utf-8")
    try:
        for arguments in (("lint", "--stack", "dev"), ("preview", "--stack", "dev"), ("new", "another")):
            came = installed.fairlead(*arguments, cwd=project)
            assert came.code == 0, came.err
    finally:
        for each in (*theirs, project / "another"):
            shutil.rmtree(each)


def test_in_a_clone_the_clones_own_code_runs(installed: Installed, tmp_path: Path) -> None:
    for name in ("fairlead", "fairlead_mesh"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
    own = "import sys; print('the clone was asked for', *sys.argv[1:]); sys.exit(7)\n"
    (tmp_path / "fairlead" / "__main__.py").write_text(own, encoding="utf-8")
    came = installed.fairlead("lint", "--stack", "dev", cwd=tmp_path)
    assert (came.code, came.out) == (7, "the clone was asked for lint --stack dev\n")
    elsewhere = installed.fairlead("lint", "--stack", "dev", "--cwd", str(tmp_path), cwd=tmp_path.parent)
    assert (elsewhere.code, "is a clone of fairlead" in elsewhere.err) == (2, True)


def test_a_project_of_another_version_is_told_both(installed: Installed, project: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mesh"
    shutil.copytree(project, mine)
    (mine / "requirements.txt").write_text("fairlead==9.9.9\n", encoding="utf-8")
    looked = installed.fairlead("lint", "--stack", "dev", cwd=mine)
    assert looked.code == 0
    assert "This is fairlead 0.1.0, and requirements.txt names fairlead 9.9.9" in looked.err
    changed = installed.fairlead("up", "--stack", "dev", "--yes", cwd=mine)
    assert (changed.code, "fairlead 9.9.9" in changed.err) == (2, True)


@pytest.fixture(scope="module", name="repository")
def _repository(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Path:
    """A project whose last commit names this version, and whose working folder names the next one."""
    folder = tmp_path_factory.mktemp("repository") / "mesh"
    shutil.copytree(project, folder, ignore=shutil.ignore_patterns("build", "another"))
    who = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"]
    for arguments in (("init", "--quiet"), ("add", "--all"), ("commit", "--quiet", "--message", "A mesh")):
        subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True)
    (folder / "requirements.txt").write_text("fairlead==0.2.0\n", encoding="utf-8")
    return folder


def pip_finds(folder: Path) -> dict[str, str]:
    """An environment for pip in which a folder is the only index, and the dependencies are those of this test."""
    own = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(folder), "PIP_NO_DEPS": "1", "PIP_CONFIG_FILE": os.devnull}
    return {**own, "PYTHONPATH": os.pathsep.join(site.getsitepackages())}


def test_a_diff_of_two_revisions_of_one_version_needs_no_other_environment(
    installed: Installed, repository: Path, tmp_path: Path
) -> None:
    same = tmp_path / "mesh"
    shutil.copytree(repository, same)
    (same / "requirements.txt").write_text("fairlead==0.1.0\n", encoding="utf-8")
    stack = same / "Pulumi.dev.yaml"
    stack.write_text(
        stack.read_text(encoding="utf-8").replace("{v1: 70, v2: 30}", "{v1: 50, v2: 50}"), encoding="utf-8"
    )
    came = installed.fairlead("diff", "--stack", "dev", "--base", "HEAD", cwd=same)
    assert came.code == 0, came.err
    assert "v2 goes from 30 % to 50 % of requests" in came.out
    assert not list(installed.home.glob(".cache/fairlead/environments/*"))


def test_each_side_of_a_diff_is_read_by_the_version_that_it_names(
    installed: Installed, repository: Path, tmp_path: Path
) -> None:
    wheels = built_wheel(tmp_path / "wheels", "0.2.0").parent
    env = {**pip_finds(wheels), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    came = installed.fairlead("diff", "--stack", "dev", "--base", "HEAD", cwd=repository, **env)
    assert came.code == 0, came.out + came.err
    assert "Deployment hello/helloworld-v2" in came.out
    note = "is evaluated and linted by fairlead 0.2.0, which its requirements.txt names; this is fairlead 0.1.0."
    assert note in came.out
    kept = list((tmp_path / "cache" / "fairlead" / "environments").iterdir())
    assert len(kept) == 1
    again = installed.fairlead("diff", "--stack", "dev", "--base", "HEAD", cwd=repository, **env)
    assert "Installing" not in again.err
    assert again.out == came.out


def test_where_the_other_version_cannot_be_had_both_are_named_and_why(
    installed: Installed, repository: Path, tmp_path: Path
) -> None:
    env = {**pip_finds(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    came = installed.fairlead("diff", "--stack", "dev", "--base", "HEAD", cwd=repository, **env)
    assert came.code == 0, came.err
    assert "fairlead 0.1.0 instead of fairlead 0.2.0, which its requirements.txt names" in came.out
    assert "No matching distribution found for fairlead==0.2.0" in came.out
