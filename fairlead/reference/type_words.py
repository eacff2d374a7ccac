"""What may stand at a key, in a reader's words? Types and defaults of the config model as Markdown."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, cast, get_args, get_origin

from annotated_types import Ge, MinLen
from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from fairlead_mesh.apps.handling import RetryCondition
from fairlead_mesh.apps.load_balancing import Locality, Region
from fairlead_mesh.cluster import EksName
from fairlead_mesh.gateways import PortName
from fairlead_mesh.keys import scalars
from fairlead_mesh.keys.section import Section

SCALARS: tuple[tuple[Any, str], ...] = (
    (scalars.DnsLabel, "name"),
    (scalars.Hostname, "host"),
    (scalars.Cidr, "network"),
    (scalars.Duration, "duration"),
    (scalars.TimeSpan, "duration above zero"),
    (scalars.Percent, "percentage"),
    (scalars.PortNumber, "port"),
    (scalars.Url, "URL"),
    (scalars.ExactVersion, "version"),
    (scalars.CertificateArn, "certificate"),
    (scalars.SecurityGroupId, "security group"),
    (scalars.PrefixListId, "prefix list"),
    (scalars.LabelKey, "label key"),
    (scalars.LabelValue, "label value"),
    (scalars.HttpMethod, "HTTP method"),
    (scalars.UrlPath, "path"),
    (scalars.KubernetesVersion, "Kubernetes version"),
    (scalars.Authority, "host, optionally with a port"),
    (scalars.Regex, "RE2 expression"),
    (scalars.HeaderName, "header"),
    (scalars.CookieName, "cookie"),
    (scalars.CookieValue, "value of a cookie"),
    (scalars.Quantity, "quantity"),
    (scalars.NonEmpty, "string"),
    (scalars.Count, "whole number, at least 1"),
    (scalars.CountOrZero, "whole number, at least 0"),
    (PortName, "port name"),
    (EksName, "EKS cluster name"),
    (RetryCondition, "retry condition"),
    (Locality, "locality"),
    (Region, "region"),
)
_PLAIN: dict[Any, str] = {
    str: "string",
    int: "whole number",
    float: "number",
    bool: "`true` or `false`",
    Any: "anything",
}
_PLAIN_FORMS = {
    "percentage": "a whole number from 0 to 100",
    "port": "a whole number from 1 to 65535",
    "whole number, at least 0": f"a whole number from 0 to {scalars.LARGEST}",
    "whole number, at least 1": f"a whole number from 1 to {scalars.LARGEST}",
}


def type_in_words(hint: Any, field: FieldInfo) -> str:
    """What the key takes, with the bounds that the field adds."""
    words = _words(hint)
    least = next((item.ge for item in field.metadata if isinstance(item, Ge)), None)
    if least is not None and words in _PLAIN.values():
        words += f", at least {least}"
    filled = any(isinstance(item, MinLen) for item in field.metadata) and words.startswith("list")
    return words + (", not empty" if filled else "")


def default_in_words(field: FieldInfo) -> str:
    """What holds where the key is absent."""
    if field.is_required():
        return "**required**"
    default = field.get_default(call_default_factory=True, validated_data={})
    if default is None:
        return ""
    return f"`{json.dumps(_as_written(default), ensure_ascii=False)}`"


def sections_in(hint: Any) -> Iterator[type[Section]]:
    """The sections that a type is made of."""
    if isinstance(hint, type) and get_origin(hint) is None and issubclass(hint, Section):
        yield hint
    for part in get_args(hint):
        yield from sections_in(part)


def scalar_forms() -> list[tuple[str, str]]:
    """Each kind of word, and what it has to look like: what the model itself answers to a wrong one."""
    return [(name, _PLAIN_FORMS.get(name) or _form(scalar)) for scalar, name in SCALARS if name != _PLAIN[str]]


def _form(scalar: Any) -> str:
    try:
        TypeAdapter(scalar).validate_python("?!")
    except ValidationError as error:
        return error.errors()[0]["msg"].removeprefix("Value error, write ").partition(";")[0]
    raise ValueError(scalar)


def _is_a(hint: Any, scalar: Any) -> bool:
    """Whether a type is a named scalar, or one with a form of its own besides."""
    if hint == scalar or get_origin(hint) is not Annotated:
        return hint == scalar
    own, named = get_args(hint), get_args(scalar)
    return own[: len(named)] == named


def _words(hint: Any) -> str:
    named = next((name for scalar, name in SCALARS if _is_a(hint, scalar)), None)
    if named:
        return named
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in _JOINED:
        return _JOINED[origin](arguments)
    section = next(sections_in(hint), None)
    return f"[{section.__name__}](#{section.__name__.lower()})" if section else _PLAIN[hint]


def _one_of(choices: Sequence[Any]) -> str:
    words = [f"`{'true' if choice is True else choice}`" for choice in choices]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


_JOINED: dict[Any, Callable[[Sequence[Any]], str]] = {
    Annotated: lambda parts: _words(parts[0]),
    Union: lambda parts: " or ".join(_words(part) for part in parts if part is not NoneType),
    UnionType: lambda parts: " or ".join(_words(part) for part in parts if part is not NoneType),
    Literal: _one_of,
    list: lambda parts: f"list: {_words(parts[0])}",
    dict: lambda parts: f"map: {_words(parts[0])} → {_words(parts[1])}",
}


def _as_written(value: Any) -> Any:
    if isinstance(value, Section):
        return value.model_dump(by_alias=True, exclude_unset=True)
    return [_as_written(item) for item in cast("list[Any]", value)] if isinstance(value, list) else value
