"""With which headers is an address asked? As the stack file says that it is logged in at, of the Secrets there."""

from __future__ import annotations

import base64
import binascii
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from fairlead.cluster.answers import Ref
from fairlead.cluster.api_client import RefusedError
from fairlead.doctor.addresses import Address
from fairlead.doctor.examined import Examined
from fairlead_mesh.addons.credentials import Credentials
from fairlead_mesh.model.objects.yaml_values import as_map


@cache
def _public_cas() -> ssl.SSLContext:
    """Those of this machine; one for all addresses, as it takes long to read them."""
    return ssl.create_default_context()


@dataclass(frozen=True)
class Login:
    """`secret` is the one that the headers are of, `problem` why it says none; `signs` where requests are signed, which
    nobody here can do. `tls` is how https is verified, with the CA of the stack file."""

    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    secret: str = ""
    problem: str = ""
    signs: bool = False
    tls: ssl.SSLContext = field(default_factory=_public_cas)


def login(examined: Examined, address: Address) -> Login:
    """Of an addon that exists; nothing for any other address."""
    said = getattr(address.addon, "credentials", None)
    if not isinstance(said, Credentials) or address.addon is None:
        return Login()
    try:
        tls = _tls(examined, said, address)
    except (ssl.SSLError, ValueError) as why:
        return Login(problem=f"its CA cannot be read: {why}")
    if not said.secret or examined.connect is None:
        return Login(said.headers, signs=said.sig_v4 is not None, tls=tls)
    return _of_secret(examined, address, said, said.secret, tls)


def _of_secret(examined: Examined, address: Address, said: Credentials, name: str, tls: ssl.SSLContext) -> Login:
    """With what the Secret holds, which has to be there for each that asks; who may not read it asks without."""
    found: dict[str, str] = {}
    for namespace in _askers(examined, address):
        try:
            secret = examined.cluster.read(Ref("v1", "Secret", namespace, name))
        except RefusedError:
            continue
        if secret is None:
            return Login(problem=f"the Secret {namespace}/{name} does not exist")
        found = _read(secret)
        if missing := [key for key in said.secret_keys if key not in found]:
            return Login(problem=f"the Secret {namespace}/{name} has no key {' and '.join(missing)}")
    if not found:
        return Login(said.headers, tls=tls)
    return Login({**said.headers, "Authorization": _header(said, found)}, name, tls=tls)


def _askers(examined: Examined, address: Address) -> list[str]:
    """The namespaces of the addons that ask it."""
    addon = address.addon
    found = {each.namespace for each in examined.config.addons.installed if addon and each.calls(addon)}
    return sorted(found or {address.namespace})


def _tls(examined: Examined, said: Credentials, address: Address) -> ssl.SSLContext:
    """What those who ask it trust. Raises ValueError, ssl.SSLError for a CA that is none."""
    if not said.ca and not said.ca_config_map:
        return _public_cas()
    context = ssl.create_default_context()
    if said.ca:
        context.load_verify_locations(cadata=said.ca)
    elif said.ca_config_map and examined.connect is not None:
        for namespace in _askers(examined, address):
            found = examined.cluster.read(Ref("v1", "ConfigMap", namespace, said.ca_config_map))
            for text in as_map((found or {}).get("data")).values():
                context.load_verify_locations(cadata=str(text))
    return context


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
