"""Does the mesh have the authorizers that apps ask?"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.config import Config
from fairlead_mesh.findings import Hit
from fairlead_mesh.keys.nearest import nearest
from fairlead_mesh.lint.rule import config_rule
from fairlead_mesh.model.objects.yaml_values import as_maps


@config_rule(needs=("istio",))
def authorizers_are_known_to_the_mesh(config: Config) -> Iterator[Hit]:
    """The authorizer of an app is one of the mesh: of `istio.authorizers`, or of the mesh config's extensionProviders.

    Envoy denies every request that a CUSTOM policy with an unknown provider matches.
    """
    if config.istio.is_shared:
        return
    free = as_maps(config.istio.mesh_config.get("extensionProviders"))
    known = [*(each.name for each in config.istio.authorizers), *(str(each.get("name")) for each in free)]
    for index, app in enumerate(config.apps):
        if app.authorizer and app.authorizer.name not in known:
            near = nearest(app.authorizer.name, known)
            remedy = f"did you mean {near}?" if near else "add it to istio.authorizers"
            message = "the mesh has no such authorizer, so every request would get 403"
            yield Hit(("apps", index, "authorizer"), app.authorizer.name, message, remedy)
