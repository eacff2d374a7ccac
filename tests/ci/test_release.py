"""What does a release consist of? As tools/ci/release.sh makes it, from a tag in a clone."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from fairlead.comparison.lock_file import lock_file
from tests.fixtures.checkout import PROGRAM
from tests.fixtures.ci.workflow_files import WORKFLOWS, jobs, steps

pytestmark = [pytest.mark.mesh, pytest.mark.process]

FILES = ("pyproject.toml", "requirements.txt", "tools/ci/release.sh")
OF_THE_WHEEL = ("requirements.in", "requirements-cli.in", "tools/package_metadata.py", "LICENSE", "README.md")
WHEEL = tomllib.loads((PROGRAM / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"][
    "wheel"
]
CHANGELOG = "# Changelog\n\n## Unreleased\n\n- later\n\n## 0.1.0 (2026-11-24)\n\n- first\n\n## 0.0.1\n\n- before\n"


class Clone:
    """A clone of a repository whose main has one commit: what a release is made of."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.out = folder / "clone", folder / "out"
        origin = folder / "origin"
        for name in (*WHEEL["packages"], *WHEEL["force-include"]):
            # A file of each will do.
            file = name if (PROGRAM / name).is_file() else f"{name}/__init__.py"
            (origin / file).parent.mkdir(parents=True, exist_ok=True)
            (origin / file).touch()
        for name in (*FILES, *OF_THE_WHEEL):
            (origin / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROGRAM / name, origin / name)
        (origin / "CHANGELOG.md").write_text(CHANGELOG)
        self.git("init", "--quiet", "--initial-branch=main", str(origin), folder=folder)
        self.commit(origin)
        self.git("clone", "--quiet", str(origin), str(self.folder), folder=folder)

    def git(self, *arguments: str, folder: Path | None = None) -> None:
        who = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *who, *arguments], cwd=folder or self.folder, check=True, capture_output=True)

    def commit(self, folder: Path) -> None:
        self.git("add", "--all", folder=folder)
        self.git("commit", "--quiet", "--message", "All", folder=folder)

    def released(self, tag: str = "v0.1.0") -> tuple[int, str]:
        env = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": str(self.folder)}
        command = ["tools/ci/release.sh", tag, str(self.out)]
        done = subprocess.run(command, cwd=self.folder, env=env, capture_output=True, text=True, check=False)
        return done.returncode, done.stderr


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path)


def test_a_release_has_the_source_what_it_installs_its_notes_and_checksums(clone: Clone) -> None:
    code, said = clone.released()
    assert code == 0, said
    assert (clone.out / "notes.md").read_text().strip() == "- first"
    with tarfile.open(clone.out / "fairlead-0.1.0.tar.gz") as source:
        assert {f"fairlead-0.1.0/{name}" for name in FILES} <= set(source.getnames())
    for line in (clone.out / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split()
        assert hashlib.sha256((clone.out / name).read_bytes()).hexdigest() == digest
    with zipfile.ZipFile(clone.out / "fairlead-0.1.0-py3-none-any.whl") as wheel:
        assert {"fairlead/__init__.py", "fairlead_mesh/__init__.py"} <= set(wheel.namelist())
    assert len(list(clone.out.iterdir())) == 5


def test_the_bill_of_materials_has_every_package_with_its_hashes(clone: Clone) -> None:
    assert clone.released()[0] == 0
    bill = json.loads((clone.out / "sbom.cdx.json").read_text())
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert (bill["metadata"]["component"]["name"], bill["metadata"]["component"]["version"]) == ("fairlead", "0.1.0")
    listed = {f"{each['name']}=={each['version']}" for each in bill["components"]}
    locked = lock_file(PROGRAM / "requirements.txt").packages.values()
    assert listed == {line.split(" ")[0] for line in locked}
    assert all(each["externalReferences"][0]["hashes"] for each in bill["components"])


def test_the_same_commit_gives_the_same_files(clone: Clone) -> None:
    clone.released()
    first = {path.name: path.read_bytes() for path in clone.out.iterdir()}
    clone.released()
    assert {path.name: path.read_bytes() for path in clone.out.iterdir()} == first


@pytest.mark.parametrize("tag", ["v0.1.1", "0.1.0", "v0.1", "--help", "v0.1.0; true"])
def test_a_tag_of_another_version_is_no_release(clone: Clone, tag: str) -> None:
    code, said = clone.released(tag)
    assert code == 1
    assert said.startswith(f"error: the tag is {tag}, and pyproject.toml says 0.1.0")
    assert not clone.out.exists()


def test_what_is_not_on_main_is_no_release(clone: Clone) -> None:
    (clone.folder / "more").touch()
    clone.commit(clone.folder)
    code, said = clone.released()
    assert code == 1
    assert said == "error: v0.1.0 is no commit of main: merge first what is released.\n"


def test_a_release_without_notes_is_none(clone: Clone) -> None:
    for folder in (clone.folder.parent / "origin", clone.folder):
        (folder / "CHANGELOG.md").write_text("# Changelog\n\n## Unreleased\n\n- first\n\n## 0.1.01\n\n- other\n")
    code, said = clone.released()
    assert code == 1
    assert said.startswith("error: CHANGELOG.md has no section '## 0.1.0'")


def test_who_may_write_runs_none_of_the_repositorys_code_and_asks_first() -> None:
    build, publish = (jobs(WORKFLOWS["release"])[name] for name in ("build", "publish"))
    assert build["permissions"] == {"contents": "read"}
    assert "secrets." not in json.dumps(build)
    assert publish["needs"] == "build"
    assert publish["environment"] == "release"
    used = [step["uses"].partition("@")[0] for step in publish["steps"] if "uses" in step]
    assert used == ["actions/download-artifact", "actions/attest", "actions/attest"]
    (script,) = [step["run"] for step in publish["steps"] if "run" in step]
    assert {line.split()[0] for line in script.splitlines()} == {"cp", "mv", "gh"}


def test_provenance_and_bill_of_materials_are_attached_and_signed() -> None:
    provenance, materials = (step["with"] for step in steps(WORKFLOWS["release"]) if "attest" in step.get("uses", ""))
    assert provenance["subject-path"].split() == [
        "release/fairlead-*.tar.gz",
        "release/fairlead-*.whl",
        "release/sbom.cdx.json",
    ]
    assert materials["sbom-path"] == "release/sbom.cdx.json"
    (script,) = [step["run"] for step in steps(WORKFLOWS["release"]) if "gh release" in step.get("run", "")]
    assert all(
        name in script for name in ("provenance.sigstore.json", "sbom.sigstore.json", "--verify-tag", "release/*")
    )


def test_there_is_a_way_to_report_and_somebody_who_approves() -> None:
    page = (PROGRAM / "SECURITY.md").read_text(encoding="utf-8")
    assert "Report a vulnerability" in page
    assert "confidential" in page
    lines = (PROGRAM / ".github" / "CODEOWNERS").read_text(encoding="utf-8").splitlines()
    owned = [line.split() for line in lines if line and not line.startswith("#")]
    assert owned[0][0] == "*"
    for pattern, owner in owned:
        assert re.fullmatch(r"@[\w-]+/[\w-]+", owner)
        assert list(PROGRAM.glob(pattern.strip("/"))), f"{pattern} owns nothing"
