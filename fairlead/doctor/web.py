"""Does an address answer? Asked once, with the proxy of the environment; what it answers is not read."""

from __future__ import annotations

import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from http.client import BadStatusLine, HTTPException, RemoteDisconnected

OTHER = "speaks something else than HTTP/1"
"""Of bytes that come, as those of gRPC."""
WITHIN = 5.0
"""Seconds that an answer may take."""


def answer_of(url: str, headers: Mapping[str, str] | None = None, tls: ssl.SSLContext | None = None) -> tuple[int, str]:
    """The status, or 0 and why there is none."""
    if not url.startswith(("http://", "https://")):
        return 0, "is no http or https address"
    request = urllib.request.Request(url, headers={"User-Agent": "fairlead"})  # noqa: S310 - see above
    for name, value in (headers or {}).items():
        # A login is for this address, and for none that it redirects to.
        request.add_unredirected_header(name, value)
    try:
        with urllib.request.urlopen(request, timeout=WITHIN, context=tls) as answer:  # noqa: S310
            return int(answer.status), ""
    except urllib.error.HTTPError as error:
        with error:
            return error.code, ""
    except RemoteDisconnected as error:
        return 0, str(error)
    except BadStatusLine:
        return 0, OTHER
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        return 0, str(getattr(reason, "strerror", None) or reason)
