"""Would Renovate see every version that is written down here, and each in one place of its configuration?"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fairlead_mesh import versions
from fairlead_mesh.versions import ISTIO_REPOSITORY, ISTIO_VERSION, Chart, Dashboard
from tests.fixtures.checkout import PROGRAM

pytestmark = pytest.mark.mesh

CONFIG: dict[str, Any] = json.loads((PROGRAM / ".github" / "renovate.json").read_text(encoding="utf-8"))
MANAGERS: list[dict[str, Any]] = CONFIG["customManagers"]
(ISTIOS,) = [each for each in MANAGERS if each.get("depNameTemplate") == "istio"]
TABLE = Path("fairlead_mesh/versions.py")
PLACES = ("ISTIO_REPOSITORY", "ISTIO_OCI", "ISTIO_HUB")
MADE = ("docs/config.md", "docs/config-*.md", "docs/stack.schema.json", "docs/*.svg")
PAST = {Path("CHANGELOG.md"), Path("docs/diff.md")}
"""What tells of one upgrade, and stays."""


def found(manager: dict[str, Any], path: Path) -> Iterator[tuple[str, str, str]]:
    """(dependency, version, the text around it) as Renovate's regex manager finds them in a file."""
    if not any(path.match(pattern) for pattern in manager["managerFilePatterns"]):
        return
    text = (PROGRAM / path).read_text(encoding="utf-8")
    for pattern in manager["matchStrings"]:
        for match in re.finditer(pattern.replace("(?<", "(?P<"), text):
            groups = match.groupdict()
            yield groups.get("depName") or manager["depNameTemplate"], groups["currentValue"], match[0]


def kept(path: Path) -> list[tuple[str, str]]:
    return [(name, version) for manager in MANAGERS for name, version, _ in found(manager, path)]


def written(value: Any, name: str) -> Iterator[tuple[str, str]]:
    """(dependency, version) of everything that a value of the table pins."""
    if isinstance(value, Chart):
        yield value.name, value.version
    elif isinstance(value, Dashboard):
        yield name, str(value.revision)
    elif isinstance(value, dict):
        for key, each in value.items():  # pyright: ignore[reportUnknownVariableType] - whatever the table holds
            yield from written(each, str(key))  # pyright: ignore[reportUnknownArgumentType]
    elif name == "ISTIO_VERSION":
        yield "istio", str(value)
    elif isinstance(value, str) and name not in PLACES:
        image, _, tag = value.partition("@")[0].rpartition(":")
        yield image.replace("{workload}", "productpage-v1"), tag


def test_every_version_of_the_table_is_kept_by_one_manager() -> None:
    # Digests are looked up by `make digests`: tests/mesh/test_images.py holds that none is of another version.
    constants = {name: value for name, value in vars(versions).items() if name.isupper() and "_DIGESTS" not in name}
    table = Counter(pair for name, value in constants.items() for pair in written(value, name))
    assert Counter(kept(TABLE)) == table
    assert len(table) > 10


def test_what_is_replaced_is_the_version_alone() -> None:
    for manager in MANAGERS:
        for name, version, text in found(manager, TABLE):
            assert "autoReplaceStringTemplate" in manager or text.count(version) == 1, name


def test_istios_version_is_kept_wherever_people_wrote_it() -> None:
    files = [
        path.relative_to(PROGRAM)
        for folder in (".", "examples", "docs", "tools", "fairlead_mesh", "components", "fairlead", ".github")
        for path in (PROGRAM / folder).glob("*" if folder == "." else "**/*")
        if path.is_file() and path.suffix in {".py", ".yaml", ".yml", ".md", ".json", ".svg", ".toml", ".txt", ""}
    ]
    naming = {path for path in files if ISTIO_VERSION in (PROGRAM / path).read_text(encoding="utf-8", errors="ignore")}
    by_hand = {path for path in naming if not any(path.match(pattern) for pattern in MADE)} - PAST
    assert {TABLE, Path("Pulumi.dev.yaml"), Path("tools/plain_program/__main__.py")} <= by_hand
    assert {path: kept(path).count(("istio", ISTIO_VERSION)) for path in by_hand} == dict.fromkeys(by_hand, 1)


