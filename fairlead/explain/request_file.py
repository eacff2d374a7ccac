"""Which requests does a file ask about? A list of maps, judged whole: everything wrong with it is said at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from fairlead.explain.questions import FORM, gateways, unknown_caller
from fairlead.terminal.errors import UserError
from fairlead.yaml_files.file_text import text_of_named
from fairlead_mesh.keys.nearest import nearest
from fairlead_mesh.model.objects.yaml_values import as_list, as_map
from fairlead_mesh.model.requests.request import INTERNET, Request, request
from fairlead_mesh.model.traffic.mesh import Mesh

_TEXT, _MAP = "a text", "a map"
KEYS = {"from": _TEXT, "gateway": _TEXT, "method": _TEXT, "url": _TEXT, "headers": _MAP, "connect": _TEXT, "tls": _MAP,
        "jwt": _MAP}  # fmt: skip
"""What a request may have. Other keys, as recorded requests have them, are left alone."""
_EXAMPLE = 'Write [{"from": "internet", "method": "GET", "url": "http://host/path", "headers": {"user": "jane"}}].'


def listed(path: Path, mesh: Mesh) -> list[Request]:
    """The requests of a file. Raises UserError."""
    text = text_of_named(path, missing="Name a JSON file with a list of requests.")
    try:
        given = json.loads(text)
    except ValueError as error:
        raise UserError(f"{path} is not JSON: {error}.", _EXAMPLE) from None
    asked = as_map(given).get("requests") if isinstance(given, dict) else given
    if not isinstance(asked, list):
        raise UserError(f"{path} does not contain a list of requests.", _EXAMPLE)
    found: list[Request] = []
    problems: list[str] = []
    for number, each in enumerate(as_list(asked)):
        wrong = list(_wrong(each, mesh))
        problems += [f"{path} [{number}]{problem}" for problem in wrong]
        if not wrong:
            found.append(_one(as_map(each), mesh))
    if problems:
        raise UserError("\n".join(problems), _EXAMPLE)
    return found


def _wrong(given: Any, mesh: Mesh) -> Iterator[str]:
    if not isinstance(given, dict):
        yield f": {given!r} is not a request"
        return
    said = as_map(given)
    shapes = [f".{key}: {said[key]!r} is not {shape}" for key, shape in KEYS.items() if not _has_shape(said, key)]
    yield from shapes
    for key in said:
        if key not in KEYS and (close := nearest(str(key), KEYS)):
            yield f".{key}: there is no such key; did you mean {close}?"
    if not said.get("url"):
        yield ".url is missing"
    elif not shapes:
        yield from _refused(lambda: _plain(said), ".url", FORM)
        caller = str(said.get("from") or INTERNET)
        if reason := unknown_caller(mesh, caller):
            yield f".from: {reason}"
        if caller == INTERNET:
            yield from _refused(lambda: gateways(mesh, str(said.get("gateway") or "")), ".gateway", "")


def _has_shape(said: Mapping[str, Any], key: str) -> bool:
    value = said.get(key)
    return value is None or isinstance(value, str if KEYS[key] is _TEXT else dict)


def _refused(make: Callable[[], object], at: str, remedy: str) -> Iterator[str]:
    try:
        make()
    except UserError as error:
        yield f"{at}: {' '.join(filter(None, (error.message, error.remedy)))}"
    except ValueError as error:
        yield f"{at}: {error}. {remedy}"


def _plain(given: Mapping[str, Any]) -> Request:
    tls = as_map(given.get("tls"))
    return request(
        str(given.get("method") or "GET"),
        str(given.get("url") or ""),
        caller=str(given.get("from") or INTERNET),
        headers={str(key): str(value) for key, value in as_map(given.get("headers")).items()},
        connect=str(given.get("connect") or ""),
        sni=str(tls.get("sni") or ""),
        client_certificate=str(tls.get("client_cert") or ""),
        claims=as_map(given["jwt"]) if isinstance(given.get("jwt"), dict) else None,
    )


def _one(given: Mapping[str, Any], mesh: Mesh) -> Request:
    one = _plain(given)
    return one.changed(gateway=gateways(mesh, str(given.get("gateway") or ""))[0]) if one.caller == INTERNET else one
