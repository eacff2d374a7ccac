"""Are images what the version table says they are?"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.config import Config
from fairlead_mesh.findings import Hit
from fairlead_mesh.images import digest, images, istio_images
from fairlead_mesh.limits.rate_limit_objects import rate_limit_objects
from fairlead_mesh.lint.rule import config_rule
from fairlead_mesh.samples.samples import sample_objects


@config_rule(needs=("istio", "addons", "samples", "apps", "gateways", "rateLimitService"))
def image_digests_are_known(config: Config) -> Iterator[Hit]:
    """With `imageDigests: true` the version table has a digest for each image that it names and the stack installs.

    These are the images of Istio, Jaeger, Zipkin, the samples and the rate limit service.
    An image without one would be pulled by its tag alone, which its registry can move to another image.
    """
    if not config.image_digests:
        return
    objects = [each for addon in config.addons.named if addon.installed for each in addon.objects()]
    objects += [each for sample in config.samples for each in sample_objects(sample)]
    objects += rate_limit_objects(config)
    of_istio: dict[str, str] = {} if config.istio.is_shared else istio_images(config.istio)
    known = {*of_istio, *(image for manifest in objects for image in images(manifest))}
    remedy = "run `make digests`, which writes them into fairlead_mesh/versions.py, and commit that"
    if missing := sorted(image for image in known if not digest(image)):
        message = f"the version table has no digest of {', '.join(missing)}"
        yield Hit(("imageDigests",), config.image_digests, message, remedy)
    if not of_istio and not config.istio.is_shared:
        message = (
            "which images Istio has is not known here: charts from elsewhere, or a tag or variant in values, name them"
        )
        yield Hit(
            ("imageDigests",),
            config.image_digests,
            message,
            "set istio.hub, and remove tag and variant from istio.values",
        )
