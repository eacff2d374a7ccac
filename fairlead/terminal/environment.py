"""Can this Python run the command line? Asked before anything else is imported, so that a sentence says what to do.

This file is read by whatever Python there is: it keeps to what Python 3.6 understands.
"""

import importlib.util
import os
import sys

OLDEST = (3, 11)
PACKAGES = (
    *("filelock", "pulumi", "pulumi_aws", "pulumi_kubernetes", "pydantic"),
    *("rich", "ruamel.yaml", "typer", "watchfiles"),
)
_CHECKOUT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
_ACTIVATE = os.path.join(".venv", "bin", "activate")


def require() -> None:
    """End with exit code 2 where the command line could not be imported."""
    said = complaint(tuple(sys.version_info[:3]), [name for name in PACKAGES if not _is_installed(name)])
    if said:
        sys.stderr.write(f"error: {said}\n")
        sys.exit(2)


def complaint(version: "tuple[int, ...]", missing: "list[str]", checkout: str = _CHECKOUT) -> str:
    """What is wrong with a Python of this version without these packages, and what to do; nothing where all is well."""
    if version < OLDEST:
        numbers = ".".join(str(number) for number in version)
        wrong = f"fairlead needs Python {OLDEST[0]}.{OLDEST[1]} or newer, and {sys.executable} is {numbers}"
    elif missing:
        wrong = f"{sys.executable} lacks packages that fairlead needs ({', '.join(missing)})"
    else:
        return ""
    activate = _ACTIVATE if checkout == os.getcwd() else os.path.join(checkout, _ACTIVATE)
    inside = os.path.realpath(sys.prefix) == os.path.realpath(os.path.join(checkout, ".venv"))
    if os.path.isfile(os.path.join(checkout, _ACTIVATE)) and not inside:
        return f"{wrong}: type `. {activate}` first."
    return f"{wrong}: type `make install`, then `. {activate}`."


def _is_installed(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ImportError:
        # Of a name with a dot the package before it is imported.
        return False
