"""Does a value meet one of Istio's string matches? `exact`, `prefix` and `regex`, as Envoy compares them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.traffic.undecided import UndecidedError

_FORMS = ("exact", "prefix", "regex")
_QUOTED = re.compile(r"\\Q(.*?)(?:\\E|$)", re.DOTALL)
_GROUP = re.compile(r"\\([0-9\\])")
_NOT_RE2 = re.compile(r"\\[1-9]|\(\?(?:=|!|<=|<!|>|\()|[*+?}]\+")


def matches(wanted: Mapping[str, Any], value: str, *, ignore_case: bool = False) -> bool:
    """Whether a value meets a match; one that says nothing is met by every value.

    Raises UndecidedError for a regular expression that RE2 and Python do not read alike.
    """
    if means_present(wanted):
        return True
    if "regex" in wanted:
        return _compiled(str(wanted["regex"])).fullmatch(value) is not None
    given = value.lower() if ignore_case else value
    for key, meets in (("exact", str.__eq__), ("prefix", str.startswith)):
        if key in wanted:
            text = str(wanted[key])
            return bool(meets(given, text.lower() if ignore_case else text))
    return True


def means_present(wanted: Mapping[str, Any]) -> bool:
    """Whether a match asks no more than that there is a value: `{}`, or Istio's own `regex: "*"`
    (canBeConvertedToPresentMatch in pilot/pkg/networking/core/route/route.go)."""
    return wanted.get("regex") == "*" or not any(key in wanted for key in ("exact", "prefix", "regex"))


def substituted(pattern: str, rewrite: str, text: str) -> str:
    """The text with all that a regular expression finds replaced as RE2 does: `\\1` is a group, `\\0` all of it.

    Raises UndecidedError.
    """
    found = _compiled(pattern)
    return found.sub(lambda match: _GROUP.sub(lambda group: _of_group(match, group[1]), rewrite), text)


def _of_group(match: re.Match[str], named: str) -> str:
    if not named.isdigit():
        return named
    return match[int(named)] or "" if int(named) <= len(match.groups()) else ""


@lru_cache(maxsize=1 << 12)
def _compiled(pattern: str) -> re.Pattern[str]:
    unquoted = _QUOTED.sub(lambda found: re.escape(found[1]), pattern)
    try:
        if _NOT_RE2.search(unquoted):
            raise re.error("not RE2")
        return re.compile(unquoted.replace(r"\z", r"\Z"), re.ASCII)
    except (re.error, OverflowError, RecursionError):
        raise UndecidedError(f"the regular expression {pattern} cannot be evaluated as in Envoy's RE2") from None


def in_words(wanted: Mapping[str, Any]) -> str:
    """`prefix /api`."""
    return next((f"{key} {wanted[key]}" for key in ("exact", "prefix", "regex") if key in wanted), "any value")


def contradict(wide: Any, narrow: Any) -> bool:
    """Whether a delegate's match is not within the root's, where both say something (stringMatchConflict in
    pilot/pkg/model/virtualservice.go)."""
    if wide is None or narrow is None:
        return False
    outer, inner = _form(as_map(wide)), _form(as_map(narrow))
    if outer is None or inner is None or "regex" in (outer[0], inner[0]):
        return True
    if outer[0] == "exact":
        return inner != outer
    return not inner[1].startswith(outer[1])


def _form(match: Mapping[str, Any]) -> tuple[str, str] | None:
    return next(((form, str(match[form])) for form in _FORMS if match.get(form)), None)
