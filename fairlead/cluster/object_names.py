"""Can a cluster have an object of this name? What no cluster can have is not asked for: a name is a part of a path.

Kubernetes' own rules: most names are DNS subdomains, a few kinds take whatever is one part of a path.
"""

from __future__ import annotations

import re

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_SUBDOMAIN = re.compile(r"(?=.{1,253}\Z)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_PART = re.compile(r"(?!\.{1,2}\Z)[^/%\x00-\x1f\x7f]{1,253}")
_FREE = ("rbac.authorization.k8s.io", "certificates.k8s.io")
"""Groups whose names may hold more, such as `system:node-proxier`."""
_FREE_KINDS = (("networking.k8s.io", "IPAddress"), ("apiregistration.k8s.io", "APIService"))
"""Kinds that are called as an address is written, and as a version: `v1.`."""


def wrong_name(api_version: str, kind: str, namespace: str, name: str) -> str:
    """What is wrong with the address of an object; empty where a cluster may have it."""
    if namespace and not _LABEL.fullmatch(namespace):
        return f"its namespace {namespace!r} is not a DNS label (lower-case letters, digits and '-', at most 63)"
    group = api_version.rpartition("/")[0]
    if group in _FREE or (group, kind) in _FREE_KINDS:
        return "" if _PART.fullmatch(name) else f"its name {name!r} cannot be a part of a path"
    return "" if _SUBDOMAIN.fullmatch(name) else f"its name {name!r} is not a DNS subdomain"
