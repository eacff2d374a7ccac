"""What is on a cluster? Its kinds and its objects as plain dicts, by server-side apply, read, delete and list."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from fairlead.cluster.answers import Ref, objects_of, ref_of
from fairlead.cluster.api_client import ApiClient, RefusedError
from fairlead.cluster.kinds import AGGREGATED_DISCOVERY, Kind, kinds_in_discovery
from fairlead.cluster.object_names import wrong_name
from fairlead.cluster.openapi import Schemas
from fairlead.cluster.watch import changes, wait_for_end
from fairlead.terminal.errors import UserError

MANAGER = "fairlead"
NOT_FOUND = 404
INVALID = 422
UNASKED = 502
TIMEOUT = 60
WORTH_A_LIST = 4
SIDE_BY_SIDE = 8
METADATA_ONLY = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
WITH_SIDECAR = "security.istio.io/tlsMode=istio"
"""Selects pods that have a proxy: the injection sets this label (Istio, injection templates)."""
Manifest = Mapping[str, Any]


class LiveCluster:
    """The cluster of one kubeconfig's context: of its current one where none is named."""

    def __init__(self, kubeconfig: Path | None, context: str | None = None) -> None:
        self.api = ApiClient(kubeconfig, context)
        self.host = self.api.host
        self._kinds: dict[tuple[str, str], Kind] = {}
        self.schemas = Schemas(lambda path: self.api.request("GET", path))

    def close(self) -> None:
        self.api.close()

    def kinds(self) -> Mapping[tuple[str, str], Kind]:
        """Every kind that the server knows, by API version and kind; asked for once."""
        if not self._kinds:
            answers = (self.api.request("GET", path, accept=AGGREGATED_DISCOVERY) for path in ("/api", "/apis"))
            self._kinds = {key: kind for answer in answers for key, kind in kinds_in_discovery(answer or {})}
        return self._kinds

    def forget_kinds(self) -> None:
        """Ask again at the next need: definitions have been added or removed."""
        self._kinds = {}

    def knows(self, manifest: Manifest) -> bool:
        key = (manifest["apiVersion"], manifest["kind"])
        if key not in self.kinds():
            self.forget_kinds()
        return key in self.kinds()

    def ref(self, manifest: Manifest) -> Ref:
        """Where the object is, or would be. Raises RefusedError for a kind or a name that no object there can have."""
        kind = self._kind(manifest["apiVersion"], manifest["kind"])
        metadata = manifest.get("metadata", {})
        namespace = str(metadata.get("namespace") or "default") if kind.namespaced else ""
        ref = Ref(kind.api_version, kind.kind, namespace, str(metadata.get("name", "")))
        if wrong := wrong_name(ref.api_version, ref.kind, ref.namespace, ref.name):
            raise RefusedError(INVALID, wrong)
        return ref

    def apply(self, manifest: Manifest, manager: str = MANAGER, *, dry_run: bool = False) -> dict[str, Any]:
        """Server-side apply, unknown fields refused. An empty manifest gives up what this manager had set.

        With `dry_run`, the server judges the object and keeps nothing of it.
        """
        asked = {"fieldManager": manager, "force": "true", "fieldValidation": "Strict"}
        query = urlencode({**asked, "dryRun": "All"} if dry_run else asked)
        path = f"{self._path(self.ref(manifest))}?{query}"
        answer = self.api.request("PATCH", path, body=manifest, content="application/apply-patch+yaml")
        return answer or {}

    def create(self, manifest: Manifest, *, dry_run: bool = False) -> dict[str, Any]:
        """What the server makes of a new object: a review's answer, or with `dry_run` what admission makes of it."""
        kind = self._kind(manifest["apiVersion"], manifest["kind"])
        path = kind.path_in(str(manifest.get("metadata", {}).get("namespace") or "default"))
        query = "?dryRun=All" if dry_run else ""
        return self.api.request("POST", f"{path}{query}", body=manifest, content="application/json") or {}

    def server_version(self) -> str:
        """As the server names it: `v1.34.1`."""
        return str((self.api.request("GET", "/version") or {}).get("gitVersion", ""))

    def read(self, ref: Ref) -> dict[str, Any] | None:
        """The object, or None where it, or its whole kind, is not there."""
        known = self.knows({"apiVersion": ref.api_version, "kind": ref.kind})
        answer = self.api.request("GET", self._path(ref)) if known else None
        if answer is not None and ref_of(answer) != ref:
            raise RefusedError(UNASKED, f"the cluster answered with {ref_of(answer)} instead of {ref}")
        return answer

    def read_all(self, refs: Iterable[Ref]) -> dict[Ref, dict[str, Any]]:
        """Those of the objects that are there: many of one kind and namespace by one list, else each by itself."""
        wanted: dict[tuple[str, str, str], list[Ref]] = {}
        for ref in refs:
            wanted.setdefault((ref.api_version, ref.kind, ref.namespace), []).append(ref)
        found: dict[Ref, dict[str, Any]] = {}
        for (api_version, kind, namespace), listed in wanted.items():
            if len(listed) < WORTH_A_LIST or not self.knows({"apiVersion": api_version, "kind": kind}):
                found |= {ref: live for ref in listed if (live := self.read(ref))}
                continue
            there = objects_of(self.api.request("GET", self._kind(api_version, kind).path_in(namespace)) or {})
            if other := sorted({ref.kind for ref in there} - {kind}):
                raise RefusedError(UNASKED, f"the cluster answered with {', '.join(other)} instead of {kind}")
            found |= {ref: there[ref] for ref in listed if ref in there}
        return found

    def labelled(self, api_version: str, kind: str, namespace: str, selector: str) -> dict[Ref, dict[str, Any]]:
        """The objects of a kind that a label selector matches, in one namespace or, with an empty one, in all."""
        known = self._kind(api_version, kind)
        path = known.path_in(namespace) if namespace else known.path
        return objects_of(self.api.request("GET", f"{path}?{urlencode({'labelSelector': selector})}") or {})

    def delete(self, ref: Ref) -> None:
        self.api.request("DELETE", f"{self._path(ref)}?propagationPolicy=Background")

    def wait_until_gone(self, refs: Iterable[Ref], within: float = TIMEOUT) -> list[Ref]:
        """Those that are still there when the time is over; each is watched until then."""
        listed, deadline = list(refs), time.monotonic() + within
        for ref in listed:
            if self.knows({"apiVersion": ref.api_version, "kind": ref.kind}):
                listed_at = self._kind(ref.api_version, ref.kind).path_in(ref.namespace)
                wait_for_end(self.api, listed_at, ref.name, deadline)
        return [ref for ref in listed if self.read(ref) is not None]

    def changes(self, api_version: str, kind: str, field_selector: str, within: float = TIMEOUT) -> Iterator[object]:
        """An event for each change of the objects of a kind, in all namespaces, that a field selector matches."""
        return changes(self.api, self._kind(api_version, kind).path, within, fieldSelector=field_selector)

    def wait_for_definitions(self, names: Iterable[str], within: float = TIMEOUT) -> None:
        """Until these CustomResourceDefinitions serve their kinds."""
        waiting, deadline = set(names), time.monotonic() + within
        while waiting and time.monotonic() < deadline:
            self.forget_kinds()
            waiting -= {kind.definition for kind in self.kinds().values()}
            if waiting:
                time.sleep(0.1)
        if waiting:
            raise UserError(f"Not available after {within:.0f} s: {', '.join(sorted(waiting))}.")

    def inventory(self, *selectors: str) -> dict[Ref, dict[str, Any]]:
        """The metadata of every object that one of the label selectors matches, or without any of every object.

        Events are left out: they are records and expire. Kinds are asked for side by side, as there are so many.
        """
        self.forget_kinds()
        listed = [each for each in self.kinds().values() if each.preferred and "list" in each.verbs]
        queries = [f"?{urlencode({'labelSelector': each})}" if each else "" for each in selectors or ("",)]
        asked = [(kind, query) for kind in listed if kind.kind != "Event" for query in queries]
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            answers = list(pool.map(self._metadata, [kind for kind, _ in asked], [query for _, query in asked]))
        return {ref: metadata for answer in answers for ref, metadata in answer}

    def _metadata(self, kind: Kind, query: str) -> list[tuple[Ref, dict[str, Any]]]:
        answer = self.api.request("GET", f"{kind.path}{query}", accept=METADATA_ONLY) or {}
        items: list[dict[str, Any]] = answer.get("items") or []
        found = [item["metadata"] for item in items]
        return [(Ref(kind.api_version, kind.kind, each.get("namespace", ""), each["name"]), each) for each in found]

    def _kind(self, api_version: str, kind: str) -> Kind:
        key = (api_version, kind)
        if not self.knows({"apiVersion": api_version, "kind": kind}):
            raise RefusedError(NOT_FOUND, f"The cluster has no kind {kind} of {api_version}.")
        return self._kinds[key]

    def _path(self, ref: Ref) -> str:
        kind = self._kind(ref.api_version, ref.kind)
        return f"{kind.path_in(ref.namespace)}/{quote(ref.name, safe='')}"
