"""Do the lock files hold what the requirements ask for, all that this needs, and a hash for each? Asked offline."""

from __future__ import annotations

import re
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from ruamel.yaml import YAML

from fairlead.comparison.lock_file import lock_file
from tests.fixtures.checkout import PROGRAM
from tests.fixtures.ci.workflow_files import ACTIONS, EVERY, WORKFLOWS, steps

pytestmark = pytest.mark.mesh

STRICT = "--require-hashes --only-binary :all:"
OF_THE_CHECKOUT = "-m pip install --no-index --no-deps --no-build-isolation ."
"""What is in the folder itself, with nothing that is downloaded."""
ASKED = {
    "requirements.txt": ["requirements.in"],
    "requirements-cli.txt": ["requirements-cli.in", "requirements.in"],
    "requirements-dev.txt": ["requirements-dev.in", "requirements-cli.in", "requirements.in"],
    "requirements-build.txt": ["requirements-build.in"],
}
INSTALLED = {canonicalize_name(each.name): each for each in distributions()}
by_lock = pytest.mark.parametrize("name", ASKED)


def locked(name: str) -> dict[str, Requirement]:
    lines = lock_file(PROGRAM / name).packages
    return {package: Requirement(re.sub(r" --hash=\S+", "", line)) for package, line in lines.items()}


def asked(name: str) -> dict[str, Requirement]:
    lines = {package: line for file in ASKED[name] for package, line in lock_file(PROGRAM / file).packages.items()}
    return {package: Requirement(line) for package, line in lines.items()}


@by_lock
def test_what_is_asked_for_is_locked_at_its_version(name: str) -> None:
    assert len(asked(name)) >= (1 if name == "requirements-build.txt" else 4)
    for package, wanted in asked(name).items():
        assert str(locked(name)[package].specifier) == str(wanted.specifier), f"{package}: run `make lock`"


@by_lock
def test_every_package_has_a_version_and_hashes_and_comes_from_no_place_of_its_own(name: str) -> None:
    file = lock_file(PROGRAM / name)
    options = [line for line in file.lines if line.startswith("-")]
    assert options == ["--only-binary :all:"], "where packages come from is for each machine to say"
    packages = [line for line in file.lines if not line.startswith("-")]
    for line in packages:
        assert re.fullmatch(r"[a-z0-9-]+==[^ ;@]+( ; [^@]+?)?( --hash=sha256:[0-9a-f]{64})+", line), line
    assert len(file.packages) == len(packages), "no package twice"
    assert "://" not in (PROGRAM / name).read_text(encoding="utf-8")


@by_lock
def test_all_that_a_package_needs_is_locked_and_nothing_else_is(name: str) -> None:
    """By the metadata of what is installed here; a package for other systems alone is installed nowhere else."""
    pins = locked(name)
    open_needs, reached = [*asked(name).values()], set[tuple[str, frozenset[str]]]()
    while open_needs:
        wanted = open_needs.pop()
        package, extras = canonicalize_name(wanted.name), frozenset(wanted.extras)
        # `make lock` alone needs uv, so that an environment from before it has none.
        if (package, extras) in reached or (package not in INSTALLED and package == "uv"):
            continue
        reached.add((package, extras))
        assert package in pins, f"{package}: run `make lock`"
        version = str(pins[package].specifier).removeprefix("==")
        assert wanted.specifier.contains(version, prereleases=True), f"{wanted} is asked for"
        assert INSTALLED[package].version == version, f"{package} is installed in another version: run `make install`"
        needs = [Requirement(line) for line in INSTALLED[package].requires or ()]
        open_needs += [
            need
            for need in needs
            if need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in ("", *extras))
        ]
    here = {package for package, pin in pins.items() if pin.marker is None or pin.marker.evaluate()}
    assert here - {package for package, _ in reached} <= {"uv"}, "nothing needs these: run `make lock`"


