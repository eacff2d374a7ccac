"""How is GitHub asked? By `gh api`, which every runner has, page by page, with the job's token."""

from __future__ import annotations

import json
import subprocess
from typing import Any, cast

PAGE = 100
MOST_PAGES = 200
SECONDS = 60


class GitHubError(Exception):
    """GitHub refused, or `gh` could not ask."""

    @property
    def not_found(self) -> bool:
        return "(HTTP 404)" in str(self)


def get(path: str, **query: str) -> Any:
    """What GitHub answers, as data."""
    fields = [word for key, value in sorted(query.items()) for word in ("--raw-field", f"{key}={value}")]
    return _data(_gh("--method", "GET", path, *fields))


def pages(path: str, within: str = "", **query: str) -> list[Any]:
    """Every item of a list; `within` is the key that holds it where the answer is a map."""
    items: list[Any] = []
    for number in range(1, MOST_PAGES + 1):
        found = _listed(get(path, **query, per_page=str(PAGE), page=str(number)), within)
        if found is None:
            raise GitHubError(f"{path} answers with no list")
        items += found
        # Only the last page is not full.
        if len(found) < PAGE:
            break
    return items


def _listed(answer: object, within: str) -> list[Any] | None:
    found: object = cast("dict[str, object]", answer).get(within) if within and isinstance(answer, dict) else answer
    return cast("list[Any]", found) if isinstance(found, list) else None


def send(method: str, path: str, body: str) -> None:
    """Write a comment; its text goes by standard input, as it is too long for an argument."""
    _gh("--method", method, path, "--input", "-", given=json.dumps({"body": body}).encode())


def download(path: str) -> bytes:
    """The bytes that GitHub has at a path."""
    return _gh("--method", "GET", path)


def _gh(*arguments: str, given: bytes = b"") -> bytes:
    try:
        done = subprocess.run(["gh", "api", *arguments], input=given, capture_output=True, check=False, timeout=SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise GitHubError(f"gh api: {error}") from error
    if done.returncode:
        raise GitHubError(done.stderr.decode(errors="replace").strip() or f"gh api ended with {done.returncode}")
    return done.stdout


def _data(answer: bytes) -> Any:
    try:
        return json.loads(answer)
    except ValueError as error:
        raise GitHubError(f"GitHub answers with no JSON: {error}") from error
