"""What does `fairlead versions` say? What is pinned, and the newest only where its publisher said so."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

import pytest

from fairlead.versions.command import Row, rows, text_table
from fairlead.versions.newest import Answer, UnaskedError, newest
from fairlead.versions.pinned import Pinned, pinned
from fairlead_mesh import versions

pytestmark = pytest.mark.mesh

CHART = Pinned("chart", "istiod", "1.31.1", "https://charts.example.com")
INDEX = b"""apiVersion: v1
entries:
  base:
  - version: 9.9.9
  istiod:
  - appVersion: 1.31.2
    urls:
    - https://charts.example.com/istiod-1.31.2.tgz
    version: 1.31.2
  - version: 1.32.0-beta.1
  - version: 1.9.9
generated: "2026-11-30"
"""


class Publishers:
    """Answers by address; all others are out of reach."""

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        self.answers = answers

    def __call__(self, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        key = f"{url} {headers['Authorization']}" if headers and "Authorization" in headers else url
        if key not in self.answers:
            raise UnaskedError(f"{url}: unreachable")
        return self.answers[key]


def test_a_charts_newest_is_the_highest_release_of_its_own_entry() -> None:
    assert newest(CHART, Publishers({"https://charts.example.com/index.yaml": (200, {}, INDEX)})) == "1.31.2"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ((404, {}, b""), "answers with 404"),
        ((200, {}, b"entries: {}"), "no versions"),
        ((200, {}, b"  istiod:\n  - [\n"), "no versions"),
    ],
)
def test_an_index_without_versions_says_why(answer: Answer, why: str) -> None:
    with pytest.raises(UnaskedError, match=why):
        newest(CHART, Publishers({"https://charts.example.com/index.yaml": answer}))


@pytest.mark.parametrize(
    ("tag", "tags", "found"),
    [
        ("1.3.4-slim", ["1.31.0", "1.3.10-slim", "1.3.9-slim", "latest"], "1.3.10-slim"),
        ("2.17.0", ["2.17", "2.18.1", "v3.0.0", "2.9.9"], "2.18.1"),
        ("05c08d03", ["05c08d03", "ffffffff"], ""),
    ],
)
def test_an_images_newest_has_a_tag_of_the_same_form(tag: str, tags: list[str], found: str) -> None:
    image = Pinned("image", "team/app", tag, "docker.io/team/app")
    where = "https://registry-1.docker.io/v2/team/app/tags/list"
    said = {"Www-Authenticate": 'Bearer realm="https://auth.example.com/token",service="s",scope="pull"'}
    answers = {
        where: (401, said, b""),
        "https://auth.example.com/token?service=s&scope=pull": (200, {}, b'{"token": "t"}'),
        f"{where} Bearer t": (200, {}, json.dumps({"tags": tags}).encode()),
    }
    assert newest(image, Publishers(answers)) == found


def test_a_packages_newest_is_no_preview() -> None:
    releases = json.dumps({"releases": {"3.1.0": [], "3.2.0": [], "4.0.0a1": [], "odd": []}}).encode()
    package = Pinned("package", "pulumi", "3.1.0", "pulumi")
    assert newest(package, Publishers({"https://pypi.org/pypi/pulumi/json": (200, {}, releases)})) == "3.2.0"


def test_every_chart_and_image_of_the_table_is_a_row() -> None:
    known = {each.name: each.version for each in pinned()}
    charts = [each for each in vars(versions).values() if isinstance(each, versions.Chart)]
    assert {each.name: each.version for each in charts}.items() <= known.items()
    assert known["istiod"] == versions.ISTIO_VERSION
    images = [value for name, value in vars(versions).items() if name.endswith("_IMAGE")]
    assert {each.rpartition(":")[2] for each in images} <= set(known.values())
    assert known["pulumi"]


def test_nothing_is_called_newest_where_nobody_answers() -> None:
    found = rows(offline=False, get=Publishers({}))
    assert all(each.unasked and not each.newest for each in found)
    text = text_table(found)
    assert "newest unknown" in text
    assert "Not asked:" in text


def test_a_newer_istio_leads_to_its_upgrade_notes() -> None:
    assert "upgrade notes" in text_table([Row(CHART, "1.32.0")])
    assert "upgrade notes" not in text_table([Row(CHART, "1.31.1")])


def test_offline_nobody_is_asked(command: Callable[..., tuple[int, str, str]]) -> None:
    code, out, _ = command("versions", "--offline", "--format", "json")
    assert code == 0
    assert {each["newest"] for each in json.loads(out)} == {""}
    assert command("versions", "--format", "table")[0] == 2
