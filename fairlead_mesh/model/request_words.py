"""How is a route told to people? The requests it takes, and where it sends a caller, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fairlead_mesh.model.objects.yaml_values import as_list, as_map

EVERY_REQUEST = "all"
_PARTS = (("uri", "path"), ("scheme", "scheme"), ("authority", "host"))
_MAPS = (("headers", "header"), ("withoutHeaders", "without header"), ("queryParams", "query parameter"))
_LISTS = (("sniHosts", "SNI"), ("destinationSubnets", "to"), ("gateways", "at"))


def requests_in_words(matches: Sequence[Mapping[str, Any]]) -> str:
    """The conditions of a VirtualService's route, one of which must hold; `all` where there is none."""
    return " or ".join(_match_in_words(match) for match in matches) or EVERY_REQUEST


def condition_in_words(match: Mapping[str, Any]) -> str:
    """What a match asks of requests, wherever they are asked."""
    return requests_in_words([{key: value for key, value in match.items() if key != "gateways"}])


def _match_in_words(match: Mapping[str, Any]) -> str:
    """`GET, path prefix /api, header end-user exact jason`: all of it must hold."""
    return ", ".join(_conditions(match)) or EVERY_REQUEST


def _conditions(match: Mapping[str, Any]) -> Iterator[str]:
    if method := as_map(match.get("method")):
        yield str(method["exact"]) if list(method) == ["exact"] else _words("method", method)
    for key, word in _PARTS:
        if key in match:
            yield _words(word, match[key])
    for key, word in _MAPS:
        for name, condition in sorted(as_map(match.get(key)).items()):
            yield _words(f"{word} {name}", condition)
    if match.get("port"):
        yield f"port {match['port']}"
    for key, word in _LISTS:
        if listed := as_list(match.get(key)):
            yield f"{word} {' or '.join(map(str, listed))}"
    labels = [f"{name}={value}" for name, value in sorted(as_map(match.get("sourceLabels")).items())]
    callers = [*labels, *([f"namespace {match['sourceNamespace']}"] if match.get("sourceNamespace") else [])]
    if callers:
        yield f"from {' and '.join(callers)}"


def _words(name: str, condition: Any) -> str:
    return " ".join([name, *(f"{how} {value}" for how, value in as_map(condition).items())])


def redirect_in_words(redirect: Mapping[str, Any]) -> str:
    """`redirect 301 to https://<same host>/new`."""
    authority = redirect.get("authority") or ""
    if redirect.get("scheme"):
        authority = f"{redirect['scheme']}://{authority or '<same host>'}"
    return f"redirect {redirect.get('redirectCode', 301)} to {authority}{redirect.get('uri', '')}"
