"""Which Istio runs, and which ran before? Versions of its charts, how they go together, and istiod's coming and going.

Istio supports upgrades of one minor version at a time, and proxies as old as the minor before istiod's (its pages on
upgrades and supported releases); a proxy's version is that of the istiod which injected it.
"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.comparison.comparison import Comparison
from fairlead.effects.effect import Effect, Effects, Hurt
from fairlead.effects.installation.installation import Installed, installed
from fairlead.effects.words import few, wording

_CHARTS = ("base", "cni", "gateway", "istiod", "ztunnel")
_SENTENCES = {
    "base": (
        "Istio's CRDs change with it",
        Hurt.CONTROL_PLANE,
        "upgrade it before istiod; fields that the other version does not know are dropped or rejected",
    ),
    "cni": ("pods that start while the CNI agent of their node restarts wait for it", Hurt.CONTROL_PLANE, ""),
    "gateway": (
        "its pods restart with the proxy of istiod's version",
        Hurt.RESTARTS,
        "upgrade it after istiod, never before",
    ),
    "istiod": (
        "sidecars keep the old proxy version until their pods restart",
        Hurt.CONTROL_PLANE,
        "restart the injected workloads afterwards, one namespace at a time; gateways too",
    ),
    "ztunnel": (
        "long-lived connections of ambient pods break when ztunnel restarts on each node",
        Hurt.RESTARTS,
        "upgrade while few long-lived connections are open, or drain node by node",
    ),
}


def watch(comparison: Comparison) -> Effects:
    """What another version of Istio's charts means, or one chart more or less."""
    before, after = (installed(side, *_CHARTS) for side in (comparison.before, comparison.after))
    for key in sorted(before.keys() & after.keys()):
        if before[key].version != after[key].version:
            yield from _versions(before[key], after[key], comparison)
    for key in sorted(before.keys() ^ after.keys()):
        release = before.get(key) or after[key]
        if release.chart in ("istiod", "cni", "ztunnel"):
            yield from _there(release, comparison, after)
    known = set(_mismatches(before))
    for subject, text, advice in _mismatches(after):
        if (subject, text, advice) not in known:
            yield Effect(subject, text, Hurt.CONTROL_PLANE if comparison.deploys else None, advice)


def _versions(old: Installed, new: Installed, comparison: Comparison) -> Iterator[Effect]:
    if not comparison.deploys or not old.version or not new.version:
        what = wording(comparison).goes("version", old.version or "unspecified", new.version or "unspecified")
        yield Effect(_name(new), what, Hurt.CONTROL_PLANE if comparison.deploys else None)
        return
    subject = f"{_name(new)} {old.version} to {new.version}"
    text, hurt, advice = _SENTENCES[new.chart]
    yield Effect(subject, text, hurt, advice)
    if new.chart == "istiod" and new.order < old.order:
        back = "roll back at most one minor version, and restart sidecars first: none may be newer than istiod"
        yield Effect(subject, "downgrade to an older version", Hurt.CONTROL_PLANE, back)
    elif new.chart == "istiod" and old.minor and new.minor and (skipped := _skipped(old.minor, new.minor)):
        text = f"skips {skipped}; Istio supports upgrades of one minor version at a time"
        yield Effect(subject, text, Hurt.CONTROL_PLANE, f"upgrade to {_next(old.minor)} first, sidecars included")


def _skipped(old: tuple[int, int], new: tuple[int, int]) -> str:
    """The minor versions between the two, in words; another major version is no matter of minors."""
    between = [f"{old[0]}.{minor}" for minor in range(old[1] + 1, min(new[1], old[1] + 100))]
    return few(between) if old[0] == new[0] else f"from {old[0]}.{old[1]} to {new[0]}.{new[1]}"


def _next(minor: tuple[int, int]) -> str:
    return f"{minor[0]}.{minor[1] + 1}"


def _name(release: Installed) -> str:
    """What a person calls it: by its release, with the chart where that does not say it."""
    if release.chart == "gateway":
        return f"gateway {release.name}"
    return release.name if release.chart in release.name else f"{release.chart} ({release.name})"


def _there(release: Installed, comparison: Comparison, after: dict[str, Installed]) -> Iterator[Effect]:
    words = wording(comparison)
    subject = f"{_name(release)} {release.version}".strip()
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
            yield _name(each), text, "use the version of the newest istiod for chart base"
        elif each.chart in ("gateway", "cni", "ztunnel") and each.minor and not oldest <= each.minor <= newest:
            text = f"chart version {each.version} with istiod {newest[0]}.{newest[1]}"
            yield _name(each), text, "use one minor version for all of Istio's charts"
