"""With which headers is an address asked? As the stack file says that it is logged in at, of the Secrets there."""

from __future__ import annotations

import base64
import binascii
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fairlead.cluster.answers import Ref
from fairlead.cluster.api_client import RefusedError
from fairlead.doctor.addresses import Address
from fairlead.doctor.examined import Examined
from fairlead_mesh.addons.credentials import Credentials
from fairlead_mesh.model.objects.yaml_values import as_map


@dataclass(frozen=True)
class Login:
    """`secret` is the one that the headers are of, `problem` why it says none; `signs` where requests are signed, which
    nobody here can do. `tls` is how https is verified, with the CA of the stack file."""

    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    secret: str = ""
    problem: str = ""
    signs: bool = False
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)


def login(examined: Examined, address: Address) -> Login:
    """Of an addon that exists; nothing for any other address."""
    said = getattr(address.addon, "credentials", None)
    if not isinstance(said, Credentials) or address.addon is None:
        return Login()
    name = said.bearer or said.basic
    if not name or examined.connect is None:
        return Login(signs=said.sig_v4 is not None)
    others = (each for each in examined.config.addons.installed if each.calls(address.addon))
    wanted = ("token",) if said.bearer else ("username", "password")
    found: dict[str, str] = {}
    for namespace in sorted({each.namespace for each in others} or {address.namespace}):
        try:
            secret = examined.cluster.read(Ref("v1", "Secret", namespace, name))
        except RefusedError:
            # Whoever may not read Secrets asks without.
            continue
        if secret is None:
            return Login(problem=f"the Secret {namespace}/{name} does not exist")
        found = _read(secret)
        if missing := [key for key in wanted if key not in found]:
            return Login(problem=f"the Secret {namespace}/{name} has no key {' and '.join(missing)}")
    return Login({"Authorization": _header(said, found)}, name) if found else Login()


def _read(secret: dict[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in as_map(secret.get("data")).items():
        try:
            found[key] = base64.b64decode(str(value), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            continue
    return found


def _header(said: Credentials, found: Mapping[str, str]) -> str:
    if said.bearer:
        return f"Bearer {found['token'].strip()}"
    pair = f"{found['username'].strip()}:{found['password'].strip()}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"
