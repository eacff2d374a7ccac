"""How far may what a stack names reach? Into its repository: whoever writes the stack file, or a link beside it, may
be a stranger, and the file that it leads to may be anybody's."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

_GIT = ".git"


def own_cache(env: Mapping[str, str] = os.environ) -> Path:
    """Where this program keeps what it built or fetched."""
    home = env.get("XDG_CACHE_HOME") or str(Path(env.get("HOME") or "~").expanduser() / ".cache")
    return Path(home) / "fairlead"


def boundary(folder: Path) -> Path:
    """The repository that a folder is in; the folder itself where there is none."""
    whole = folder.resolve()
    return next((each for each in (whole, *whole.parents) if (each / _GIT).exists()), whole)


def leads_out(path: Path, root: Path) -> bool:
    """Whether a path ends outside of `root` when every link is followed, or in what git keeps there."""
    try:
        whole = path.resolve()
    except (OSError, RuntimeError, ValueError):
        # Links that lead to each other, or a name that none has.
        return True
    return not whole.is_relative_to(root) or _GIT in whole.relative_to(root).parts


def strays(folder: Path, root: Path) -> Iterator[Path]:
    """The links in a folder, and in those that links lead to, that end outside of `root`."""
    waiting, seen = [folder], set[Path]()
    while waiting:
        here = waiting.pop()
        if (whole := here.resolve()) in seen:
            continue
        seen.add(whole)
        for each in sorted(here.iterdir(), reverse=True):
            if each.is_symlink() and leads_out(each, root):
                yield each
            elif each.is_dir():
                waiting.append(each)


def chart_problem(chart: Path, program: Path) -> tuple[str, str] | None:
    """Why Helm must not read a chart of this machine, and what to do instead; None where it may.

    Helm follows links, and a template prints any file of its chart.
    """
    root = boundary(program)
    if leads_out(chart, root) and leads_out(chart, own_cache().resolve()):
        return "leads out of the repository", "Copy the charts into the repository."
    for stray in strays(chart, root) if chart.is_dir() and not leads_out(chart, root) else ():
        name = stray.relative_to(chart)
        return f"{name} in it is a link that leads out of the repository", "Replace the link by the file."
    return None
