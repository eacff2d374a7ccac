"""Which values do Istio's charts read? Of clones of istio/istio and istio/api.

Writes fairlead_mesh/lint/stack/chart_keys.json:

    python tools/chart_keys.py ISTIO_CLONE API_CLONE

A minor version knows a key where its values.yaml has it (also in a comment), or a template asks for it. What is left
empty there, or is a map of Kubernetes or of users, may hold anything. From istio/api come the fields of MeshConfig.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import yaml

TABLE = Path(__file__).resolve().parents[1] / "fairlead_mesh" / "lint" / "stack" / "chart_keys.json"
OLDEST = 22
CHARTS = {"base": "base", "istiod": "istio-control/istio-discovery", "gateway": "gateway"}
MESSAGES = {"meshConfig": "MeshConfig", "meshConfig.defaultConfig": "ProxyConfig"}
ANYTHING = re.compile(
    r"(.*[aA]nnotations|.*[lL]abels|.*[rR]esources|.*[pP]orts|env|meshConfig|meshNetworks|gatewayClasses|templates)$"
)
_PROSE = ("example", "examples")
_DEFAULTS = ("_internal_defaults_do_not_set", "defaults")
_ASKED = re.compile(r"\.Values((?:\)*\.[A-Za-z_]\w*)+)")
_COMMENTED = re.compile(r"(?P<indent> *)#+ ?(?P<key>[a-z]\w*):(?: |$)")
_WRITTEN = re.compile(r"(?P<indent> *)(?P<key>[A-Za-z_]\w*):")
_FIELD = re.compile(r"^\s*(?:repeated |map<[^>]*> |optional )?(?:[\w.]+ )?(\w+)\s*=\s*\d+", re.MULTILINE)
Clone = Path
Tree = dict[str, Any]


def git(clone: Clone, *arguments: str) -> str:
    """What git says of a clone."""
    done = subprocess.run(["git", "-C", clone, *arguments], check=True, capture_output=True, text=True)
    return done.stdout


def newest_of_each_minor(clone: Clone) -> dict[int, str]:
    """Minor version -> the tag of its newest release, from the oldest that this program takes."""
    found: dict[int, tuple[int, str]] = {}
    for tag in git(clone, "tag", "--list", "1.*").split():
        if numbers := re.fullmatch(r"1\.(\d+)\.(\d+)", tag):
            minor, patch = int(numbers[1]), int(numbers[2])
            if minor >= OLDEST:
                found[minor] = max(found.get(minor, (-1, "")), (patch, tag))
    return {minor: tag for minor, (_, tag) in sorted(found.items())}


def chart_leaves(clone: Clone, revision: str, chart: str) -> set[str]:
    """The paths of a chart's values behind which anything may stand."""
    folder = f"manifests/charts/{CHARTS[chart]}"
    text = git(clone, "show", f"{revision}:{folder}/values.yaml")
    written = cast("Tree", yaml.safe_load(text))
    tree: Tree = {}
    for values in (written, *(written.get(key) for key in _DEFAULTS)):
        if isinstance(values, dict):
            tree |= _closed({key: value for key, value in cast("Tree", values).items() if key not in _DEFAULTS}) or {}
    paths = [*_commented(text), *_asked_for(clone, revision, folder)]
    for path in sorted(paths, key=len, reverse=True):
        _add(tree, path)
    return set(_leaves(tree))


def _closed(value: Any) -> Tree | None:
    """A map of keys that are known; None for what may hold anything."""
    if not isinstance(value, dict) or not value:
        return None
    keys = cast("Tree", value)
    return {key: None if ANYTHING.match(key) else _closed(inner) for key, inner in keys.items()}


def _commented(text: str) -> Iterator[list[str]]:
    """Keys that values.yaml offers in a comment, where they would stand."""
    holders: list[tuple[int, str]] = []
    for line in text.splitlines():
        written, commented = _WRITTEN.match(line), _COMMENTED.match(line)
        if match := written or commented:
            indent = len(match["indent"])
            holders = [holder for holder in holders if holder[0] < indent]
            if commented and commented["key"] not in _PROSE:
                yield [key for _, key in holders if key not in _DEFAULTS] + [match["key"]]
            elif written:
                holders.append((indent, match["key"]))


