"""Which digests do the version table's images and charts have? Asked of their registries and repositories.

`python tools/digests.py` writes IMAGE_DIGESTS and CHART_DIGESTS of fairlead_mesh/versions.py. What these have stays:
where a registry now has another digest under a tag, it says so and fails, unless `--accept` is given.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import yaml

PROGRAM = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROGRAM))

from fairlead_mesh import versions  # noqa: E402
from fairlead_mesh.images import images  # noqa: E402
from fairlead_mesh.samples.bookinfo import bookinfo_objects  # noqa: E402

TABLE = PROGRAM / "fairlead_mesh" / "versions.py"
SECONDS = 60
INDEXES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
API = {"docker.io": "registry-1.docker.io"}
"""Where a registry answers that is called otherwise."""
Answer = tuple[int, Mapping[str, str], bytes]
Key = tuple[str, ...]


def get(url: str, headers: Mapping[str, str] | None = None) -> Answer:
    """What a server answers, a refusal too."""
    request = urllib.request.Request(url, headers=dict(headers or {}))  # noqa: S310 - https, from the table
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def image_digest(name: str, tag: str, get: Callable[..., Answer] = get) -> str:
    """The digest of an image's index: of the very bytes that the registry sends."""
    host, _, path = name.partition("/")
    url = f"https://{API.get(host, host)}/v2/{path}/manifests/{tag}"
    wanted = {"Accept": ", ".join(INDEXES)}
    code, headers, body = get(url, wanted)
    if code == 401:  # noqa: PLR2004 - the number is its name
        asked = dict(re.findall(r'(\w+)="([^"]*)"', headers.get("WWW-Authenticate", "")))
        query = urllib.parse.urlencode({key: asked[key] for key in ("service", "scope") if key in asked})
        _, _, token = get(f"{asked['realm']}?{query}")
        code, headers, body = get(url, {**wanted, "Authorization": f"Bearer {json.loads(token)['token']}"})
    if code != 200:  # noqa: PLR2004
        raise ValueError(f"{url} answers with {code}")
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


def chart_digest(repository: str, name: str, version: str, get: Callable[..., Answer] = get) -> str:
    """The digest of a chart's archive, which has to be what the index of its repository says."""
    code, _, index = get(f"{repository}/index.yaml")
    if code != 200:  # noqa: PLR2004
        raise ValueError(f"{repository}/index.yaml answers with {code}")
    entries = yaml.load(index, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))["entries"]  # noqa: S506 - safe
    (entry,) = [each for each in entries[name] if each["version"] == version]
    code, _, archive = get(urllib.parse.urljoin(f"{repository}/", entry["urls"][0]))
    found = hashlib.sha256(archive).hexdigest()
    if code != 200 or found != str(entry.get("digest", found)).removeprefix("sha256:"):  # noqa: PLR2004
        raise ValueError(f"the archive of {name} {version} is not what {repository}/index.yaml says")
    return f"sha256:{found}"


def istio_versions() -> set[str]:
    """Of the table, and of every stack file."""
    files = [yaml.safe_load(path.read_text(encoding="utf-8")) or {} for path in PROGRAM.glob("Pulumi.*.yaml")]
    sections = [(each.get("config") or {}).get("fairlead:istio") or {} for each in files]
    return {versions.ISTIO_VERSION, *(str(each["version"]) for each in sections if each.get("version"))}


def wanted_images() -> list[Key]:
    """Name and tag of every image that the table or a stack file names."""
    named = [
        versions.CURL_IMAGE,
        versions.RATE_LIMIT_IMAGE,
        versions.REDIS_IMAGE,
        versions.JAEGER_IMAGE,
        versions.ZIPKIN_IMAGE,
        versions.MEMBERSHIP_SERVICE_IMAGE,
    ]
    named += [
        *versions.HELLOWORLD_IMAGES.values(),
        *(each for it in bookinfo_objects("x", "ClusterIP") for each in images(it)),
    ]
    named += [f"{versions.ISTIO_HUB}/{name}:{each}" for name in ("pilot", "proxyv2") for each in istio_versions()]
    return sorted({tuple(image.rsplit(":", 1)) for image in named})


def wanted_charts() -> list[Key]:
    """Repository, name and version of every chart."""
    addons = [
        (each.repository, each.name, each.version)
        for each in vars(versions).values()
        if isinstance(each, versions.Chart)
    ]
    istio = [
        (versions.ISTIO_REPOSITORY, name, each) for name in ("base", "istiod", "gateway") for each in istio_versions()
    ]
    return sorted({*addons, *istio})


def looked_up(
    keys: Iterable[Key], known: Mapping[Key, str], ask: Callable[..., str], *, accept: bool
) -> tuple[dict[Key, str], list[str]]:
    """The digests of what is wanted, and what is to be said: nothing that is known changes without a word."""
    found: dict[Key, str] = {}
    said: list[str] = []
    for key in keys:
        name = " ".join(key)
        if key in known:
            found[key] = known[key]
        try:
            now = ask(*key)
        except (OSError, ValueError, KeyError) as error:
            said.append(f"{name}: {error}")
            continue
        if known.get(key, now) != now and not accept:
            said.append(f"{name}: was {known[key]}, is now {now}. Find out why before you take it with --accept.")
            continue
        found[key] = now
    return found, said


def written(text: str, table: str, found: Mapping[Key, str]) -> str:
    """The source of the version table with these digests."""
    rows = "".join(
        f'    {json.dumps(key)[1:-1].join("()")}: (\n        "{found[key]}"\n    ),\n' for key in sorted(found)
    )
    changed, times = re.subn(rf"(?ms)^({table}: [^\n]*= {{\n).*?^}}", lambda match: f"{match[1]}{rows}}}", text)
    if times != 1:
        raise ValueError(f"fairlead_mesh/versions.py has no {table}")
    return changed


def main() -> int:
    """Look all of them up; 1 where one is not to be had or has changed."""
    parser = argparse.ArgumentParser(description="Write the digests of images and charts into the version table.")
    parser.add_argument("--accept", action="store_true", help="take a digest that has changed")
    given = parser.parse_args()
    text, said = TABLE.read_text(encoding="utf-8"), list[str]()
    for table, keys, ask in (
        ("IMAGE_DIGESTS", wanted_images(), image_digest),
        ("CHART_DIGESTS", wanted_charts(), chart_digest),
    ):
        found, problems = looked_up(keys, getattr(versions, table), ask, accept=given.accept)
        text, said = written(text, table, found), said + problems
        print(f"{table}: {len(found)} of {len(keys)}")
    TABLE.write_text(text, encoding="utf-8")
    for line in said:
        print(f"error: {line}", file=sys.stderr)
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
