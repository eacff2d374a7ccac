"""How are the clients of apps told apart? By the header that names the user, and by classes of devices."""

from __future__ import annotations

from pydantic import Field

from fairlead_mesh.keys.scalars import DnsLabel, HeaderName, Regex
from fairlead_mesh.keys.section import Section


class Clients(Section):
    """Words by which matches tell clients apart."""

    user_header: HeaderName = "end-user"
    """Header with the name of the user; what sets it must be trusted, as an app or a gateway that has authenticated
    the user."""
    devices: dict[DnsLabel, Regex] = Field(default_factory=dict[str, str])
    """Classes of devices by their User-Agent header, such as {mobile: ".*(iPhone|Android.*Mobile).*"}."""