def test_what_pulumi_needs_is_the_same_in_both_files() -> None:
    both = [lock_file(PROGRAM / name).packages for name in ASKED]
    assert both[0].items() <= both[1].items()


@by_lock
def test_the_head_of_a_lock_file_is_the_command_that_makes_it(name: str) -> None:
    """Renovate reads it, and understands these options alone (pip-compile manager)."""
    head = (PROGRAM / name).read_text(encoding="utf-8").splitlines()[1]
    command = f"uv pip compile --output-file={name} {ASKED[name][0]}"
    assert head == f"#    {command}"
    made = command.replace("compile", "compile --quiet $(UPGRADE)")
    assert f"\t$(BIN)/{made}\n" in (PROGRAM / "Makefile").read_text(encoding="utf-8")


def installations() -> list[tuple[str, str]]:
    """(file, line) wherever people or machines are told to let pip install something."""
    files = [*EVERY, PROGRAM / "Makefile", PROGRAM / ".ci" / "run", PROGRAM / "README.md", PROGRAM / "CONTRIBUTING.md"]
    files += [*(PROGRAM / "docs").glob("*.md"), *(PROGRAM / "tools" / "ci").iterdir()]
    texts = [(file, file.read_text(encoding="utf-8")) for file in files if file.is_file()]
    return [
        (str(file.relative_to(PROGRAM)), line.strip())
        for file, text in texts
        for line in text.splitlines()
        if re.search(r"\bpip3? install\b|\$\(PIP\)", line)
    ]


def test_packages_are_installed_from_lock_files_alone() -> None:
    found = installations()
    places = {Path(place).name for place, _ in found}
    assert {"Makefile", "check.yml", "action.yml", "gitlab.md"} <= places
    for place, line in found:
        if line.endswith(OF_THE_CHECKOUT):
            continue
        assert STRICT in line or "$(PIP)" in line, f"{place}: {line}"
        known = r"--requirement requirements(-cli|-dev|-build)?\.txt\b"
        assert line.startswith("PIP := ") or re.search(known, line), place


def test_a_job_installs_from_the_lock_file_before_it_has_credentials() -> None:
    for path in EVERY:
        named = [f"{step.get('uses', '')} {step.get('run', '')}" for step in steps(path)]
        installs = [place for place, step in enumerate(named) if "pip install" in step]
        credentials = [place for place, step in enumerate(named) if "aws-actions/" in step]
        assert path not in ACTIONS or (installs and credentials)
        assert all(install < other for install in installs for other in credentials), path
    with_credentials = [step for name in ("preview", "deploy") for step in steps(WORKFLOWS[name])]
    assert any("actions/pulumi" in step.get("uses", "") for step in with_credentials), "it installs for them"
    assert "\npulumi install" not in (PROGRAM / "tools" / "ci" / "deploy.sh").read_text(encoding="utf-8")
    assert not [step for step in with_credentials if re.search(r"\bpip\b|pulumi install", step.get("run", ""))]


def test_pulumi_installs_what_is_locked() -> None:
    """`toolchain: pip` reads requirements.txt and no other file, so that is the lock file."""
    project = YAML(typ="safe").load(PROGRAM / "Pulumi.yaml")
    assert project["runtime"]["options"] == {"toolchain": "pip", "virtualenv": ".venv"}
    assert lock_file(PROGRAM / "requirements.txt").is_hashed


def test_the_cli_is_asked_for_in_the_version_of_the_sdk() -> None:
    (line,) = [step["run"] for path in EVERY for step in steps(path) if step.get("id") == "sdk"]
    read = re.search(r"sed -n 's/\^pulumi==//p' (\S+)\)", line)
    assert read
    pins = re.findall(r"^pulumi==(\S+)$", (PROGRAM / read[1]).read_text(encoding="utf-8"), re.MULTILINE)
    assert pins == [str(locked("requirements.txt")["pulumi"].specifier).removeprefix("==")]
