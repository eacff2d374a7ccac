"""Is the state of a local backend whole? A killed run can leave a file cut off that Pulumi then cannot read.

Only a backend in a folder can be cut off in the middle: it writes a state, and a file of attributes beside it, in turn
(gocloud.dev/blob/fileblob). Others write a state whole or not at all.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from fairlead.terminal.errors import UserError

_VERSION = 3


def backend_folder(environment: Mapping[str, str], program: Path) -> Path | None:
    """The folder of a `file://` backend that the environment names; None for any other backend."""
    url = environment.get("PULUMI_BACKEND_URL", "")
    if not url.startswith("file://"):
        return None
    parts = urlsplit(url)
    path = unquote(f"{parts.netloc}{parts.path}")
    return (program / Path(path).expanduser()).resolve()


def whole_state(folder: Path, project: str, stack: str) -> dict[str, Any] | None:
    """The state as `pulumi stack export` writes it; None where only the CLI can tell what is there.

    The form of the file is Pulumi's own (apitype.VersionedCheckpoint in pulumi/pulumi, sdk/go/common/apitype).
    """
    file = folder / ".pulumi" / "stacks" / project / f"{stack}.json"
    attributes = file.with_name(f"{file.name}.attrs")
    if file.with_name(f"{file.name}.gz").exists() or (attributes.exists() and not _is_whole(attributes)):
        return None
    try:
        written: Any = json.loads(file.read_text(encoding="utf-8"))
        latest = written["checkpoint"]["latest"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return {"version": _VERSION, "deployment": latest} if latest and written["version"] == _VERSION else None


def restored(folder: Path, project: str, stack: str) -> str:
    """Make a state readable again that was cut off, and say how. Raises UserError where no whole version is left."""
    file = folder / ".pulumi" / "stacks" / project / f"{stack}.json"
    attributes = [file.with_name(f"{file.name}{suffix}.attrs") for suffix in ("", ".bak")]
    for each in attributes:
        if each.is_file() and not _is_whole(each):
            each.unlink()
    if _is_whole(file):
        return "the state's file of attributes was cut off by a killed run: removed, the state itself is whole"
    before = file.with_name(f"{file.name}.bak")
    if not _is_whole(before):
        raise UserError(
            f"The state {file} was cut off, and there is no version before it that is whole.",
            "Restore it from a backup, or import a version of .pulumi/backups or .pulumi/history: pulumi stack import.",
        )
    draft = file.with_name(f"{file.name}.draft")
    shutil.copyfile(before, draft)
    os.replace(draft, file)
    return "the state was cut off by a killed run: the version before its last step is used"


def without_cut_off_locks(folder: Path, project: str, stack: str) -> bool:
    """Remove locks that were cut off while they were written; whether there were any.

    Whoever wrote one failed at it, and so never had the stack; but everybody after fails to read it.
    """
    locks = folder / ".pulumi" / "locks" / "organization" / project / stack
    # Beside a lock are its attributes, and what was to become either of them: NAME.json.attrs, NAME.json.1a2b.tmp.
    cut_off = [each for each in locks.glob("*.json*") if not _is_whole(each)]
    for name in {each.name.partition(".json")[0] for each in cut_off}:
        for each in locks.glob(f"{name}.json*"):
            each.unlink(missing_ok=True)
    return bool(cut_off)


def _is_whole(file: Path) -> bool:
    try:
        return bool(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return False
