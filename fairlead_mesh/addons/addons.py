"""Which addons does the mesh have? The section of the stack file, made of the files of this room."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from inspect import getdoc
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import Field, create_model
from pydantic.alias_generators import to_pascal

from fairlead_mesh import addons as room
from fairlead_mesh.addons.addon import Addon
from fairlead_mesh.addons.product import METRICS, OTHERS, Product
from fairlead_mesh.keys.section import Section

AnAddon = TypeVar("AnAddon", bound=Addon)


class AddonSections(Section):
    """The addons of the mesh; one that is not named is not installed."""

    @property
    def named(self) -> tuple[Addon, ...]:
        """What the stack file names, whether it is installed or exists already."""
        found = (getattr(self, kind.field) for kind in KINDS)
        return tuple(addon for addon in found if addon is not None)

    @property
    def installed(self) -> tuple[Addon, ...]:
        return tuple(addon for addon in self.named if addon.installed)

    def of(self, kind: type[AnAddon]) -> AnAddon | None:
        """The addon of a kind; None where the stack file does not name it."""
        return getattr(self, kind.field)

    @property
    def with_metrics(self) -> tuple[Addon, ...]:
        """Those that keep the metrics that others ask for."""
        return tuple(addon for addon in self.named if addon.product.keeps == METRICS)

    @property
    def extension_providers(self) -> list[dict[str, Any]]:
        """What istiod is told of them."""
        return [provider for addon in self.named for provider in addon.extension_providers()]


def _kinds() -> Iterator[type[Addon]]:
    """An addon is a class that names its products, in the file of its name."""
    for name in sorted(module.name for module in iter_modules(room.__path__)):
        file = f"{room.__name__}.{name}"
        found = getattr(import_module(file), to_pascal(name), None) if file != __name__ else None
        if isinstance(found, type) and issubclass(found, Addon) and hasattr(found, "products"):
            yield found


KINDS = tuple(_kinds())
_OWN = [product for kind in KINDS for product in kind.products]
PRODUCTS: dict[str, Product] = {product.name: product for product in (*OTHERS, *_OWN)}
"""Name of a chart, or of the Deployment of an addon without one -> what people call it, and how it is read."""
DEPLOYMENTS = {product.name: product for product in _OWN if product.chart is None}
"""Those that come without a chart, by the name of their Deployment."""

if TYPE_CHECKING:

    class Addons(AddonSections):
        """Its fields are the kinds; `of` finds one."""

else:
    Addons = create_model(
        "Addons",
        __base__=AddonSections,
        __doc__=getdoc(AddonSections),
        __module__=__name__,
        **{
            kind.field: (kind | None, Field(default=None, description=getdoc(kind).partition("\n\n")[0]))
            for kind in KINDS
        },
    )
