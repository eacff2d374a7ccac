"""How did requests end, and whose answers are they? By what the answers say, else by what the first proxy counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from fairlead.verify.ends import APP, NO_ANSWER, STATUS, Ends, end_of, in_words, is_of_app, named_workload
from fairlead.verify.promise import Evidence
from fairlead.verify.sending import OPEN, Answer
from fairlead.verify.trial import Batch, Trial, siblings
from fairlead_mesh.model.traffic.explanation import explanation
from fairlead_mesh.model.traffic.mesh import Mesh
from fairlead_mesh.model.traffic.outcome import OUTSIDE

_UNNAMED = f"{APP}?"
_OTHERS = (
    "other requests went through the same proxy at the same time, and the answers do not say whose they are: "
    "--observe reads splits"
)
_UNKNOWN = "the answers do not say whose they are, and no proxy can be asked"
_FAILED = 400
_LINE = 300


@dataclass(frozen=True)
class Observation:
    """Ends by category; `unclear` says why nobody knows whose answers these are. `statuses` are the apps' own."""

    ends: Counter[str] = field(default_factory=Counter[str])
    statuses: Counter[int] = field(default_factory=Counter[int])
    errors: tuple[str, ...] = ()
    unclear: str = ""
    by: str = ""

    def and_more(self, other: Observation) -> Observation:
        """Both."""
        errors = tuple(dict.fromkeys((*self.errors, *other.errors)))
        return Observation(self.ends + other.ends, self.statuses + other.statuses, errors, other.unclear, other.by)


@dataclass
class Observer:
    """A trial, and the ends that its requests may have."""

    trial: Trial
    ends: Ends
    _says: bool | None = None
    """Whether the apps' answers say whose they are; None until the first has come."""

    def seen(self, number: int, *, shares: bool = False) -> Observation:
        """So many requests more. Raises CannotSendError."""
        batch = self.trial.batch(number, counted=self._says is False or self.trial.is_relayed)
        is_http = self.trial.request.scheme != "tcp"
        if is_http and self.trial.is_relayed and batch.counted is not None and sum(batch.counted.values()) < number:
            found = Counter(
                f"{STATUS}{each.status}" if each.status else end_of(each, self.ends) for each in batch.answers
            )
            return replace(self._observed(found, batch.answers, ""), statuses=Counter())
        of_apps, is_named = self._of_apps(batch)
        if of_apps and self._says is None:
            self._says = is_named
            if not is_named and self.trial.asking.access.proxies is not None:
                # Counts take a while, and only now it is known that they are needed.
                batch = self.trial.batch(number, counted=True)
                of_apps, is_named = self._of_apps(batch)
        if is_named:
            return self._by_names(batch.answers, "the answers name who gave them" if of_apps else "")
        return self._by_counts(batch, of_apps, shares=shares)

    @property
    def _mesh(self) -> Mesh:
        return self.trial.asking.subject.mesh

    def _of_apps(self, batch: Batch) -> tuple[list[Answer], bool]:
        """The answers of apps, and whether each names whose it is."""
        found = [each for each in batch.answers if is_of_app(each, self.ends)]
        return found, all(self._named(each) for each in found)

    def _named(self, answer: Answer) -> str:
        request = self.trial.request
        return named_workload(answer, self._candidates, (request.authority, request.host, request.to))

    @cached_property
    def _candidates(self) -> frozenset[str]:
        return siblings(self._mesh, self.ends.workloads)

    @cached_property
    def _copies(self) -> frozenset[str]:
        """Workloads that get mirrored requests."""
        expected = explanation(self._mesh, self.trial.request)
        return frozenset(expected.received.keys() - expected.answered.keys())

    def is_any_app(self, category: str) -> bool:
        """Whether it is an app's answer where only one app may answer, and nobody says that it is another's."""
        return category == _UNNAMED and len(self.ends.apps) == 1

    def _by_names(self, answers: tuple[Answer, ...], by: str) -> Observation:
        found = Counter(end_of(each, self.ends, self._named(each)) for each in answers)
        return self._observed(found, answers, by)

    def _by_counts(self, batch: Batch, of_apps: list[Answer], *, shares: bool) -> Observation:
        found = Counter(end_of(each, self.ends) for each in batch.answers if each not in of_apps)
        if batch.counted is None:
            unclear = _UNKNOWN if len(self.ends.apps) > 1 else ""
            found += Counter({_UNNAMED if unclear else next(iter(self.ends.apps), _UNNAMED): len(of_apps)})
            return self._observed(found, batch.answers, "the answers do not say whose they are", unclear)
        counted = self._got(batch.counted)
        total, wanted = sum(counted.values()), len(of_apps)
        ours = {name: times for name, times in counted.items() if name in self.ends.workloads}
        if not shares and sum(ours.values()) >= wanted:
            found += Counter({self.ends.of_workload(max(ours, key=lambda name: ours[name])): wanted} if ours else {})
            return self._observed(found, batch.answers, "counted by the first proxy")
        if sum(ours.values()) == wanted:
            # What else the proxy sent meanwhile, such as spans of traces, is none of them.
            counted, total = ours, wanted
        unclear = _OTHERS if total > wanted else ""
        for name, times in counted.items():
            found[self.ends.of_workload(name)] += times
        # A connection without HTTP is open before the proxy has reached anybody.
        found[NO_ANSWER if self.trial.request.scheme == "tcp" else _UNNAMED] += max(0, wanted - total)
        return self._observed(found, batch.answers, "counted by the first proxy", unclear)

    def _got(self, counted: Mapping[str, int]) -> dict[str, int]:
        """Who got how many. An address of no pod, where a host outside of the mesh is expected, is that host's."""
        found = Counter[str]()
        for name, times in counted.items():
            if name not in self._copies:
                found[OUTSIDE if OUTSIDE in self.ends.workloads and "/" not in name else name] += times
        return found

    def _observed(self, ends: Counter[str], answers: tuple[Answer, ...], by: str, unclear: str = "") -> Observation:
        own = Counter(each.status for each in answers if each.status is not None and is_of_app(each, self.ends))
        errors = [f"{each.error}: {each.why}" for each in answers if each.error not in ("", OPEN)]
        errors += [f'"{said}"' for each in answers if (said := self._said(each))]
        errors = tuple(dict.fromkeys(errors))
        return Observation(+ends, own, errors, unclear, by)

    def _said(self, answer: Answer) -> str:
        """What a proxy that answers itself says of the reason: one line, if it says any."""
        if answer.status is None or answer.status < _FAILED or is_of_app(answer, self.ends):
            return ""
        text = answer.text.strip()
        return text if len(text) <= _LINE and "\n" not in text else ""

    def evidence(self, seen: Observation, p: float | None = None) -> Evidence:
        """What was seen, in words and in numbers."""
        number = seen.ends.total()
        said = [
            f"{times} x {in_words(category, self.ends)} ({100 * times / number:.1f} %)"
            for category, times in sorted(seen.ends.items(), key=lambda each: -each[1])
        ]
        failed = [f"{times} x {status}" for status, times in sorted(seen.statuses.items()) if status >= _FAILED]
        said += [f"the app's own status: {', '.join(failed)}"] if failed else []
        said += list(seen.errors[:3])
        said += [seen.by] if seen.by and self.ends.apps else []
        return Evidence(
            "; ".join(said),
            self.trial.sender.place,
            self.trial.sent,
            self.trial.seconds,
            {name: float(times) for name, times in sorted(seen.ends.items())},
            p,
        )