@pytest.mark.parametrize(
    "section",
    [
        "fairlead:istio:\n    version: 1.2.3\n",
        '  fairlead:istio:\n    mtls: strict\n    charts:\n      path: ./a\n    version: "1.2.3"\n',
        "  fairlead:istio: {version: 1.2.3}\n",
        "  fairlead:istio: {mtls: strict, version: 1.2.3, accessLogs: true}\n",
    ],
)
def test_a_stack_file_may_write_istios_version_as_it_likes(section: str) -> None:
    before, after = "  fairlead:addons:\n    prometheus: {version: 9.9.9}\n", "  fairlead:cluster:\n    version: 7\n"
    text = f"config:\n{before}{section}{after}"
    patterns = [pattern.replace("(?<", "(?P<") for pattern in ISTIOS["matchStrings"]]
    assert [match["currentValue"] for each in patterns for match in re.finditer(each, text)] == ["1.2.3"]


def test_istios_charts_are_looked_for_where_they_come_from() -> None:
    assert ISTIOS["registryUrlTemplate"] == ISTIO_REPOSITORY


def test_one_tool_opens_pull_requests_for_versions() -> None:
    assert not (PROGRAM / ".github" / "dependabot.yml").exists()
    others = [*PROGRAM.glob("renovate.json*"), *PROGRAM.glob(".renovaterc*"), *PROGRAM.glob(".gitlab/renovate.json*")]
    assert others == []
    assert {"github-actions", "gomod", "pip-compile", "custom.regex", "dockerfile"} == {*CONFIG["enabledManagers"]}


def test_the_lock_files_are_kept_whole() -> None:
    kept = CONFIG["pip-compile"]
    (pattern,) = (re.compile(each.strip("/")) for each in kept["managerFilePatterns"])
    there = [*PROGRAM.glob("requirements*.txt"), *PROGRAM.glob("policy/requirements*.txt")]
    assert all(pattern.search(path.relative_to(PROGRAM).as_posix()) for path in there)
    assert len(there) == len([*PROGRAM.glob("requirements*.in"), *PROGRAM.glob("policy/requirements*.in")])
    assert kept["lockFileMaintenance"]["enabled"], "what is locked and not asked for by name gets old otherwise"


def test_what_is_new_waits_a_week_and_comes_in_groups() -> None:
    assert CONFIG["minimumReleaseAge"] == "7 days"
    undated = [rule for rule in CONFIG["packageRules"] if "minimumReleaseAge" in rule]
    assert [rule["minimumReleaseAge"] for rule in undated] == [None, None]
    assert all("description" in rule for rule in undated)
    grouped = {
        manager for rule in CONFIG["packageRules"] for manager in rule.get("matchManagers", ()) if "groupName" in rule
    }
    assert grouped == {"github-actions", "pip-compile", "gomod", "dockerfile"}


def test_rules_speak_of_files_and_packages_that_are_there() -> None:
    names = {name for name, _ in kept(TABLE)}
    for rule in CONFIG["packageRules"]:
        for path in rule.get("matchFileNames", ()):
            assert (PROGRAM / path).is_file(), path
        if rule.get("matchFileNames") == [str(TABLE)]:
            for pattern in rule["matchPackageNames"]:
                assert any(Path(name).match(pattern.replace("**", "*")) for name in names), pattern


def test_what_new_projects_use_and_what_builds_the_package_is_kept() -> None:
    (pattern,) = CONFIG["github-actions"]["managerFilePatterns"]
    written = sorted((PROGRAM / "template").rglob("*.yml"))
    assert written
    assert all(re.search(pattern.strip("/"), path.relative_to(PROGRAM).as_posix()) for path in written)
    (builds,) = kept(Path("pyproject.toml"))
    pins = re.findall(r"^(hatchling)==(.+)$", (PROGRAM / "requirements-dev.in").read_text("utf-8"), re.MULTILINE)
    assert [builds] == pins
