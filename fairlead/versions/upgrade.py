"""Which changes between the Istio of a stack and a newer one touch it? Each with the word that it is about."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from packaging.version import InvalidVersion, Version

from fairlead.evaluation.snapshot import Snapshot
from fairlead.versions.newest import Get, UnaskedError, asked
from fairlead.versions.touching import touched, words_of
from fairlead.versions.upgrade_notes import Note, Page, notes, pages
from fairlead_mesh.versions import ISTIO_VERSION

_ISTIOD = "istiod"


@dataclass(frozen=True)
class Upgrade:
    """The changes from one version to another: those that touch the stack, each with its word; how many do not, their
    pages, and the pages that could not be read, with the reason."""

    stack: str
    older: str
    newer: str
    touching: tuple[tuple[Note, str], ...]
    others: int
    read: tuple[Page, ...]
    unread: tuple[str, ...] = ()


def istio_of(snapshot: Snapshot) -> str:
    """The version of Istio that a stack brings, or that of the table where another one brings it."""
    found = [each for each in snapshot.resources if each.is_release and each.chart == _ISTIOD]
    return str(found[0].inputs.get("version") or ISTIO_VERSION) if found else ISTIO_VERSION


def upgrade(snapshot: Snapshot, newer: str, get: Get = asked) -> Upgrade | None:
    """None where the stack has that version already, or a newer one."""
    older = istio_of(snapshot)
    try:
        if not Version(older) < Version(newer):
            return None
    except InvalidVersion:
        return None
    words, said = words_of(snapshot), list[tuple[Note, str]]()
    read, unread = list[Page](), list[str]()
    for page in pages(older, newer):
        try:
            said += [(note, touched(note, words)) for note in notes(page, get)]
            read.append(page)
        except UnaskedError as error:
            unread.append(str(error))
    touching = tuple((note, word) for note, word in said if word)
    return Upgrade(snapshot.stack, older, newer, touching, len(said) - len(touching), tuple(read), tuple(unread))


def upgrade_lines(found: Upgrade) -> list[str]:
    """For people."""
    head = f"Istio {found.older} to {found.newer}, stack {found.stack}"
    lines = [""]
    if found.touching:
        lines += [f"{head}: {len(found.touching)} of {len(found.touching) + found.others} changes touch it:"]
        wide = max(len(note.version) for note, _ in found.touching)
        lines += [f"  {note.version:<{wide}}  {note.title}  [{word}]" for note, word in found.touching]
    elif found.read:
        lines += [f"{head}: none of {found.others} changes names anything that it has"]
    lines += [f"  all of {page.version}: {page.shown}" for page in found.read]
    lines += [f"{head}: its changes could not be read:"] if found.unread and not found.read else []
    return lines + [f"  not read: {reason}" for reason in dict.fromkeys(found.unread)]


def evaluated(program: Path, stack: str | None, config_file: Path | None) -> Snapshot:
    """The stack that is asked about. Raises UserError."""
    from fairlead.evaluation.evaluation import evaluate  # noqa: PLC0415 - versions alone needs no program
    from fairlead.yaml_files.stack_reader import read_stack_file  # noqa: PLC0415

    return evaluate(program, read_stack_file(program, stack=stack, config_file=config_file))
