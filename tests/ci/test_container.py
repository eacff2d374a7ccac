"""Is the image what the page says? Its Dockerfile, read as text: no container engine is asked here."""

from __future__ import annotations

import re

import pytest
from ruamel.yaml import YAML

from tests.fixtures.checkout import PROGRAM
from tests.fixtures.ci.script import CI

pytestmark = pytest.mark.mesh
DOCKERFILE = (PROGRAM / "Dockerfile").read_text(encoding="utf-8")
PAGE = (PROGRAM / "docs" / "pipelines.md").read_text(encoding="utf-8")
LAST = DOCKERFILE.rpartition("\nFROM ")[2]


def test_every_stage_is_of_one_image_that_is_pinned_by_digest() -> None:
    bases = {line.split()[1] for line in DOCKERFILE.splitlines() if line.startswith("FROM ")}
    assert len(bases) == 1
    assert re.fullmatch(r"python:\d+\.\d+\.\d+-slim-\w+@sha256:[0-9a-f]{64}", bases.pop())


def test_it_runs_as_nobody_in_particular_and_what_it_has_is_not_its_own_to_change() -> None:
    assert re.search(r"^USER (?!0\b|root)\d+:\d+$", LAST, re.MULTILINE)
    assert "chown" not in DOCKERFILE
    assert re.search(r"\bHOME=/tmp\b", LAST)
    assert 'ENTRYPOINT ["fairlead"]' in LAST


def test_packages_come_from_lock_files_and_the_rest_from_the_checkout() -> None:
    lines = re.findall(r"^.*-m pip (?:install|wheel)\b.*$", DOCKERFILE, re.MULTILINE)
    assert len(lines) == 4
    for line in lines:
        assert (
            "--require-hashes --only-binary :all: --requirement requirements-" in line or "--no-index --no-deps" in line
        )
    assert "curl" not in DOCKERFILE
    assert "wget" not in DOCKERFILE


def test_what_it_copies_is_there_and_nothing_of_the_package_is_left_out() -> None:
    copied = [
        word for line in re.findall(r"^COPY (?!--from)(.*)$", DOCKERFILE, re.MULTILINE) for word in line.split()[:-1]
    ]
    assert copied
    assert all((PROGRAM / word).exists() for word in copied)
    ignored = (PROGRAM / ".dockerignore").read_text(encoding="utf-8").split()
    assert not {"fairlead", "fairlead_mesh", "components", "examples", "template", "tools", "README.md"} & {*ignored}
    assert {".git", ".venv", "tests"} <= {*ignored}


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_the_pages_pipelines_are_valid_yaml_and_name_the_image_by_digest() -> None:
    documents = [YAML(typ="safe").load(text) for text in blocks("yaml")]
    assert len(documents) == 3
    images = re.findall(r"registry\.example\.com/fairlead@sha256:DIGEST", PAGE)
    assert len(images) == 3


def test_every_script_and_option_on_the_page_is_one_of_the_image() -> None:
    calls = re.findall(r"/opt/fairlead/ci/(\w+\.py)((?: --[a-z-]+ \S+)*)", PAGE)
    assert {name for name, _ in calls} == {"report.py", "gate.py"}
    for name, options in calls:
        text = (CI / name).read_text(encoding="utf-8")
        assert all(f'"{option}"' in text for option in re.findall(r"--[a-z-]+", options)), name
    assert "COPY tools/ci /opt/fairlead/ci" in DOCKERFILE


def test_the_page_says_what_was_not_run() -> None:
    assert "Neither the action on GitHub nor the image has been run" in " ".join(PAGE.split())
