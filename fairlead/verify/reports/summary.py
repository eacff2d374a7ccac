"""How do all promises stand, in one line, and which exit code says it?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from fairlead.verify.promise import Promise, Standing, Verdict

KEPT, BROKEN, UNASKED = 0, 1, 2


def exit_code(found: Sequence[Verdict], *, strict: bool) -> int:
    """0 where all that was tested holds, 1 where a promise does not, 2 where one that has a test could not be asked;
    strictly also where one has no test."""
    if any(each.standing is Standing.BROKEN for each in found):
        return BROKEN
    open_ones = [each for each in found if each.standing is Standing.UNASKED and (strict or not each.promise.untested)]
    return UNASKED if open_ones or not found else KEPT


def summary(found: Sequence[Verdict]) -> str:
    """`36 hold, 1 does not hold, 2 could not be asked, 4 not tested; 1,204 requests`."""
    number = Counter("not tested" if each.promise.untested else each.standing.value for each in found)
    words = {"holds": ("holds", "hold"), "does not hold": ("does not hold", "do not hold")}
    order = ("does not hold", "could not be asked", "holds", "not tested")
    said = [f"{number[each]} {words.get(each, (each, each))[number[each] != 1]}" for each in order if number[each]]
    requests = sum(each.evidence.requests for each in found if each.evidence)
    return f"{', '.join(said) or 'nothing is promised'}; {requests:,} requests"


def announced(promises: Sequence[Promise], rate: float) -> str:
    """How much is about to be sent."""
    tested = [each for each in promises if not each.untested]
    requests = sum(each.requests for each in tested)
    return (
        f"{len(promises)} promises, {len(tested)} of them tested: about {requests:,} requests, at most {rate:g} in a "
        f"second, so about {requests / rate:.0f} s"
    )
