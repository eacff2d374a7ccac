"""Which fairlead does a project name, and which one runs here? Two that are not the same register other resources."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from urllib.parse import unquote, urlsplit

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from fairlead.comparison.lock_file import LockFile, lock_file

NAME = "fairlead"
REQUIREMENTS = "requirements.txt"
_PACKAGE = Path(__file__).resolve().parents[1]
_CODE = ("fairlead", "fairlead_mesh")
_OPTIONS = ("--cwd", "-C")
_WHEEL = re.compile(r"/[A-Za-z0-9_.]+-(\d[\w.!+]*)-[^/]*\.whl$")


def installed() -> str:
    """The version of the package that runs; empty where this is the code of a clone."""
    found = _own_distribution()
    return found.version if found else ""


def wheel_folder() -> Path | None:
    """Where the package was installed from, where that was a file of this machine and not an index."""
    found = _own_distribution()
    origin = json.loads((found and found.read_text("direct_url.json")) or "{}")
    address = urlsplit(str(origin.get("url", "")))
    if address.scheme != "file" or "archive_info" not in origin:
        return None
    # On Windows a drive stands behind the first slash.
    path = unquote(address.path)
    return Path(path[1:] if path[2:3] == ":" else path).parent


def is_clone(program: Path) -> bool:
    """Whether a folder has this repository's own code, which then runs and no installed one."""
    return all((program / part / "__init__.py").is_file() for part in _CODE)


def wanted(lock: LockFile) -> Requirement | None:
    """What a project asks for of this package; None where it does not name it."""
    line = lock.packages.get(NAME)
    return _requirement(line) if line else None


def named(program: Path) -> str:
    """The version that a project's requirements.txt names, as people write it; empty where it names none."""
    asked = wanted(lock_file(program / REQUIREMENTS))
    return _told(asked) if asked else ""


def mismatch(program: Path) -> str:
    """What to say where a project names another version than the one that runs; empty where they agree."""
    here, asked = installed(), wanted(lock_file(program / REQUIREMENTS))
    if not here or asked is None or asked.specifier.contains(here, prereleases=True):
        return ""
    told = _told(asked)
    return f"This is fairlead {here}, and {program / REQUIREMENTS} names fairlead {told}"


def is_installed(lock: LockFile) -> bool:
    """Whether each package of a lock file is installed here in a version that it allows."""
    asked = [found for line in lock.packages.values() if (found := _requirement(line))]
    return all(_has(each) for each in asked if each.marker is None or each.marker.evaluate())


def _has(asked: Requirement) -> bool:
    try:
        found = installed() if canonicalize_name(asked.name) == NAME else distribution(asked.name).version
    except PackageNotFoundError:
        return False
    return bool(found) and asked.specifier.contains(found, prereleases=True)


def _requirement(line: str) -> Requirement | None:
    try:
        found = Requirement(line.partition(" --hash=")[0])
    except InvalidRequirement:
        return None
    # A wheel says its version in its name.
    version = _WHEEL.search(found.url or "")
    return Requirement(f"{found.name}=={version[1]}") if version else found


def _told(asked: Requirement) -> str:
    pinned = [each.version for each in asked.specifier if each.operator == "=="]
    return pinned[0] if len(pinned) == len(asked.specifier) == 1 else str(asked.specifier) or "of any version"


@cache
def _own_distribution() -> Distribution | None:
    try:
        found = distribution(NAME)
    except PackageNotFoundError:
        return None
    # A clone may be run beside a package that is installed, too.
    return found if Path(str(found.locate_file(NAME))).resolve() == _PACKAGE else None


def program_folder(arguments: Sequence[str]) -> Path:
    """The folder of the program that a command line is about: that of --cwd, else the one it is started in."""
    for place, word in enumerate(arguments):
        if word in _OPTIONS and place + 1 < len(arguments):
            return Path(arguments[place + 1])
        if word.startswith("--cwd="):
            return Path(word.removeprefix("--cwd="))
    return Path()
