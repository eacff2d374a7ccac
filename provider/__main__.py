"""The Pulumi package fairlead: run by Pulumi's engine for programs that use it, in whichever language they are."""

import sys
from pathlib import Path

from pulumi.provider import main

# From a checkout its own components, else those of the installed package.
if (Path(__file__).parents[1] / "components" / "package").is_dir():
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from components.package.provider import PackageProvider
else:
    from fairlead_components.package.provider import PackageProvider

main(PackageProvider("0.1.0"), sys.argv[1:])
