"""How does `make up` find the Pulumi CLI? On PATH, else in the SDK's version, installed by the SDK's own installer."""

from __future__ import annotations

import os
import shutil
import sys
from importlib.metadata import version
from pathlib import Path

from fairlead.terminal.errors import UserError

_REMEDY = "Install the Pulumi CLI by hand (https://www.pulumi.com/docs/install/) and put it on PATH."


def pulumi_cli() -> str:
    """The program to run. Raises UserError where it is missing and cannot be downloaded."""
    on_path = shutil.which("pulumi")
    if on_path:
        return on_path
    # Pulumi's SDK takes longer to load than all else here, and only its installer is needed.
    import semver  # noqa: PLC0415
    from pulumi.automation import PulumiCommand  # noqa: PLC0415

    wanted = semver.VersionInfo.parse(version("pulumi"))
    root = Path.home() / ".pulumi" / "versions" / str(wanted)
    if not (root / "bin" / "pulumi").exists():
        print(f"pulumi is not on PATH: installing {wanted} in {root}", file=sys.stderr)
    try:
        return PulumiCommand.install(root=str(root), version=wanted).command
    except Exception as error:
        raise UserError(f"pulumi {wanted} cannot be downloaded: {_last_line(error)}", _REMEDY) from None


def _last_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[-1]


def main() -> None:
    """Run the CLI with the arguments of this process, in its place."""
    try:
        program = pulumi_cli()
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)
    os.execv(program, [program, *sys.argv[1:]])  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main()
