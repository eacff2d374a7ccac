"""Is it said which cluster is meant, and what is there of it?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from fairlead_mesh.config import Config
from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.keys.section import Section
from fairlead_mesh.lint.rule import config_rule
from fairlead_mesh.maturity.presets import preset_paths


@config_rule(severity="warning")
def eks_clusters_have_a_region(config: Config) -> Iterator[Hit]:
    """The stack file sets the region of an EKS cluster, as `aws:region` or as `cluster.eks.region`.

    Otherwise AWS_REGION or the profile of the user decides: on another machine it is another cluster of the same name,
    or none.
    """
    eks = config.cluster.eks
    if eks and not eks.region:
        message = "no region is set, so the user's environment decides which cluster it is"
        yield Hit(("cluster", "eks"), None, message, "write aws:region: eu-west-1, or region in cluster.eks")


@config_rule(severity="warning")
def keys_are_not_left_empty(config: Config) -> Iterator[Hit]:
    """A key with nothing after its colon has no effect, as if it were missing.

    `prometheus:` installs no Prometheus, although it looks as if it did; `prometheus: {}` does. Where `maturity` would
    set a value, an empty key says that it does not.
    """
    overridden = preset_paths(config)
    yield from (hit for hit in _left_empty(config, ()) if hit.path not in overridden)


def _left_empty(section: Section, path: Path) -> Iterator[Hit]:
    for name, field in type(section).model_fields.items():
        value = getattr(section, name)
        here = (*path, str(field.alias))
        if value is None and name in section.model_fields_set:
            addon = path == ("addons",)
            message = "is left empty, so nothing is installed" if addon else "is left empty, so it has no effect"
            remedy = f"write {field.alias}: {{}} to install it, or remove the key"
            yield Hit(here, None, message, remedy if addon else "write a value, or remove the key")
        elif isinstance(value, Section):
            yield from _left_empty(value, here)
        elif isinstance(value, list):
            for index, item in enumerate(cast("list[object]", value)):
                if isinstance(item, Section):
                    yield from _left_empty(item, (*here, index))
