"""Are the certificates of the load balancers there, in this region, issued, and valid for a while?

Source: ACM API, CertificateDetail; a load balancer takes certificates of its own region only (ACM user guide,
acm-regions).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from fairlead.cloud.account import AwsError
from fairlead.doctor.examined import Examined
from fairlead.doctor.finding import Seen, Skip, failed, ok, warning
from fairlead_mesh.model.objects.yaml_values import as_map

ORDER = 63
QUICK = False
_SOON = timedelta(days=30)
_ISSUED = "ISSUED"


def check(examined: Examined) -> Iterator[Seen]:
    """Each ARN of `loadBalancer.tls.certificates`."""
    named = {arn: each.name for each in examined.config.gateways if (tls := each.load_balancer.tls)
             for arn in tls.certificates}  # fmt: skip
    if not named:
        raise Skip("no load balancer terminates TLS")
    for arn, gateway in named.items():
        region = arn.split(":")[3]
        what = f"certificate {arn.rpartition('/')[2]} of {gateway}"
        if region != examined.account.region:
            yield failed(f"{what} is of {region}, the cluster of {examined.account.region}", "name one of this region")
            continue
        try:
            found = as_map(examined.account.ask("acm", "describe_certificate", CertificateArn=arn).get("Certificate"))
        except AwsError as error:
            if error.code != "ResourceNotFoundException":
                raise
            yield failed(f"{what} does not exist", "correct loadBalancer.tls.certificates")
            continue
        yield _judged(what, found)


def _judged(what: str, found: dict[str, Any]) -> Seen:
    status, end = str(found.get("Status")), found.get("NotAfter")
    if status != _ISSUED:
        return failed(f"{what} is {status}", "finish its validation in ACM: the load balancer takes an issued one only")
    if isinstance(end, datetime) and end - datetime.now(UTC) < _SOON:
        return warning(
            f"{what} ends on {end:%Y-%m-%d}", "see why ACM does not renew it (validation by DNS, and in use)"
        )
    return ok(f"{what} is issued{f', until {end:%Y-%m-%d}' if isinstance(end, datetime) else ''}")
