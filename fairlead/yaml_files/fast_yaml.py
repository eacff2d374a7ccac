"""How is a long stack file read at once? By libyaml, wherever that is sure to give what ruamel.yaml gives."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, cast

import yaml
from ruamel.yaml.resolver import implicit_resolvers

from fairlead_mesh.reading.limits import hold_to_limits, too_deep

_LOADER: Any = getattr(yaml, "CBaseLoader", None)
_STRING = "tag:yaml.org,2002:str"
_LIST = "tag:yaml.org,2002:seq"
_MAP = "tag:yaml.org,2002:map"
_WORDS: dict[str, Any] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("null", "Null", "NULL", "~", ""), None),
}
_WHOLE = re.compile(r"-?(0|[1-9][0-9]*)")
_BROKEN_OFF = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+")


class UnusualYamlError(Exception):
    """The text is broken, or holds something that is rare enough to be read slowly."""


def fast_yaml(text: str) -> Any:
    """The one document of a text. Raises UnusualYamlError where ruamel.yaml has to be asked, TooMuchError where the
    text stands for more than anybody writes."""
    # A directive changes what words mean, and a text tagged `!!str` looks like one that is not.
    if _LOADER is None or text.startswith("%") or "\n%" in text or "!!" in text:
        raise UnusualYamlError
    loader = _LOADER(text)
    try:
        root = loader.get_single_node()
        if root is None:
            return None
        hold_to_limits(root)
        return _value(root, {})
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        marked: Any = error
        if "depth" in str(getattr(marked, "problem", "")):
            # ruamel.yaml would take seconds to find it out.
            raise too_deep(marked.problem_mark) from None
        raise UnusualYamlError from error
    finally:
        loader.dispose()


def _value(node: Any, known: dict[int, Any]) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node)
    if id(node) not in known:
        known[id(node)] = _entries(node, known)
    return known[id(node)]


def _entries(node: Any, known: dict[int, Any]) -> Any:
    if isinstance(node, yaml.SequenceNode) and node.tag == _LIST:
        return [_value(item, known) for item in cast("list[Any]", node.value)]
    if not isinstance(node, yaml.MappingNode) or node.tag != _MAP:
        raise UnusualYamlError
    result: dict[str, Any] = {}
    for key_node, value_node in cast("list[tuple[Any, Any]]", node.value):
        key = _value(key_node, known)
        if not isinstance(key, str) or key in result:
            raise UnusualYamlError
        result[key] = _value(value_node, known)
    return result


def _scalar(node: Any) -> Any:
    if node.tag != _STRING:
        raise UnusualYamlError
    text: str = node.value
    if node.style:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if text[0].isalpha() or text[0] == "/":
        return text
    if _WHOLE.fullmatch(text):
        return int(text)
    if _BROKEN_OFF.fullmatch(text):
        return float(text)
    if any(pattern.match(text) for pattern in _patterns()):
        raise UnusualYamlError
    return text


@cache
def _patterns() -> list[re.Pattern[str]]:
    """What ruamel.yaml takes for something else than a string."""
    listed = cast("list[tuple[Any, str, Any, Any]]", implicit_resolvers)
    return [re.compile(pattern) for versions, _, pattern, _ in listed if (1, 2) in versions]
