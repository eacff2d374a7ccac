"""Which request is asked about? Typed on the command line, or several of them in a JSON file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fairlead.terminal.errors import UserError
from fairlead.yaml_files.file_text import text_of_named
from mesh.model.sidecars import is_gateway
from mesh.model.traffic.mesh import Mesh
from mesh.model.traffic.request import INTERNET, Request, request
from mesh.model.yaml_values import as_list, as_map

_FORM = "Write 'GET http://host/path', with the port where it is not 80 or 443."


@dataclass(frozen=True)
class Question:
    """A request as it was typed."""

    text: str | None
    caller: str = INTERNET
    gateway: str = ""
    headers: tuple[str, ...] = ()
    claims: str | None = None


def typed(question: Question, mesh: Mesh) -> list[Request]:
    """The requests that a typed one means: one for each gateway that it could come through. Raises UserError."""
    method, _, url = (question.text or "").strip().rpartition(" ")
    headers: dict[str, str] = {}
    for each in question.headers:
        name, colon, value = each.partition(":")
        if not colon:
            raise UserError(f"-H {each}: a header is NAME: VALUE.", "Write -H 'user: jane'.")
        headers[name.strip()] = value.strip()
    claims = _claims(question.claims)
    try:
        one = request(method or "GET", url, caller=question.caller, headers=headers, claims=claims)
    except ValueError as error:
        raise UserError(f"{question.text}: {error}.", _FORM) from None
    if question.caller != INTERNET:
        return [one]
    return [one.changed(gateway=each) for each in gateways(mesh, question.gateway)]


def gateways(mesh: Mesh, named: str) -> list[str]:
    """`namespace/name` of the Services before gateways, or of the one that is named. Raises UserError."""
    found = [
        f"{item.namespace}/{item.name}"
        for item in mesh.graph.all_of_kind("Service")
        if any(is_gateway(pod) for pod in mesh.graph.selected(item.namespace, as_map(item.get("spec", "selector"))))
        and item.get("spec", "selector")
    ]
    if not found:
        raise UserError("No gateway with a Service is in this mesh.", "Ask with --from namespace/workload.")
    chosen = [each for each in found if named in ("", each, each.partition("/")[2])]
    if not chosen:
        raise UserError(f"No gateway is named {named}.", f"Use one of {', '.join(found)}.")
    return chosen


def _claims(text: str | None) -> Mapping[str, Any] | None:
    if text is None:
        return None
    try:
        claims = json.loads(text)
    except ValueError:
        claims = None
    if not isinstance(claims, dict):
        raise UserError(
            f"--jwt {text}: these are not claims.", """Write JSON such as '{"iss": "me", "sub": "jane"}'."""
        )
    return as_map(claims)


def listed(path: Path, mesh: Mesh) -> list[Request]:
    """The requests of a file: a list of maps with `from`, `method`, `url` and, where they are needed, `gateway`,
    `headers`, `connect` and `tls`. Raises UserError."""
    text = text_of_named(path, missing="Name a JSON file with a list of requests.")
    try:
        given = json.loads(text)
    except ValueError as error:
        raise UserError(f"{path} is not JSON: {error}.", "Write a list of requests.") from None
    asked = as_map(given).get("requests") if isinstance(given, dict) else given
    if not isinstance(asked, list):
        raise UserError(
            f"{path} does not contain a list of requests.", 'Write [{"from": "internet", "url": "http://host/"}].'
        )
    return [_one(as_map(each), number, path, mesh) for number, each in enumerate(as_list(asked))]


def _one(given: Mapping[str, Any], number: int, path: Path, mesh: Mesh) -> Request:
    tls, caller = as_map(given.get("tls")), str(given.get("from") or INTERNET)
    try:
        one = request(
            str(given.get("method") or "GET"),
            str(given.get("url") or ""),
            caller=caller,
            headers={str(key): str(value) for key, value in as_map(given.get("headers")).items()},
            connect=str(given.get("connect") or ""),
            sni=str(tls.get("sni") or ""),
            client_certificate=str(tls.get("client_cert") or ""),
            claims=as_map(given["jwt"]) if isinstance(given.get("jwt"), dict) else None,
        )
    except ValueError as error:
        raise UserError(f"{path} [{number}].url: {error}.", _FORM) from None
    if caller != INTERNET:
        return one
    return one.changed(gateway=gateways(mesh, str(given.get("gateway") or ""))[0])
