"""Does the mesh have the authorizers that apps ask?"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.access.authorizer import AskedAuthorizer
from fairlead_mesh.config import Config
from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.keys.nearest import nearest
from fairlead_mesh.lint.rule import config_rule
from fairlead_mesh.model.objects.yaml_values import as_maps


@config_rule(needs=("istio",))
def authorizers_are_known_to_the_mesh(config: Config) -> Iterator[Hit]:
    """The authorizer of an app, or of an addon's page, is one that the mesh has.

    It is of `istio.authorizers`, or of the mesh config's extensionProviders.

    Envoy denies every request that a CUSTOM policy with an unknown provider matches.
    """
    if config.istio.is_shared:
        return
    free = as_maps(config.istio.mesh_config.get("extensionProviders"))
    known = [*(each.name for each in config.istio.authorizers), *(str(each.get("name")) for each in free)]
    asked: list[tuple[Path, AskedAuthorizer | None]] = [
        *((("apps", index, "authorizer"), app.authorizer) for index, app in enumerate(config.apps)),
        *(
            (("addons", addon.key, "expose", "allow", "authorizer"), addon.expose.allow.authorizer)
            for addon in config.addons.named
            if addon.expose
        ),
    ]
    for path, authorizer in asked:
        if authorizer and authorizer.name not in known:
            near = nearest(authorizer.name, known)
            remedy = f"did you mean {near}?" if near else "add it to istio.authorizers"
            message = "the mesh has no such authorizer, so every request would get 403"
            yield Hit(path, authorizer.name, message, remedy)
