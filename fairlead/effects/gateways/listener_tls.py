"""How does a gateway's port speak TLS, other than before? Mode, certificate, versions and the redirect to HTTPS.

Without `minProtocolVersion` a gateway takes TLS 1.2 and newer (Istio: reference/config/networking/gateway).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fairlead.effects.effect import Hurt
from fairlead.effects.telling import ends
from fairlead.effects.words import Draft, Wording

PLAIN = "plain text"
_DEFAULT = "Istio's default"
_VERSIONS = {"TLSV1_0": 0, "TLSV1_1": 1, "TLSV1_2": 2, "TLSV1_3": 3}
_TLS_1_2 = 2
_ENDS = "clients must change at the same time"
_UNENCRYPTED = "requests to the gateway are not encrypted"
_OLD = "TLS versions before 1.2 have known weaknesses"
_CERTIFIED = "clients without a certificate are rejected"
_SETTINGS = {
    "credentialName": "the certificate",
    "minProtocolVersion": "the minimum TLS version",
    "maxProtocolVersion": "the maximum TLS version",
    "cipherSuites": "the list of cipher suites",
    "caCertificates": "the CA of client certificates",
    "subjectAltNames": "the list of accepted client certificate names",
}
Tls = Mapping[str, Any]
Told = tuple[Hurt | None, str]


def other_tls(subject: str, port: str, old: Tls, new: Tls, words: Wording) -> Iterator[Draft]:
    """How the TLS of one port differs."""
    modes = _mode(old), _mode(new)
    if modes[0] != modes[1]:
        yield Draft(subject, words.goes(f"TLS on port {port}", *modes), *_hurt_of_mode(*modes))
    if bool(old.get("httpsRedirect")) != bool(new.get("httpsRedirect")):
        yield _redirect(subject, port, bool(new.get("httpsRedirect")), words)
    for key, what in _SETTINGS.items():
        if old.get(key) != new.get(key) and (modes[0] == modes[1] or new.get(key)):
            values = (_shown(each.get(key)) for each in (old, new))
            hurt = _hurt_of_version(old, new) if key == "minProtocolVersion" else (None, "")
            yield Draft(subject, words.goes(f"{what} on port {port}", *values), *hurt)


def _mode(tls: Tls) -> str:
    if tls.get("mode") or (tls and "httpsRedirect" not in tls):
        return str(tls.get("mode") or "SIMPLE")
    return PLAIN


def _hurt_of_mode(old: str, new: str) -> Told:
    if new == PLAIN:
        return Hurt.EXPOSES, _UNENCRYPTED
    if "MUTUAL" in new and "MUTUAL" not in old:
        return Hurt.REFUSES, _CERTIFIED
    return Hurt.INTERRUPTS, _ENDS


def _hurt_of_version(old: Tls, new: Tls) -> Told:
    before, after = (_VERSIONS.get(str(each.get("minProtocolVersion")), _TLS_1_2) for each in (old, new))
    if after > before:
        return Hurt.REFUSES, "clients with older TLS versions are rejected: check which versions they use"
    return (Hurt.EXPOSES, _OLD) if after < _TLS_1_2 else (None, "")


def _redirect(subject: str, port: str, sends: bool, words: Wording) -> Draft:
    if sends:
        return Draft(subject, words.now(f"port {port} redirects to HTTPS"))
    return Draft(subject, ends(words, f"port {port}", "redirects to HTTPS"), Hurt.EXPOSES, _UNENCRYPTED)


def _shown(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value or _DEFAULT)  # pyright: ignore
