"""How does `versions` run? Every row is asked about at the same time, and a row that cannot be asked about says why."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from fairlead.versions.newest import Get, UnaskedError, asked, newest
from fairlead.versions.pinned import Pinned, pinned
from fairlead.versions.upgrade import evaluated, upgrade, upgrade_lines

_AT_A_TIME = 8
_ISTIOD = "istiod"
_NOTES = "https://istio.io/latest/news/releases/"


@dataclass(frozen=True)
class Row:
    """A pinned version with the newest one; `newest` is empty where nothing was asked, and `unasked` says why."""

    pinned: Pinned
    newest: str = ""
    unasked: str = ""


def rows(*, offline: bool, get: Get = asked) -> list[Row]:
    """Every row, in the order of the table."""
    known = pinned()
    if offline:
        return [Row(each) for each in known]
    with ThreadPoolExecutor(max_workers=_AT_A_TIME) as pool:
        return list(pool.map(partial(_row, get=get), known))


def _row(each: Pinned, get: Get) -> Row:
    try:
        found = newest(each, get)
    except UnaskedError as error:
        return Row(each, unasked=str(error))
    return Row(each, found, "" if found else "its tags have no order")


def text_table(found: Sequence[Row]) -> str:
    """One line a row, and behind them what could not be asked."""
    wide = max(len(each.pinned.name) for each in found)
    number = max(len(each.pinned.version) for each in found)
    lines = [
        f"{each.source:<7}  {each.name:<{wide}}  {each.version:<{number}}  {_said(row)}".rstrip()
        for row, each in ((row, row.pinned) for row in found)
    ]
    reasons = dict.fromkeys(each.unasked for each in found if each.unasked)
    if reasons:
        lines += ["", "Not asked:", *(f"  {reason}" for reason in reasons)]
    if any(each.newest not in ("", each.pinned.version) and each.pinned.name == _ISTIOD for each in found):
        lines += [
            "",
            f"Read the upgrade notes of Istio between the two before you change it: {_NOTES}",
            "With --stack, those are named that touch the stack.",
        ]
    return "\n".join(lines)


def versions_command(
    stack: str | None, config_file: Path | None, program: Path, *, to: str | None, offline: bool, as_json: bool
) -> str:
    """What to print. Raises UserError where the stack cannot be evaluated."""
    snapshot = evaluated(program, stack, config_file) if stack is not None or config_file is not None else None
    found = rows(offline=offline)
    if as_json:
        return json_table(found)
    newest_istio = next((each.newest for each in found if each.pinned.name == _ISTIOD), "")
    if snapshot is None or offline:
        return text_table(found)
    wanted = to or newest_istio
    if not wanted:
        return (
            f"{text_table(found)}\n\nIstio's upgrade notes: not read, as its newest version is unknown; --to names one"
        )
    on_the_way = upgrade(snapshot, wanted)
    return "\n".join([text_table(found), *(upgrade_lines(on_the_way) if on_the_way else [])])


def _said(row: Row) -> str:
    if row.unasked:
        return "newest unknown"
    return "" if not row.newest else "newest" if row.newest == row.pinned.version else f"newest is {row.newest}"


def json_table(found: Sequence[Row]) -> str:
    """The same as a list."""
    listed = [{**asdict(each.pinned), "newest": each.newest, "unasked": each.unasked} for each in found]
    return json.dumps(listed, indent=2)
