"""Is a chart that was downloaded the one that the version table means?"""

from __future__ import annotations

import hashlib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from fairlead.cluster import charts
from fairlead.cluster.charts import ChartSource, ChartUnavailableError
from fairlead.cluster.helm import Helm
from fairlead.terminal.errors import UserError

pytestmark = pytest.mark.mesh

REPOSITORY, NAME, VERSION = "https://charts.example.com/it", "base", "1.2.3"
RELEASE = {"chart": NAME, "version": VERSION, "repositoryOpts": {"repo": REPOSITORY}}
ARCHIVE = b"what was published"


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ChartSource:
    digest = f"sha256:{hashlib.sha256(ARCHIVE).hexdigest()}"
    monkeypatch.setattr(charts, "CHART_DIGESTS", {(REPOSITORY, NAME, VERSION): digest})
    toolchain: Any = SimpleNamespace(cache=tmp_path, helm=lambda: Path("helm"))
    return ChartSource(toolchain)


def downloads(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    def pull(_: Helm, chart: str, _repository: str, _version: str, into: Path, _within: float) -> Path:
        (into / f"{chart}.tgz").write_bytes(content)
        return into / f"{chart}.tgz"

    monkeypatch.setattr(Helm, "pull", pull)


def test_the_chart_that_is_meant_is_kept(source: ChartSource, monkeypatch: pytest.MonkeyPatch) -> None:
    downloads(monkeypatch, ARCHIVE)
    found = source.find(RELEASE)
    assert found.path.read_bytes() == ARCHIVE
    assert not found.origin


def test_another_archive_is_rejected_and_neither_kept_nor_replaced_by_charts_from_elsewhere(
    source: ChartSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    downloads(monkeypatch, b"something else")
    with pytest.raises(UserError, match=r"is not the chart base 1\.2\.3 of https://charts\.example\.com/it") as caught:
        source.find(RELEASE)
    assert not isinstance(caught.value, ChartUnavailableError)
    assert "do not install it before you know why" in caught.value.remedy
    assert list(source.toolchain.cache.rglob("*.tgz")) == []


def test_an_archive_that_was_changed_in_the_cache_is_rejected(
    source: ChartSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    downloads(monkeypatch, ARCHIVE)
    source.find(RELEASE).path.write_bytes(b"something else")
    with pytest.raises(UserError, match="is not the chart"):
        source.find(RELEASE)


@pytest.mark.parametrize(
    "release",
    [
        RELEASE | {"version": "1.2.4"},
        RELEASE | {"repositoryOpts": {"repo": "https://mirror.example.com"}},
        {"chart": "oci://registry.example.com/base", "version": VERSION},
    ],
)
def test_a_chart_of_which_nothing_is_known_is_taken(
    source: ChartSource, monkeypatch: pytest.MonkeyPatch, release: dict[str, Any]
) -> None:
    downloads(monkeypatch, b"anything")
    monkeypatch.setattr(Helm, "pull", lambda *given: _written(given[4], b"anything"))
    assert source.find(release).path.read_bytes() == b"anything"


def _written(into: Path, content: bytes) -> Path:
    (into / "chart.tgz").write_bytes(content)
    return into / "chart.tgz"
