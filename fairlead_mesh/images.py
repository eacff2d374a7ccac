"""Which images does the version table name, and how are they written with their digests?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fairlead_mesh.istio import Istio, image_values
from fairlead_mesh.keys.section import Manifest, Values
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.versions import IMAGE_DIGESTS, ISTIO_HUB

ISTIOD, PROXY = "pilot", "proxyv2"


def digest(image: str) -> str | None:
    """The digest that the table has of an image with its tag."""
    name, _, tag = image.rpartition(":")
    return IMAGE_DIGESTS.get((name, tag))


def with_digest(image: str) -> str:
    """The image with its digest beside its tag; as it is where the table has none."""
    found = digest(image)
    return f"{image}@{found}" if found else image


def with_digests(manifest: Manifest) -> Manifest:
    """An object whose containers, if it has any, name their images by digest too."""
    pod = as_map(as_map(as_map(manifest.get("spec")).get("template")).get("spec"))
    if not pod.get("containers"):
        return manifest
    containers = [{**each, "image": with_digest(each["image"])} for each in pod["containers"]]
    template = {**manifest["spec"]["template"], "spec": {**pod, "containers": containers}}
    return {**manifest, "spec": {**manifest["spec"], "template": template}}


def images(manifest: Manifest) -> Iterator[str]:
    """The images of an object's containers."""
    pod = as_map(as_map(as_map(manifest.get("spec")).get("template")).get("spec"))
    yield from (each["image"] for each in pod.get("containers") or ())


def istio_images(istio: Istio) -> dict[str, str]:
    """Istio's own name of each of its images -> the image, where values of the user's own do not name another."""
    free = istio.values.istiod
    is_tagged = any(values.get(key) for values in (free, as_map(free.get("global"))) for key in ("tag", "variant"))
    hub = image_values(istio).get("hub")
    if is_tagged or not hub:
        return {}
    return {f"{ISTIO_HUB}/{name}:{istio.version}": f"{hub}/{name}:{istio.version}" for name in (ISTIOD, PROXY)}


def istio_digest_values(istio: Istio) -> Values:
    """Values of the chart `istiod` that name istiod's image and the proxies' by digest, which a mirror has too."""
    values: dict[str, Any] = {}
    for known, image in istio_images(istio).items():
        found = digest(known)
        if found and f"/{ISTIOD}:" in known:
            values["image"] = f"{image}@{found}"
        elif found:
            proxy = {"image": f"{image}@{found}"}
            values["global"] = {"proxy": proxy, "proxy_init": proxy}
    return values
