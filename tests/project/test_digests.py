"""Does `make digests` write what registries say, and nothing else? Against stand-ins for their answers."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Mapping
from typing import Any

import pytest

from fairlead_mesh.versions import CHART_DIGESTS, IMAGE_DIGESTS
from tests.fixtures.checkout import PROGRAM

pytestmark = pytest.mark.mesh

_spec = importlib.util.spec_from_file_location("digests", PROGRAM / "tools" / "digests.py")
assert _spec
assert _spec.loader
tool: Any = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(tool)

INDEX, ARCHIVE = b'{"manifests": []}', b"an archive"
OF_INDEX, OF_ARCHIVE = (hashlib.sha256(each).hexdigest() for each in (INDEX, ARCHIVE))
CHART = ("https://charts.example.com/it", "app", "1.2.3")
KEY = ("docker.io/x/y", "1")


class Servers:
    """A registry that wants a token, and a repository of charts; remembers what it was asked."""

    def __init__(self, digest: str = OF_ARCHIVE, archive: bytes = ARCHIVE) -> None:
        self.asked: list[str] = []
        entry = f"{{version: 1.2.3, urls: [app-1.2.3.tgz], digest: {digest}}}"
        self.index = f"entries: {{app: [{{version: 1.2.4, urls: [x]}}, {entry}]}}".encode()
        self.archive = archive

    def __call__(self, url: str, headers: Mapping[str, str] | None = None) -> tuple[int, Mapping[str, str], bytes]:
        self.asked.append(url)
        if url.startswith("https://auth.example.com/"):
            return 200, {}, b'{"token": "t"}'
        if url.startswith(CHART[0]):
            return 200, {}, self.index if url.endswith("index.yaml") else self.archive
        if (headers or {}).get("Authorization") != "Bearer t":
            wanted = 'Bearer realm="https://auth.example.com/token",service="r",scope="repository:x/y:pull"'
            return 401, {"WWW-Authenticate": wanted}, b""
        assert "application/vnd.oci.image.index.v1+json" in (headers or {})["Accept"]
        return (200, {"Docker-Content-Digest": "sha256:made-up"}, INDEX) if url.endswith("/1") else (404, {}, b"")


def test_the_digest_of_an_image_is_that_of_the_bytes_and_not_what_a_header_says() -> None:
    servers = Servers()
    assert tool.image_digest(*KEY, get=servers) == f"sha256:{OF_INDEX}"
    first, token, again = servers.asked
    assert first == again == "https://registry-1.docker.io/v2/x/y/manifests/1"
    assert token == "https://auth.example.com/token?service=r&scope=repository%3Ax%2Fy%3Apull"  # noqa: S105 - a URL


def test_an_image_that_is_not_there_is_no_digest() -> None:
    with pytest.raises(ValueError, match="answers with 404"):
        tool.image_digest("docker.io/x/y", "2", get=Servers())


def test_the_digest_of_a_chart_is_that_of_its_archive_and_of_the_index() -> None:
    assert tool.chart_digest(*CHART, get=Servers()) == f"sha256:{OF_ARCHIVE}"
    for servers in (Servers(archive=b"another"), Servers(digest="0" * 64)):
        with pytest.raises(ValueError, match="is not what"):
            tool.chart_digest(*CHART, get=servers)


def test_what_is_known_changes_only_where_somebody_says_so() -> None:
    known, now = {KEY: "sha256:old"}, "sha256:new"
    found, said = tool.looked_up([KEY, ("z", "1")], known, lambda *_: now, accept=False)
    assert found == {KEY: "sha256:old", ("z", "1"): now}
    assert said == [f"docker.io/x/y 1: was sha256:old, is now {now}. Find out why before you take it with --accept."]
    assert tool.looked_up([KEY], known, lambda *_: now, accept=True) == ({KEY: now}, [])


def test_what_cannot_be_asked_keeps_what_is_known_and_what_is_unused_goes() -> None:
    def down(*_: str) -> str:
        raise OSError("no route")

    known = {KEY: "sha256:old", ("gone", "1"): "sha256:x"}
    assert tool.looked_up([KEY], known, down, accept=False) == ({KEY: "sha256:old"}, ["docker.io/x/y 1: no route"])


def test_the_table_is_written_as_it_stands() -> None:
    text = tool.TABLE.read_text(encoding="utf-8")
    again = tool.written(tool.written(text, "IMAGE_DIGESTS", IMAGE_DIGESTS), "CHART_DIGESTS", CHART_DIGESTS)
    assert again == text
    assert '("docker.io/x/y", "1"): (' in tool.written(text, "IMAGE_DIGESTS", {KEY: "sha256:0"})


def test_everything_that_the_table_names_is_looked_up() -> None:
    names = {name for name, _ in tool.wanted_images()}
    assert {"docker.io/istio/pilot", "docker.io/istio/proxyv2", "docker.io/istio/examples-bookinfo-reviews-v3"} <= names
    assert {key[0] for key in IMAGE_DIGESTS} <= names
    assert {name for _, name, _ in tool.wanted_charts()} >= {"base", "istiod", "gateway", "prometheus", "kiali-server"}
