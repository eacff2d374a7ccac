"""Are pages of addons shown by a gateway to those alone who should see them, by HTTPS, and at all?"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.addons.addon import Addon
from fairlead_mesh.addons.expose import Expose
from fairlead_mesh.addons.exposed_page import gateway_of, has_tls_of_gateway, port_at
from fairlead_mesh.config import Config
from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.keys.nearest import nearest
from fairlead_mesh.lint.rule import config_rule


def _exposed(config: Config) -> Iterator[tuple[Addon, Expose, Path]]:
    for addon in config.addons.named:
        if addon.expose:
            yield addon, addon.expose, ("addons", addon.key, "expose")


@config_rule(needs=("addons",))
def exposed_pages_say_who_may_open_them(config: Config) -> Iterator[Hit]:
    """A page that a gateway shows says who may open it: networks, tokens, client certificates or an authorizer.

    Without, whoever reaches the gateway sees metrics, traces and the whole mesh, or may guess at a password for ever. A
    network of everybody, such as 0.0.0.0/0, keeps out nobody.
    """
    around = config.around_addons()
    for addon, expose, path in _exposed(config):
        read = addon.reading(around)
        if not addon.product.endpoint or not expose.is_open:
            continue
        sees = "sees it without a login" if read.anonymous else f"may try to log in ({read.login})"
        message = f"whoever reaches the gateway {expose.gateway} {sees}"
        remedy = "write allow: {cidrs: [10.0.0.0/8]}, or jwt or authorizer; or silence this with the reason why"
        # A token is given out by Kubernetes or a provider and ends by itself; a password can be guessed for ever.
        severity = "warning" if read.login in ("token", "openid") else "error"
        yield Hit((*path, "allow"), expose.allow.cidrs or None, message, remedy, severity=severity)


@config_rule(needs=("addons", "gateways"))
def exposed_pages_have_a_gateway(config: Config) -> Iterator[Hit]:
    """A page is shown by an ingress gateway of this stack: no other has a listener and policies for it."""
    known = [each.name for each in config.gateways if each.direction == "ingress"]
    for _, expose, path in _exposed(config):
        if gateway_of(expose, config.gateways) is None:
            near = nearest(expose.gateway, known)
            remedy = f"did you mean {near}?" if near else f"write one of {', '.join(known)}" if known else "add one"
            message = "this stack has no such ingress gateway, so nothing shows the page"
            yield Hit((*path, "gateway"), expose.gateway, message, remedy)


@config_rule(needs=("addons",))
def exposed_pages_are_of_this_stack(config: Config) -> Iterator[Hit]:
    """The key expose shows the page of an addon that this stack installs and that has one.

    Of one that exists already nobody knows which Service shows its page, and whose policies it has.
    """
    for addon, _, path in _exposed(config):
        if not addon.product.endpoint:
            yield Hit(path, None, f"{addon.product.title} has no page", "remove it")
        elif not addon.installed:
            message = f"{addon.product.title} is not installed by this stack, so no gateway shows it"
            yield Hit(path, None, message, "remove it, and route to its Service by an app, or write publicUrl")


@config_rule(needs=("addons", "gateways", "cluster"))
def exposed_pages_have_tls(config: Config) -> Iterator[Hit]:
    """A page has TLS at the gateway: its own certificate, that of the gateway's port, or that of the load balancer.

    Otherwise logins, cookies and what the page shows could be read in transit, and the gateway has no listener for it.
    """
    for _, expose, path in _exposed(config):
        gateway = gateway_of(expose, config.gateways)
        if gateway is None:
            continue
        tls, port = expose.tls, port_at(expose, gateway)
        if tls is None and not has_tls_of_gateway(expose, gateway):
            message = f"port {expose.port} of {gateway.name} has no TLS for {expose.host}"
            remedy = "write tls: {credentialName: ...}, the Secret in the gateway's namespace with its certificate"
            yield Hit((*path, "tls"), None, message, remedy)
        elif tls and (tls.mode == "PASSTHROUGH" or not tls.credential_name):
            message = "the page itself has no TLS, and the gateway needs a certificate to terminate it"
            yield Hit((*path, "tls"), None, message, "write credentialName, and mode: SIMPLE or MUTUAL")
        elif tls and (port is None or port.protocol != "HTTPS"):
            has = f"has the protocol {port.protocol}" if port else "is not listed"
            message = f"port {expose.port} of {gateway.name} {has}, so that it cannot terminate TLS for {expose.host}"
            yield Hit((*path, "port"), expose.port, message, "write another port, or remove tls where that has it")


@config_rule(needs=("addons",), severity="warning")
def tokens_of_visitors_have_a_place_of_their_own(config: Config) -> Iterator[Hit]:
    """The tokens that a page asks for at a gateway are read from a header or a parameter of their own.

    A RequestAuthentication applies to all hosts of the gateway: where it reads `Authorization: Bearer`, every request
    with another issuer's token there gets 401, whichever app it is for.
    """
    for _, expose, path in _exposed(config):
        jwt = expose.allow.jwt
        if jwt and not (jwt.from_headers or jwt.from_params):
            message = f"requests to apps behind {expose.gateway} with another issuer's token would get 401"
            yield Hit((*path, "allow", "jwt"), None, message, "write fromHeaders, such as [x-token]")
