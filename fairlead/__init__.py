"""What will change, and does it work? The command line over the same program that `pulumi up` runs."""

import sys

# `python -m fairlead` has found the package and imported nothing of it yet.
if sys.argv[:1] == ["-m"]:
    from fairlead.terminal.environment import require

    require()
