"""At which second did a new split become true? Asked again and again, until the last requests say so."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from fairlead.verify.asking import Asking
from fairlead.verify.ends import ends_of, in_words
from fairlead.verify.live.observed_split import observable
from fairlead.verify.observation import Observer
from fairlead.verify.promise import Evidence, Promise, Verdict, broken, holds, unasked
from fairlead.verify.sending import CannotSendError
from fairlead.verify.statistics.shares_test import Ruling, SharesTest
from fairlead.verify.trial import Trial

_BATCH = 25


@dataclass
class Follower:
    """One split: requests are tested from a start on; where they contradict it, the start moves to now."""

    shares: Mapping[str, float]
    alarm: float
    start: float = 0.0
    _test: SharesTest | None = None

    def see(self, counts: Mapping[str, int], began: float, ended: float) -> float | None:
        """The second from which on it is true, once that is clear; the batch was sent from `began` to `ended`."""
        if self._test is None:
            self._test, self.start = SharesTest(self.shares, self.alarm), began
        ruling = self._test.see(counts)
        if ruling is Ruling.TRUE:
            return self.start
        if ruling is Ruling.FALSE:
            self._test, self.start = None, ended
        return None


@dataclass
class Watch:
    """A watch over the splits of a stack. `say` gets a line for what has changed, `clock` is the time in seconds."""

    asking: Asking
    within: float
    say: Callable[[str], None]
    clock: Callable[[], float] = time.monotonic
    _began: float = field(default=0.0)

    def verdicts(self, promises: Iterable[Promise]) -> Iterator[Verdict]:
        """Each split once it is true, and those that never became so when the time is over."""
        self._began = self.clock()
        chosen = observable(promises)
        alarm = self.asking.alarm / max(1, len(chosen))
        left = {each.id: _Watched(each, self.asking, alarm) for each in chosen}
        while left and self._second() < self.within:
            for key, each in list(left.items()):
                if found := self._asked(each):
                    del left[key]
                    yield found
        for each in left.values():
            evidence = Evidence(f"not within {self.within:.0f} s; last seen: {each.seen}", requests=each.trial.sent)
            yield broken(each.promise, evidence)

    def _asked(self, each: _Watched) -> Verdict | None:
        began = self._second()
        try:
            counts, unclear = each.asked()
        except CannotSendError as why:
            return unasked(each.promise, str(why))
        ended = self._second()
        if unclear:
            return None
        since = each.follower.see(counts, began, ended)
        self.asking.progress.busy(f"{ended:.0f} s: {each.promise.about}: {each.seen}")
        if since is None:
            return None
        self.say(f"  {each.promise.sentence}: true since second {since:.0f}, clear at second {ended:.0f}")
        seen = f"true since second {since:.0f}, clear at second {ended:.0f}: {each.seen}"
        return holds(each.promise, Evidence(seen, each.trial.sender.place, each.trial.sent))

    def _second(self) -> float:
        return self.clock() - self._began


class _Watched:
    """A promise with its requests."""

    def __init__(self, promise: Promise, asking: Asking, alarm: float) -> None:
        if promise.request is None or promise.expected is None:
            raise CannotSendError("it has no request")
        self.promise = promise
        self.ends = ends_of(promise.expected)
        self.trial = Trial(asking, promise.request)
        self.follower = Follower(self.ends.shares, alarm)
        self.seen = "nothing yet"
        self._observer = Observer(self.trial, self.ends)

    def asked(self) -> tuple[Mapping[str, int], str]:
        """How the requests of one batch ended, and why that is not clear."""
        found = self._observer.seen(_BATCH, shares=True)
        number = max(1, found.ends.total())
        said = sorted(found.ends.items(), key=lambda each: -each[1])
        self.seen = ", ".join(f"{100 * times / number:.0f} % {in_words(each, self.ends)}" for each, times in said)
        return found.ends, found.unclear
