"""What is wrong with a stack or its cluster? Every check asked, in the order in which one depends on another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from fairlead.doctor.checks import __path__ as folder
from fairlead.doctor.examined import Examined
from fairlead.doctor.finding import Check, Diagnosis, Seen, Skip, Verdict
from fairlead.terminal.errors import UserError

_CHECK = "_check"
_OPEN = "Nothing is known of it: it could not be looked at."


@dataclass(frozen=True)
class Named:
    """A check by the name of its file; `quick` where `up` may ask it each time: it costs a few requests."""

    name: str
    quick: bool
    check: Check


def _checks() -> Iterator[Named]:
    files = sorted(each.name for each in iter_modules(folder) if each.name.endswith(_CHECK))
    modules: list[tuple[str, ModuleType]] = [(each, import_module(f"fairlead.doctor.checks.{each}")) for each in files]
    for name, module in sorted(modules, key=lambda one: (one[1].ORDER, one[0])):
        yield Named(name.removesuffix(_CHECK).replace("_", " "), module.QUICK, module.check)


CHECKS = tuple(_checks())


def diagnoses(examined: Examined, *, quick: bool = False) -> Iterator[Diagnosis]:
    """What each check says, one after the other; with `quick` only the checks that take no time."""
    for each in CHECKS:
        if each.quick or not quick:
            yield from (Diagnosis(each.name, seen) for seen in _asked(each, examined))


def _asked(named: Named, examined: Examined) -> list[Seen]:
    try:
        return list(named.check(examined))
    except Skip as why:
        return [Seen(Verdict.SKIPPED, str(why))]
    except UserError as error:
        return [Seen(Verdict.WARNING, f"could not be checked: {error.message}", error.remedy or _OPEN)]
