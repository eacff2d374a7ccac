"""What is a section called, where others have the name of its object, or no section can have it?"""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import count

_LONGEST = 63


def free_name(wanted: str, namespace: str, taken: Collection[str]) -> str:
    """A name like this that nothing has yet: of two in different namespaces, the second one says its own."""
    plain = re.sub(r"[^a-z0-9]+", "-", wanted.lower()).strip("-")[:_LONGEST].rstrip("-") or "app"
    tries = (f"{plain}-{namespace}", *(f"{plain}-{number}" for number in range(2, 9)))
    found = (each for each in (plain, *tries) if len(each) <= _LONGEST and each not in taken)
    return next(found, "") or next(each for number in count(9) if (each := f"app-{number}") not in taken)
