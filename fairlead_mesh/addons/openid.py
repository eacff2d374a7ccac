"""With which OpenID provider do people log in at Kiali? The key `openid`."""

from __future__ import annotations

from urllib.parse import urlsplit

from fairlead_mesh.keys.scalars import NonEmpty, Url
from fairlead_mesh.keys.section import Section, Values, given


class OpenId(Section):
    """An OpenID provider that people log in with."""

    issuer: Url
    """URL of the provider, without /.well-known."""
    client_id: NonEmpty
    """Client id of Kiali there."""
    username_claim: NonEmpty | None = None
    """Claim with the name of the user; defaults to Kiali's own, sub."""
    rbac: bool = True
    """Whether users have their own rights in the cluster, whose API server must trust the provider; without, all have
    Kiali's."""

    def values(self) -> Values:
        """As Kiali's configuration has it."""
        own = given(issuer_uri=self.issuer, client_id=self.client_id, username_claim=self.username_claim)
        return {**own, "disable_rbac": not self.rbac}


def seen_at(url: str | None) -> Values:
    """Where a login of its provider sends people back to."""
    at = urlsplit(url or "")
    return given(web_schema=at.scheme, web_fqdn=at.hostname, web_port=str(at.port) if at.port else None) if url else {}
