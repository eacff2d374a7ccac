"""How does a proxy read a request, before it compares anything? What it does not accept, and the path as it sees it.

Sources: Envoy's source/common/http: http1/balsa_parser.cc (methods), path_utility.cc and the URL library that it calls
(what of a path is encoded and decoded), conn_manager_utility.cc; normalizePath in pilot/pkg/networking of istio/istio.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from fairlead_mesh.model.requests.request import Request

BAD_REQUEST = "Bad Request"
_METHODS = frozenset(
    (
        *("ACL", "BIND", "CHECKOUT", "CONNECT", "COPY", "DELETE", "GET", "HEAD", "LINK", "LOCK", "MERGE", "MKACTIVITY"),
        *("MKCALENDAR", "MKCOL", "MOVE", "MSEARCH", "NOTIFY", "OPTIONS", "PATCH", "POST", "PROPFIND", "PROPPATCH"),
        *("PURGE", "PUT", "REBIND", "REPORT", "SEARCH", "SOURCE", "SUBSCRIBE", "TRACE", "UNBIND", "UNLINK", "UNLOCK"),
        "UNSUBSCRIBE",
    )
)
_ENCODED = re.compile('[ "<>^`{|}]')
_UNREADABLE = re.compile(r"[^\x20-\x7e]")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_ENCODED_SLASH, _SLASHES = re.compile("%2f|%5c", re.IGNORECASE), re.compile("//+")


def unreadable(asked: Request, kind: str) -> tuple[str, str] | None:
    """Why a proxy answers a request with 400, and the body of that answer; None where it reads the request."""
    if asked.method not in _METHODS:
        return f"Envoy does not know the method {asked.method}", BAD_REQUEST
    if _UNREADABLE.search(asked.path):
        return "the path has characters that must be encoded", BAD_REQUEST
    if kind != "NONE" and "%00" in asked.bare_path:
        return "the path has an encoded zero byte", ""
    return None


def normalised(asked: Request, kind: str) -> Request:
    """A request as Istio's pathNormalization of this kind makes proxies read it: without dot segments, nothing
    encoded that need not be and, where it is said so, slashes decoded and merged."""
    bare, mark, query = asked.path.partition("?")
    if kind == "NONE":
        return asked
    decoded = _ENCODED.sub(lambda found: f"%{ord(found[0]):02X}", "".join(_decoded(bare.replace("\\", "/"))))
    if kind == "DECODE_AND_MERGE_SLASHES":
        decoded = _ENCODED_SLASH.sub("/", decoded)
    if kind in ("MERGE_SLASHES", "DECODE_AND_MERGE_SLASHES"):
        decoded = _SLASHES.sub("/", decoded)
    parts: list[str] = []
    for part in decoded.split("/"):
        if part == ".." and len(parts) > 1:
            parts.pop()
        elif part not in (".", ".."):
            parts.append(part)
    if decoded.endswith(("/.", "/..")):
        parts.append("")
    return asked.changed(path=("/".join(parts) or "/") + mark + query)


def without_parameter(path: str, name: str) -> str:
    """A path after Envoy has taken a parameter out of its query: the others come sorted and decoded
    (JwtParamLocation::removeJwt in jwt_authn/extractor.cc)."""
    bare, _, query = path.partition("?")
    pairs = [(unquote(key), unquote(value)) for key, _, value in (each.partition("=") for each in query.split("&"))]
    left = sorted((pair for pair in pairs if pair[0] != name), key=lambda pair: pair[0])
    return bare + "".join(f"{'&' if number else '?'}{key}={value}" for number, (key, value) in enumerate(left))


def _decoded(path: str) -> list[str]:
    found: list[str] = []
    at = 0
    while at < len(path):
        code = path[at : at + 3]
        plain = unquote(code) if code.startswith("%") and len(code) == len("%41") else ""
        found.append(plain if plain in _UNRESERVED else path[at])
        at += len(code) if plain in _UNRESERVED and plain else 1
    return found
