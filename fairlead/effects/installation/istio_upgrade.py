"""What does another version of Istio mean? One sentence for all of its charts that go from one version to another.

Istio supports upgrades of one minor version at a time, and proxies as old as the minor before istiod's (its pages on
upgrades and supported releases); a proxy's version is that of the istiod which injected it.
"""

from __future__ import annotations

from collections.abc import Sequence

from fairlead.effects.effect import Effect, Hurt
from fairlead.effects.installation.installation import Installed, release_name
from fairlead.effects.words import few, listed

Pair = tuple[Installed, Installed]
"""A release before and after."""

_MEANS = {
    "base": (
        "Istio's CRDs change",
        Hurt.CONTROL_PLANE,
        "upgrade it before istiod; fields that the other version does not know are dropped or rejected",
    ),
    "istiod": (
        "sidecars keep the old proxy version until their pods restart",
        Hurt.CONTROL_PLANE,
        "restart the injected workloads afterwards, one namespace at a time",
    ),
    "gateway": ("the pods of {} restart with the new proxy", Hurt.RESTARTS, "upgrade it after istiod, never before"),
    "cni": ("pods that start while the CNI agent of their node restarts wait for it", Hurt.CONTROL_PLANE, ""),
    "ztunnel": (
        "long-lived connections of ambient pods break when ztunnel restarts on each node",
        Hurt.RESTARTS,
        "upgrade while few long-lived connections are open, or drain node by node",
    ),
}
CHARTS = tuple(_MEANS)
_ADVISED_BY = ("istiod", "base", "ztunnel", "gateway", "cni")


def upgrade(pairs: Sequence[Pair]) -> Effect:
    """What it means that these releases go from one version to another, the same of all."""
    old, new = pairs[0]
    by_chart = {chart: [release for _, release in pairs if release.chart == chart] for chart in CHARTS}
    charts = [chart for chart in CHARTS if by_chart[chart]]
    means = [_MEANS[chart][0].format(few(release.name for release in by_chart[chart])) for chart in charts]
    hurt = min(_MEANS[chart][1] for chart in charts)
    warning, advice = _unsupported(old, new) if "istiod" in charts else ("", "")
    advice = advice or next(_MEANS[chart][2] for chart in _ADVISED_BY if chart in charts)
    name = "Istio" if len(pairs) > 1 else release_name(new)
    text = f"{warning}; {listed(means)}" if warning else listed(means)
    return Effect(f"{name} {old.version} to {new.version}", text, hurt, advice)


def _unsupported(old: Installed, new: Installed) -> tuple[str, str]:
    """What Istio does not support in such a step of istiod, and what to do instead."""
    if new.order < old.order:
        back = "roll back at most one minor version, and restart sidecars first: none may be newer than istiod"
        return "downgrade to an older version", back
    if old.minor and new.minor and (skipped := _skipped(old.minor, new.minor)):
        text = f"skips {skipped} (Istio supports upgrades of one minor version at a time)"
        return text, f"upgrade to {old.minor[0]}.{old.minor[1] + 1} first, sidecars included"
    return "", ""


def _skipped(old: tuple[int, int], new: tuple[int, int]) -> str:
    """The minor versions between the two, in words; another major version is no matter of minors."""
    between = [f"{old[0]}.{minor}" for minor in range(old[1] + 1, min(new[1], old[1] + 100))]
    return few(between) if old[0] == new[0] else f"from {old[0]}.{old[1]} to {new[0]}.{new[1]}"
