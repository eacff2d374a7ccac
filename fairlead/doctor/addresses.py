"""Which addresses does a stack file name, and how are they asked? Every value of its sections that is a URL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fairlead_mesh.addons.addon import Addon
from fairlead_mesh.config import Config
from fairlead_mesh.findings import Path, joined
from fairlead_mesh.keys.section import Section

_ELSEWHERE = frozenset({"body", "charts", "lint", "values"})
"""Keys whose texts are no address, or one that another check asks."""
_ISSUER, _KEYS = "issuer", "jwksUri"
_WELL_KNOWN = "/.well-known/openid-configuration"


@dataclass(frozen=True)
class Address:
    """`asked` is what is asked to see whether the URL at the `path` answers, as pods in `namespace` reach it, or
    browsers. `must_be_found` where anything but 200 is wrong, and `addon` is the one that it is of."""

    path: Path
    url: str
    namespace: str
    must_be_found: bool = False
    addon: Addon | None = None
    of_browsers: bool = False

    @property
    def asked(self) -> str:
        """The URL that is requested."""
        return self.url.rstrip("/") + _WELL_KNOWN if self.path[-1] == _ISSUER else self.url

    def __str__(self) -> str:
        return f"{joined(self.path)}, {self.url}"


def addresses(config: Config) -> list[Address]:
    """In the order of the file; each URL once."""
    found = [*_of_section(config, (), "default", None), *_of_pages(config)]
    return list({each.url: each for each in reversed(found)}.values())[::-1]


def _of_pages(config: Config) -> Iterator[Address]:
    for page in config.exposed_pages:
        url = page.addon.page_url or ""
        yield Address(("addons", page.addon.key, "expose", "host"), url, page.addon.namespace, of_browsers=True)


def _of_section(section: Section, path: Path, namespace: str, addon: Addon | None) -> Iterator[Address]:
    home = str(getattr(section, "namespace", None) or namespace)
    of = section if isinstance(section, Addon) else addon
    named = {str(field.alias): getattr(section, name) for name, field in type(section).model_fields.items()}
    for key, value in named.items():
        # The issuer of tokens is a name: what is asked for are its keys.
        if key not in _ELSEWHERE and not (key == _ISSUER and _KEYS in named):
            yield from _of_value(value, (*path, key), home, of)


def _of_value(value: object, path: Path, namespace: str, addon: Addon | None) -> Iterator[Address]:
    if isinstance(value, Section):
        yield from _of_section(value, path, namespace, addon)
    elif isinstance(value, list):
        for index, each in enumerate(value):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
            yield from _of_value(each, (*path, index), namespace, addon)  # pyright: ignore[reportUnknownArgumentType]
    elif isinstance(value, str) and value.startswith(("http://", "https://")):
        whose = addon if addon and path[-1] == addon.asked_at and len(path) == _OF_AN_ADDON else None
        must_be_found = path[-1] in (_ISSUER, _KEYS)
        yield Address(path, value, namespace, must_be_found, whose, path[-1] in _OF_BROWSERS)


_OF_AN_ADDON = 3
"""Parts of the path of an addon's own `url`."""
_OF_BROWSERS = ("publicUrl", "runbooks")
