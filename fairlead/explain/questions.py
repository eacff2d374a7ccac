"""Which request is asked about on the command line?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from fairlead.terminal.errors import UserError
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.pods.sidecars import is_gateway
from fairlead_mesh.model.requests.request import INTERNET, OUTSIDE, Request, request
from fairlead_mesh.model.traffic.mesh import Mesh, workload_name

FORM = "Write 'GET http://host/path', with the port where it is not 80 or 443."


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
    problems: list[tuple[str, str]] = []
    for each in question.headers:
        name, colon, value = each.partition(":")
        if not colon or not name.strip():
            problems.append((f"-H {each}: a header is NAME: VALUE.", "Write -H 'user: jane'."))
        headers[name.strip()] = value.strip()
    one = None
    try:
        claims = _claims(question.claims)
        one = request(method or "GET", url, caller=question.caller, headers=headers, claims=claims)
    except UserError as error:
        problems.append((error.message, error.remedy))
    except ValueError as error:
        problems.append((f"{question.text}: {error}.", FORM))
    if reason := unknown_caller(mesh, question.caller):
        problems.append(
            (f"--from {question.caller}: {reason}", f"Clients are {INTERNET}, NAMESPACE/WORKLOAD and {OUTSIDE}.")
        )
    if problems or one is None:
        raise UserError(
            "\n".join(message for message, _ in problems), "\n".join(dict.fromkeys(each for _, each in problems))
        )
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
        near = get_close_matches(named, found, n=1, cutoff=0.4)
        hint = f"Did you mean {near[0]}? " if near else ""
        raise UserError(f"No gateway is named {named}.", f"{hint}Use one of {', '.join(found)}.")
    return chosen


def unknown_caller(mesh: Mesh, caller: str) -> str:
    """Why nobody of that name sends requests, with the nearest names; empty where somebody does."""
    if caller in (INTERNET, OUTSIDE) or mesh.workload(caller):
        return ""
    pods = sorted({workload_name(pod) for pod in mesh.graph.pods.all})
    near = get_close_matches(caller, [*pods, INTERNET, OUTSIDE], n=3, cutoff=0.4) or pods[:3]
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    return f"no pods are named {caller}{hint}"


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