def _asked_for(clone: Clone, revision: str, folder: str) -> Iterator[list[str]]:
    listed = git(clone, "ls-tree", "-r", "--name-only", revision, f"{folder}/templates", f"{folder}/files").split()
    for file in listed:
        if not re.search(r"/(profile-|crd-|grafana|gen-)", file):
            for match in _ASKED.finditer(git(clone, "show", f"{revision}:{file}")):
                path = match[1].replace(")", "").strip(".").split(".")
                if path[0] not in _DEFAULTS and path[0] != "_original":
                    yield path
    schema = f"{folder}/values.schema.json"
    if schema in git(clone, "ls-tree", "-r", "--name-only", revision, folder).split():
        read = json.loads(git(clone, "show", f"{revision}:{schema}"))
        definitions: Tree = next(iter(read.get("$defs", {}).values()), read)
        yield from ([key] for key in definitions.get("properties", {}) if key not in _DEFAULTS)


def _add(tree: Tree, path: list[str]) -> None:
    """Nothing is added below what may hold anything."""
    here = tree
    for key in path[:-1]:
        inner = here.setdefault(key, None if ANYTHING.match(key) else {})
        if inner is None:
            return
        here = cast("Tree", inner)
    here.setdefault(path[-1], None)


def _leaves(tree: Tree, before: str = "") -> Iterator[str]:
    for key, value in tree.items():
        if value:
            yield from _leaves(cast("Tree", value), f"{before}{key}.")
        else:
            yield f"{before}{key}"


def message_fields(clone: Clone, revision: str, message: str) -> set[str]:
    """The fields of a message of mesh/v1alpha1, as JSON writes them."""
    found: set[str] = set()
    for file in ("config.proto", "proxy.proto"):
        text = re.sub(
            r"/\*.*?\*/|//[^\n]*", "", git(clone, "show", f"{revision}:mesh/v1alpha1/{file}"), flags=re.DOTALL
        )
        if start := re.search(rf"^message {message} \{{", text, re.MULTILINE):
            found |= {_camel(field) for field in _FIELD.findall(_own_part(text[start.end() :]))}
    return found


def _own_part(text: str) -> str:
    """Up to the closing bracket, without the messages and enums inside; those of a oneof stay."""
    depth, kept, hidden, start = 1, "", 0, 0
    for match in re.finditer(r"(message|enum)\s+\w+\s*\{|\{|\}", text):
        kept += "" if hidden else text[start : match.start()]
        start = match.end()
        if match[0] == "}":
            depth -= 1
            hidden = 0 if hidden == depth + 1 else hidden
            if depth == 0:
                return kept
        else:
            depth += 1
            hidden = hidden or (depth if match[1] else 0)
    return kept


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def ranges(of: dict[int, set[str]]) -> dict[str, str]:
    """Path -> the first and the last minor version that knows it; what one version leaves open is open in all."""
    every = {path for paths in of.values() for path in paths}
    leaf = {path: min((each for each in every if f"{path}.".startswith(f"{each}.")), key=len) for path in every}
    minors: dict[str, list[int]] = defaultdict(list)
    for minor, paths in of.items():
        for path in paths:
            minors[leaf[path]].append(minor)
    return {path: f"{min(known)}-{max(known)}" for path, known in sorted(minors.items())}


def main(istio: Clone, api: Clone) -> None:
    """Of every minor version, and of what comes next."""
    releases = newest_of_each_minor(istio)
    newest = max(releases) + 1
    head = git(istio, "rev-parse", "--short=12", "HEAD").strip()
    revisions = {**releases, newest: head}
    of_api = {minor: _tag_of_api(api, tag) for minor, tag in releases.items()} | {newest: "HEAD"}
    found = {
        chart: ranges({minor: chart_leaves(istio, revision, chart) for minor, revision in revisions.items()})
        for chart in CHARTS
    }
    for name, message in MESSAGES.items():
        found[name] = ranges({minor: message_fields(api, revision, message) for minor, revision in of_api.items()})
    source = f"istio/istio manifests/charts and istio/api mesh/v1alpha1, {releases[OLDEST]} to {head}"
    TABLE.write_text(json.dumps({"source": source, "newest": newest, **found}, indent=1) + "\n", encoding="utf-8")


def _tag_of_api(api: Clone, tag: str) -> str:
    """istio/api came to write a v before its versions."""
    tags = git(api, "tag", "--list", tag, f"v{tag}").split()
    return tags[0] if tags else "HEAD"


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
