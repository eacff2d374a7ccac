"""Is the Pulumi CLI there?"""

from __future__ import annotations

import shutil
from collections.abc import Iterator

from fairlead.doctor.examined import Examined
from fairlead.doctor.finding import Seen, ok, warning

ORDER = 2
QUICK = True


def check(examined: Examined) -> Iterator[Seen]:  # noqa: ARG001 - every check is asked alike
    """On PATH; `up` else downloads it."""
    found = shutil.which("pulumi")
    if found:
        yield ok(found)
    else:
        remedy = "install it (https://www.pulumi.com/docs/install/), or let up download it"
        yield warning("the Pulumi CLI is not on PATH", remedy)
