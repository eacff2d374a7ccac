"""Has every proxy what istiod sent last?"""

from __future__ import annotations

import time
from collections.abc import Iterator

from fairlead.verify.asking import Asking
from fairlead.verify.live.live_access import live_access
from fairlead.verify.live.sync_state import connected, lags
from fairlead.verify.naming import promise_id
from fairlead.verify.promise import Evidence, Promise, Verdict, broken, holds, unasked
from fairlead.verify.subject import Subject

ORDER = 5
NAME = "proxies_in_sync"
PATIENCE = 5.0
"""Seconds that a proxy may take: each push is acknowledged within one, if the proxy has time."""
_SHOWN = 5


def promises(subject: Subject) -> Iterator[Promise]:
    """One for the whole mesh, where it has pods."""
    if subject.mesh.graph.pods.all:
        text = "every proxy is connected to istiod and has what it sent last"
        yield Promise(promise_id(NAME, text), NAME, "proxies", text, "each istiod's debug interface, /debug/syncz")


def verdict(promise: Promise, asking: Asking) -> Verdict:
    """Of the proxies in the stack's namespaces: others may be another control plane's."""
    access = live_access(asking.access)
    deadline = time.monotonic() + PATIENCE
    namespaces = {each.namespace for each in asking.subject.mesh.graph.pods.all}
    while True:
        states = access.istiods.sync_states()
        ready = [each for each in access.pods.all().all if each.has_proxy and each.is_ready]
        ours = {str(each) for each in ready if each.namespace in namespaces}
        missing = sorted(ours - connected(states))
        found = [f"the proxy of {each} is not connected to istiod" for each in missing]
        found += [str(lag) for lag in lags(states) if lag.proxy in ours]
        if not found or time.monotonic() > deadline:
            break
        time.sleep(0.5)
    if not ours:
        return unasked(promise, "no pod of the stack has a proxy yet")
    if not found:
        return holds(promise, Evidence(f"{len(ours)} proxies have it", f"{len(states)} istiod"))
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    seen = f"{'; '.join(found[:_SHOWN])}{more}"
    return broken(promise, Evidence(seen), "restart what hangs: kubectl rollout restart, or see istiod's log")
