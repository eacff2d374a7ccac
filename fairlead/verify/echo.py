"""What did the app see of a request? Read in the answers of apps that tell it, as httpbin and other echo servers do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from fairlead.verify.sending import Answer
from fairlead_mesh.model.objects.yaml_values import as_list, as_map


@dataclass(frozen=True)
class Echo:
    """What an app says that it got; a part is None where it does not say it. Names of headers are in small letters."""

    headers: Mapping[str, str]
    method: str | None = None
    path: str | None = None


def echo(answer: Answer) -> Echo | None:
    """None where the answer tells nothing of the request."""
    try:
        said = json.loads(answer.body)
    except ValueError:
        return None
    told = as_map(said) if isinstance(said, dict) else {}
    headers = told.get("headers")
    if not isinstance(headers, dict):
        return None
    url = told.get("path") or told.get("url")
    method = told.get("method")
    named = {str(name).lower(): _value(value) for name, value in as_map(headers).items()}
    if "host" not in named and told.get("host"):
        named["host"] = str(told["host"])
    return Echo(named, str(method) if method else None, _path(str(url)) if url else None)


def _value(value: Any) -> str:
    return ",".join(map(str, as_list(value))) if isinstance(value, list) else str(value)


def _path(url: str) -> str:
    parts = urlsplit(url) if "://" in url else None
    if parts is None:
        return url
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
