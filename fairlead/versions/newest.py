"""Which version is the newest? Asked of whoever publishes it: the index of a repository, a registry, PyPI."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable, Mapping
from http.client import HTTPException
from typing import Any

import yaml
from packaging.version import InvalidVersion, Version

from fairlead.versions.pinned import Pinned

WITHIN = 10.0
_INDEX = "https://pypi.org/pypi"
_REGISTRY = {"docker.io": "registry-1.docker.io"}
"""Where a registry answers that is called otherwise."""
_UNAUTHORIZED = 401
_WELL = 200
Answer = tuple[int, Mapping[str, str], bytes]
Get = Callable[..., Answer]


class UnaskedError(Exception):
    """Nobody answers, or not with versions: the words say why."""


def asked(url: str, headers: Mapping[str, str] | None = None) -> Answer:
    """What a server answers, a refusal too. Raises UnaskedError."""
    request = urllib.request.Request(url, headers={"User-Agent": "fairlead", **(headers or {})})  # noqa: S310 - https
    try:
        with urllib.request.urlopen(request, timeout=WITHIN) as answer:  # noqa: S310
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, dict(error.headers), error.read()
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        host = urllib.parse.urlsplit(url).hostname
        raise UnaskedError(f"{host}: {getattr(reason, 'strerror', None) or reason}") from None


def newest(row: Pinned, get: Get = asked) -> str:
    """The newest version that is published in the form of the one that is pinned; empty where the form has no order.
    Raises UnaskedError."""
    try:
        if row.source == "chart":
            return _highest(_of_index(row, get))
        if row.source == "package":
            return _highest(_json(get(f"{_INDEX}/{row.where}/json"), row.where)["releases"])
        return _of_tags(row.version, _tags(row.where, get))
    except (KeyError, TypeError, ValueError, yaml.YAMLError) as error:
        raise UnaskedError(f"{row.where}: the answer has no versions ({type(error).__name__})") from None


def _of_index(row: Pinned, get: Get) -> list[str]:
    code, _, body = get(f"{row.where}/index.yaml")
    if code != _WELL:
        raise UnaskedError(f"{row.where}/index.yaml answers with {code}")
    # Of an index of megabytes only the part of one chart is parsed.
    text = body.decode(errors="replace")
    found = re.search(rf"^  {re.escape(row.name)}:\n((?:  [ -].*\n|\s*\n)+)", text, re.MULTILINE)
    listed: Any = yaml.safe_load(found[1]) if found else []
    return [str(each["version"]) for each in listed]


def _tags(image: str, get: Get) -> list[str]:
    host, _, path = image.partition("/")
    url = f"https://{_REGISTRY.get(host, host)}/v2/{path}/tags/list"
    code, headers, body = get(url)
    if code == _UNAUTHORIZED:
        said = dict(re.findall(r'(\w+)="([^"]*)"', _header(headers, "www-authenticate")))
        query = urllib.parse.urlencode({key: said[key] for key in ("service", "scope") if key in said})
        token = _json(get(f"{said['realm']}?{query}"), image)["token"]
        code, headers, body = get(url, {"Authorization": f"Bearer {token}"})
    return [str(each) for each in _json((code, headers, body), image)["tags"]]


def _header(headers: Mapping[str, str], name: str) -> str:
    return next((value for key, value in headers.items() if key.lower() == name), "")


def _json(answer: Answer, what: str) -> dict[str, Any]:
    if answer[0] != _WELL:
        raise UnaskedError(f"{what}: its registry answers with {answer[0]}")
    return json.loads(answer[2])


def _of_tags(tag: str, tags: Iterable[str]) -> str:
    """The highest tag of the same form: `1.30.4-alpine-slim` among those of three numbers and that suffix."""
    if not re.match(r"\d+\.\d+", tag):
        return ""
    form = re.compile(re.sub(r"\d+", r"(\\d+)", re.escape(tag)))
    numbered = {each: tuple(map(int, found.groups())) for each in tags if (found := form.fullmatch(each))}
    return max(numbered, key=lambda each: numbered[each], default=tag)


def _highest(found: Iterable[str]) -> str:
    """The highest of these that is a release."""
    known: dict[Version, str] = {}
    for each in found:
        try:
            parsed = Version(each)
        except InvalidVersion:
            continue
        if not parsed.is_prerelease:
            known[parsed] = each
    if not known:
        raise ValueError("no versions")
    return known[max(known)]
