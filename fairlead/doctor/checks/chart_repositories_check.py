"""Do the repositories of the charts answer?"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from fairlead.doctor.examined import Examined
from fairlead.doctor.finding import Seen, Skip, failed, ok
from fairlead.doctor.web import answer_of
from fairlead_mesh.model.objects.yaml_values import as_map

ORDER = 3
QUICK = False
_OCI = "oci://"
_FINE = (200, 401)
"""A registry answers with 401 to whoever has not logged in."""
_REMEDY = (
    "see the network and its proxy (HTTPS_PROXY), or use a copy of the charts: istio.charts, and chart of an addon"
)


def check(examined: Examined) -> Iterator[Seen]:
    """The index of each Helm repository, or the version page of each OCI registry; charts in folders need nothing."""
    if examined.connect is None:
        raise Skip("they are asked with --live")
    places = {
        place: name for each in examined.snapshot.releases if (place := _place(each.inputs)) for name in [each.name]
    }
    if not places:
        raise Skip("all charts are in folders")
    fine = 0
    for place in sorted(places):
        status, why = answer_of(place)
        if status in _FINE:
            fine += 1
        else:
            yield failed(f"{place} (chart of {places[place]}): {why or f'answers with {status}'}", _REMEDY)
    if fine == len(places):
        hosts = sorted({str(urlsplit(each).hostname) for each in places})
        yield ok(f"all answer: {', '.join(hosts)}")


def _place(inputs: dict[str, object]) -> str:
    """What is asked for to see whether a chart can be had."""
    repository = str(as_map(inputs.get("repositoryOpts")).get("repo") or "")
    if repository:
        return f"{repository.rstrip('/')}/index.yaml"
    chart = str(inputs.get("chart") or "")
    return f"https://{urlsplit(chart).netloc}/v2/" if chart.startswith(_OCI) else ""
