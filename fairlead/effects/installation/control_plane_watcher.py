"""Which Istio runs, and which ran before? Versions of its charts, how they go together, and istiod's coming and going.

Istio supports upgrades of one minor version at a time, and proxies as old as the minor before istiod's (its pages on
upgrades and supported releases); a proxy's version is that of the istiod which injected it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from fairlead.comparison.comparison import Comparison
from fairlead.effects.effect import Effect, Effects, Hurt
from fairlead.effects.installation.installation import Installed, installed, release_name
from fairlead.effects.installation.istio_upgrade import CHARTS, Pair, upgrade
from fairlead.effects.words import wording


def watch(comparison: Comparison) -> Effects:
    """What another version of Istio's charts means, or one chart more or less."""
    before, after = (installed(side, *CHARTS) for side in (comparison.before, comparison.after))
    both = [(before[key], after[key]) for key in sorted(before.keys() & after.keys())]
    yield from _versions([(old, new) for old, new in both if old.version != new.version], comparison)
    for key in sorted(before.keys() ^ after.keys()):
        release = before.get(key) or after[key]
        if release.chart in ("istiod", "cni", "ztunnel"):
            yield from _there(release, comparison, after)
    known = set(_mismatches(before))
    for subject, text, advice in _mismatches(after):
        if (subject, text, advice) not in known:
            yield Effect(subject, text, Hurt.CONTROL_PLANE if comparison.deploys else None, advice)


def _versions(moved: Sequence[Pair], comparison: Comparison) -> Iterator[Effect]:
    """One sentence for all charts that go from one version to another."""
    together: dict[tuple[str, str], list[Pair]] = defaultdict(list)
    for old, new in moved:
        if comparison.deploys and old.version and new.version:
            together[old.version, new.version].append((old, new))
            continue
        what = wording(comparison).goes("version", old.version or "unspecified", new.version or "unspecified")
        yield Effect(release_name(new), what, Hurt.CONTROL_PLANE if comparison.deploys else None)
    yield from map(upgrade, together.values())


def _there(release: Installed, comparison: Comparison, after: dict[str, Installed]) -> Iterator[Effect]:
    words = wording(comparison)
    subject = f"{release_name(release)} {release.version}".strip()
    if release.key in after:
        yield Effect(subject, "installed" if comparison.deploys else words.created)
        return
    others = [each for each in after.values() if each.chart == release.chart]
    if not comparison.deploys:
        yield Effect(subject, words.deleted)
    elif release.chart == "istiod" and not others:
        text = "no istiod is left: new pods in injected namespaces fail or get no sidecar, and certificates expire"
        yield Effect(subject, text, Hurt.INTERRUPTS, "take the workloads out of the mesh first")
    elif release.chart == "ztunnel" and not others:
        yield Effect(
            subject,
            "ambient pods lose their connection to the mesh",
            Hurt.INTERRUPTS,
            "take the namespaces out of ambient first",
        )
    elif release.chart == "cni" and not others:
        text = "new pods set up traffic redirection themselves, which needs NET_ADMIN"
        yield Effect(subject, text, Hurt.INTERRUPTS, "Pod Security must admit istio-init in every injected namespace")
    else:
        yield Effect(subject, "uninstalled", Hurt.CONTROL_PLANE, "make sure that no sidecar uses it any more")


def _mismatches(side: dict[str, Installed]) -> Iterator[tuple[str, str, str]]:
    """Charts whose minor version is not istiod's: subject, text and advice."""
    istiods = sorted({each.minor for each in side.values() if each.chart == "istiod" and each.minor})
    if not istiods:
        return
    newest, oldest = istiods[-1], istiods[0]
    for each in side.values():
        if each.chart == "base" and each.minor and each.minor != newest:
            text = f"version {each.version} with istiod {newest[0]}.{newest[1]}: the CRDs may lack fields"
            yield release_name(each), text, "use the version of the newest istiod for chart base"
        elif each.chart in ("gateway", "cni", "ztunnel") and each.minor and not oldest <= each.minor <= newest:
            text = f"chart version {each.version} with istiod {newest[0]}.{newest[1]}"
            yield release_name(each), text, "use one minor version for all of Istio's charts"
