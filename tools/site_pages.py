"""Which pages does the site have beside docs/? The README as the first one, and each file that a page links to.

MkDocs calls this as a hook (`make site`). In the repository a link leads to a file, on the site to that file as a page:
a Markdown file as it is, any other as one block of code.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[1]
DOCS = "docs/"
README = "README.md"
_LINK = re.compile(r"(\]\()([^)\s#]+)((?:#[^)\s]*)?\))")
_CODE = re.compile(r"^( *)```.*?^\1```$", re.MULTILINE | re.DOTALL)
_LANGUAGES = {".py": "python", ".yaml": "yaml", ".yml": "yaml", ".json": "json", ".ts": "typescript", ".sh": "bash"}
_IN_THE_NAVIGATION = {README, "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"}
_sources: dict[str, str] = {}
"""Page of the site -> file of the repository, of pages that are not in docs/."""


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Every file that is linked to from a page, from the README on, becomes a page."""
    waiting = [*sorted(_IN_THE_NAVIGATION), *(DOCS + each.src_uri for each in files.documentation_pages())]
    seen = set(waiting)
    while waiting:
        source = waiting.pop()
        if not source.startswith(DOCS):
            files.append(_page(source, config))
        for target in _targets(source):
            if target not in seen and not (target.startswith(DOCS) and files.get_file_from_path(target[len(DOCS) :])):
                seen.add(target)
                waiting.append(target)
    return files


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001 - MkDocs names them
    """The page with links that lead to pages."""
    source = _sources.get(page.file.src_uri, DOCS + page.file.src_uri)
    here = PurePosixPath(page.file.src_uri).parent

    def link(found: re.Match[str]) -> str:
        target = _target(source, found[2])
        if target is None:
            return found[0]
        return f"{found[1]}{os.path.relpath(_address(target), here)}{found[3]}"

    return _outside_code(markdown, link)


def _page(source: str, config: MkDocsConfig) -> File:
    address, path = _address(source), ROOT / source
    _sources[address] = source
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".md":
        text = f"# {source}\n\n```{_LANGUAGES.get(path.suffix, '')}\n{text.rstrip()}\n```\n"
    file = File.generated(config, address, content=text)
    if source not in _IN_THE_NAVIGATION:
        file.inclusion = InclusionLevel.NOT_IN_NAV
    return file


def _address(source: str) -> str:
    """Where a file of the repository stands on the site, as MkDocs names sources."""
    if source == README:
        return "index.md"
    if source.startswith(DOCS):
        return source[len(DOCS) :]
    return source if source.endswith(".md") else f"{source}.md"


def _targets(source: str) -> Iterator[str]:
    if not source.endswith(".md"):
        return
    text = _CODE.sub("", (ROOT / source).read_text(encoding="utf-8"))
    yield from (target for found in _LINK.finditer(text) if (target := _target(source, found[2])))


def _target(source: str, link: str) -> str | None:
    """The file of the repository that a link leads to; None for an address, or for what is no file here."""
    if "://" in link or link.startswith("mailto:"):
        return None
    target = os.path.normpath(PurePosixPath(source).parent / link)
    return target if (ROOT / target).is_file() else None


def _outside_code(markdown: str, link: object) -> str:
    parts, place = list[str](), 0
    for block in _CODE.finditer(markdown):
        parts += [_LINK.sub(link, markdown[place : block.start()]), block[0]]  # type: ignore[arg-type]
        place = block.end()
    return "".join([*parts, _LINK.sub(link, markdown[place:])])  # type: ignore[arg-type]
