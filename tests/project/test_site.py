"""Are the documents a site that can be read and searched? Built as `make site` builds it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.fixtures.checkout import PROGRAM
from tests.fixtures.picture.reader import CHROMIUM

pytestmark = [pytest.mark.snapshot, pytest.mark.process]
_COPIED = ("docs", "mkdocs.yml", "tools", "README.md")


def built(folder: Path, site: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mkdocs", "build", "--site-dir", str(site)]
    known = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    return subprocess.run(command, cwd=folder, env=known, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module", name="site")
def _site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = tmp_path_factory.mktemp("site")
    done = built(PROGRAM, site)
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    return site


class Links(HTMLParser):
    """Where the links of a page lead."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if tag == "a" and name == "href" and value]


def linked(page: Path) -> Iterator[Path]:
    reader = Links()
    reader.feed(page.read_text(encoding="utf-8"))
    for link in map(urlsplit, reader.found):
        if not link.scheme and link.path:
            yield Path(os.path.normpath(page.parent / unquote(link.path)))


def test_every_page_is_reached_from_the_first_one(site: Path) -> None:
    waiting, seen = [site / "index.html"], {site / "index.html"}
    while waiting:
        for target in linked(waiting.pop()):
            assert target.exists(), target.relative_to(site)
            if target.suffix == ".html" and target not in seen:
                seen.add(target)
                waiting.append(target)
    pages = {each for each in site.rglob("*.html") if each.name != "404.html"}
    assert pages - seen == set()
    documents = {each.stem for each in (PROGRAM / "docs").glob("*.md")}
    assert {each.stem for each in seen} >= {"index", "CONTRIBUTING", "CHANGELOG", *documents}


def test_the_first_page_is_the_readme_and_its_examples_are_pages(site: Path) -> None:
    first = (site / "index.html").read_text(encoding="utf-8")
    assert "turns one stack file into an Istio service mesh" in first
    assert 'href="examples/jwt.yaml.html"' in first
    assert "testing@secure.istio.io" in (site / "examples" / "jwt.yaml.html").read_text(encoding="utf-8")


def test_pages_ask_nothing_of_another_server(site: Path) -> None:
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert not any(f'{name}="http' in text for name in ("src", "data-src")), page.name
        assert "fonts.googleapis" not in text


@pytest.mark.parametrize(
    ("file", "line", "said"),
    [
        ("docs/apps.md", "[x](nowhere.md)", "nowhere.md"),
        ("docs/apps.md", "[x](lint.md#no-such-rule)", "no-such-rule"),
        ("docs/apps.md", "[x](../examples/no-such.yaml)", "no-such.yaml"),
        ("README.md", "[x](docs/no-such.md)", "no-such.md"),
        ("docs/unlisted.md", "# A page that no menu has", "unlisted.md"),
    ],
)
def test_a_broken_link_fails(tmp_path: Path, file: str, line: str, said: str) -> None:
    folder = tmp_path / "repository"
    folder.mkdir()
    for path in PROGRAM.iterdir():
        if path.name not in (*_COPIED, ".git", ".venv", "build"):
            (folder / path.name).symlink_to(path)
    for name in _COPIED:
        source = PROGRAM / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)
    with (folder / file).open("a", encoding="utf-8") as document:
        document.write(f"\n{line}\n")
    done = built(folder, tmp_path / "site")
    assert done.returncode != 0
    assert said in done.stdout + done.stderr


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="browser tier: no chromium, chromium-browser or google-chrome on PATH")
def test_a_word_that_is_searched_for_finds_its_page(site: Path) -> None:
    playwright = pytest.importorskip("playwright.sync_api", reason="browser tier: playwright is not installed")

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None: ...  # noqa: A002 - its name there

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1300, "height": 900})
        page.goto(f"http://127.0.0.1:{server.server_port}/index.html?q=DependencyViolation")
        results = page.locator(".md-search-result__item a")
        results.first.wait_for(timeout=20000)
        addresses = [each.get_attribute("href") or "" for each in results.all()]
        browser.close()
    server.shutdown()
    server.server_close()
    assert any("lifecycle.html" in each for each in addresses), addresses
