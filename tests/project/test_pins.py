"""Is everything that is pinned in the repository known to Renovate? Pins are found by their form, in every file."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.checkout import PROGRAM

pytestmark = [pytest.mark.mesh, pytest.mark.process]

CONFIG: dict[str, Any] = json.loads((PROGRAM / ".github" / "renovate.json").read_text(encoding="utf-8"))
USUAL = {
    "github-actions": [r"(^|/)(workflow-templates|\.(?:github|gitea|forgejo)/(?:workflows|actions))/.+\.ya?ml$",
                       r"(^|/)action\.ya?ml$"],
    "gomod": [r"(^|/)go\.mod$"],
    "dockerfile": [r"(^|/|\.)([Dd]ocker|[Cc]ontainer)file$", r"(^|/)([Dd]ocker|[Cc]ontainer)file[^/]*$"],
}  # fmt: skip
"""Which files a manager reads besides those of the configuration (renovatebot/renovate, lib/modules/manager)."""

FORMS = {
    "github-actions": r"uses: *[\"']?(?P<what>[\w.-]+/[\w./-]+)@(?P<version>[0-9a-f]{40})",
    "dockerfile": r"^FROM +(?:--\S+ +)*(?P<what>[\w./-]+):(?P<version>[\w.-]+)(?:@sha256:[0-9a-f]{64})?",
    "pip-compile": r"^(?P<what>[A-Za-z][\w.-]*)(?:\[[\w,]+\])?==(?P<version>\d[\w.]*)",
    "gomod": r"^(?:require|\t)\s*(?P<what>[\w.-]+\.[a-z]+/\S+) (?P<version>v\d\S*)",
    "custom.regex": r"""(?mx)
        ^[A-Z_]*(?:VERSION|RELEASE)[ ]=[ ]"(?P<version>\d+\.\d+[\w.+-]*)"
        | (?:Chart|Dashboard)\([^)]*?(?P<other>\d+\.\d+\.\d+|\b\d+\))
        | "(?:docker\.io|quay\.io|ghcr\.io|registry\.k8s\.io)/[^"\s:]+:(?P<tag>[\w.-]*\d[\w.-]*)"
        | "[a-z-]+==(?P<build>\d[\w.]*)"
    """,
}
"""How a version is pinned, by the manager that knows this form."""

OF_OTHERS = ("tests/", "docs/", "CHANGELOG.md", "examples/typescript/")
"""Made-up ones, those that are told of, and an example whose lock is its own."""
MEANT = {
    "fairlead/doctor/checks/webhook_check.py": "the image of a pod that is only asked about by a dry run",
    "template/requirements.txt": "this repository's own version",
}


def tracked() -> list[str]:
    said = subprocess.run(["git", "ls-files"], cwd=PROGRAM, capture_output=True, text=True, check=True).stdout
    return [path for path in said.split("\n") if path and not path.startswith(OF_OTHERS)]


def pins(path: str, text: str) -> Iterator[tuple[str, int, str]]:
    """(manager, where, the text) of each pin."""
    for manager, form in FORMS.items():
        if manager == "pip-compile" and not re.search(r"requirements[\w-]*\.(in|txt)$", path):
            continue
        if manager == "custom.regex" and not path.endswith((".py", ".toml")):
            continue
        for match in re.finditer(form, text, re.MULTILINE):
            yield manager, match.start(), match[0]


def patterns(manager: str) -> list[str]:
    return [
        *USUAL.get(manager, []),
        *(each.strip("/") for each in CONFIG.get(manager, {}).get("managerFilePatterns", ())),
    ]


def read_by(manager: str, path: str) -> bool:
    """Whether a manager reads a file; of Python's lock files it is the .txt that names the .in."""
    name = path.removesuffix(".in") + ".txt" if manager == "pip-compile" and path.endswith(".in") else path
    return manager in CONFIG["enabledManagers"] and any(re.search(each, name) for each in patterns(manager))


def matched(path: str, text: str, start: int, said: str) -> bool:
    """Whether one of the regex managers finds what overlaps with the pin."""
    for manager in CONFIG["customManagers"]:
        if any(Path(path).match(each) for each in manager["managerFilePatterns"]):
            for form in manager["matchStrings"]:
                for match in re.finditer(form.replace("(?<", "(?P<"), text):
                    if match.start() < start + len(said) and start < match.end():
                        return True
    return False


def test_every_pin_of_the_repository_is_known_to_one_manager() -> None:
    found, unknown = dict.fromkeys(FORMS, 0), list[str]()
    for path in tracked():
        try:
            text = (PROGRAM / path).read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError):
            continue
        for manager, start, said in pins(path, text):
            found[manager] += 1
            known = matched(path, text, start, said) if manager == "custom.regex" else read_by(manager, path)
            if not known and path not in MEANT:
                unknown.append(f"{path}: {said.strip()} ({manager})")
    assert unknown == []
    assert all(found.values()), found


@pytest.mark.parametrize(
    ("path", "text", "manager"),
    [
        ("fairlead/other.py", 'TOOL_VERSION = "1.2.3"\n', "custom.regex"),
        ("fairlead_mesh/other.py", 'IMAGE = "docker.io/library/redis:8.4.0"\n', "custom.regex"),
        ("elsewhere/requirements.txt", "pydantic==2.0.0\n", "pip-compile"),
        ("ci/build.yml", f"  - uses: actions/checkout@{'a' * 40} # v1\n", "github-actions"),
    ],
)
def test_a_pin_that_nobody_keeps_is_found(path: str, text: str, manager: str) -> None:
    ((form, start, said),) = pins(path, text)
    assert form == manager
    assert not (matched(path, text, start, said) if manager == "custom.regex" else read_by(manager, path))


def test_comments_of_releases_name_the_repository_that_publishes_them() -> None:
    text = (PROGRAM / "fairlead" / "cluster" / "releases.py").read_text(encoding="utf-8")
    named = re.findall(r"# renovate: (\S+)\n([A-Z]+)_RELEASE", text)
    assert {name for _, name in named} == set(re.findall(r"^([A-Z]+)_RELEASE", text, re.MULTILINE))
    assert all(repository.partition("/")[2].lower() == name.lower() for repository, name in named)
