"""Is every form of a place that Istio leaves known, with the text to write instead? And does nothing else name one?"""

from __future__ import annotations

import re
import subprocess
from typing import Any

import pytest

from fairlead_mesh.lint.istio_places import naming, namings
from fairlead_mesh.versions import ISTIO_HUB, ISTIO_OCI, ISTIO_REPOSITORY
from tests.fixtures.checkout import PROGRAM

pytestmark = pytest.mark.mesh

BUCKET = "istio-release.storage.googleapis.com"
INSTEAD = {
    f"https://{BUCKET}/charts": ISTIO_REPOSITORY,
    f"https://{BUCKET}/charts/": f"{ISTIO_REPOSITORY}/",
    f"{BUCKET}/charts": ISTIO_REPOSITORY.removeprefix("https://"),
    f"https://{BUCKET}/releases/1.29.2/deb/istio-sidecar.deb": (
        "https://blob.istio.io/istio-release/releases/1.29.2/deb/istio-sidecar.deb"
    ),
    f"https://{BUCKET}": "https://blob.istio.io/istio-release",
    BUCKET: "blob.istio.io",
    "https://storage.googleapis.com/istio-release/charts": ISTIO_REPOSITORY,
    "https://storage.cloud.google.com/istio-release/charts": ISTIO_REPOSITORY,
    "gs://istio-release/charts": ISTIO_REPOSITORY,
    "oci://gcr.io/istio-release/charts": ISTIO_OCI,
    "oci://gcr.io/istio-release/charts/istiod": f"{ISTIO_OCI}/istiod",
    "gcr.io/istio-release/charts/istiod:1.29.2": f"{ISTIO_OCI.removeprefix('oci://')}/istiod:1.29.2",
    "oci://registry.istio.io/release/charts": ISTIO_OCI,
    "gcr.io/istio-release": ISTIO_HUB,
    "registry.istio.io/release": ISTIO_HUB,
    "registry.istio.io/release/pilot:1.30.3": "docker.io/istio/pilot:1.30.3",
    "registry.istio.io/release/pilot:1.30.3-distroless": "docker.io/istio/pilot:1.30.3-distroless",
    "gcr.io/istio-release/proxyv2@sha256:0123": "docker.io/istio/proxyv2@sha256:0123",
    "gcr.io/istio-release/examples-bookinfo-details-v1:1.20.3": "docker.io/istio/examples-bookinfo-details-v1:1.20.3",
    "gcr.io/istio-release/*": "docker.io/istio/*",
    "gcr.io/istio-release/pilot:${TAG}": "docker.io/istio/pilot:${TAG}",
    "docker://gcr.io/istio-release/pilot:1.29.2": "docker://docker.io/istio/pilot:1.29.2",
    "Registry.Istio.IO/release/ztunnel:1.30.3": "docker.io/istio/ztunnel:1.30.3",
}
STAYS = [
    *(ISTIO_REPOSITORY, ISTIO_OCI, ISTIO_HUB, ISTIO_OCI.removeprefix("oci://")),
    *("gcr.io/istio-testing/pilot:latest", "gcr.io/istio-release-notes/x:1.0", "gcr.io", "gcr.io/istio-releases"),
    *("mirror.example.com/gcr.io/istio-release/pilot:1.29.2", "mirror.example.com/istio-release/pilot:1.29.2"),
    *("my-registry.istio.io/release", "registry.istio.io.example.com/release", "registry.istio.iot/release"),
    *("https://my-istio-release.storage.googleapis.com/charts", "https://storage.googleapis.com/istio-prerelease"),
    *("gs://istio-release-candidates", "gcr.io/istio-release/pilot=docker.io/istio/pilot:1.31.1", ""),
]


@pytest.mark.parametrize("text", INSTEAD)
def test_a_place_that_goes_away_has_one_to_write_instead(text: str) -> None:
    found = naming(text)
    assert found
    assert (found.severity, found.remedy) == ("error", f"write {INSTEAD[text]}")
    assert naming(INSTEAD[text]) is None


@pytest.mark.parametrize("text", STAYS)
def test_what_stays_is_left_alone(text: str) -> None:
    assert naming(text) is None


def test_what_was_never_published_there_is_missed_today() -> None:
    for image in ("gcr.io/istio-release/pilot:1.31.0", "registry.istio.io/release/proxyv2:1.32.0-rc.1-distroless"):
        found = naming(image)
        assert found
        assert found.message.partition("/")[2].startswith(("istio-release has no", "release has no"))
    older = naming("gcr.io/istio-release/pilot:1.30.5")
    assert older
    assert "goes away in December 2026" in older.message


def test_a_build_in_development_is_told_that_only_releases_are_elsewhere() -> None:
    for image in ("gcr.io/istio-release/pilot:latest", "registry.istio.io/release/base:1.30-2026-03-01T19-00-00"):
        found = naming(image)
        assert found
        assert "once you have seen the tag there" in found.remedy
    testing = naming("registry.istio.io/testing/pilot:latest")
    assert testing
    assert testing.remedy.startswith(f"use a release, from {ISTIO_HUB}")


def test_a_registry_without_its_folder_says_what_becomes_of_the_folder() -> None:
    found = naming("registry.istio.io")
    assert found
    assert found.remedy == "write docker.io, with istio/ in place of release/ before the image's name"


def test_a_text_that_mentions_places_is_warned_of_with_each_once() -> None:
    text = "helm pull oci://gcr.io/istio-release/charts/base\nset hub=gcr.io/istio-release, not gcr.io/istio-release."
    found = naming(text)
    assert found
    assert found.severity == "warning"
    charts = f"{ISTIO_OCI.removeprefix('oci://')}/base for gcr.io/istio-release/charts/base"
    assert found.remedy == f"write {charts}, {ISTIO_HUB} for gcr.io/istio-release"


def test_every_text_at_any_depth_is_looked_at_with_its_path() -> None:
    deep: Any = {"image": "gcr.io/istio-release/pilot:1.29.2"}
    for _ in range(5000):
        deep = [deep]
    values = {"a": deep, "b": {"name": "gcr.io/istio-release/x", "newName": "gcr.io/istio-release/y"}, "c": 1}
    found = [(path[0], path[-1], len(path)) for path, _, _ in namings(values)]
    assert found == [("a", "image", 5002), ("b", "newName", 2)]


@pytest.mark.process
def test_no_other_file_names_an_old_place() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=PROGRAM,
        capture_output=True,
        check=True,
    )
    files = [name for name in listed.stdout.decode().split("\0") if (PROGRAM / name).is_file()]
    assert len(files) > 300
    old = (
        rb"istio-release\\?\.storage|(?<![./])gcr\\?\.io/istio-release|registry\\?\.istio\\?\.io|googleapis\.com/istio"
    )
    naming_one = {name for name in files if re.search(old, (PROGRAM / name).read_bytes())}
    rules = ("istio_comes_from_where_it_stays", "images_and_charts_come_from_where_they_stay")
    assert naming_one == {
        "fairlead_mesh/lint/istio_places.py",
        "docs/lint.md",
        # What Istio's upgrade notes say of it.
        "fairlead/versions/touching.py",
        "tests/project/test_upgrade_notes.py",
        "tests/linting/test_istio_places.py",
        *(f"tests/{folder}/{rules[0]}.yaml" for folder in ("bad", "good")),
        *(f"tests/lint/{rules[1]}.{outcome}.yaml" for outcome in ("fail", "pass")),
    }
