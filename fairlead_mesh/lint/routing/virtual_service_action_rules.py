"""What is done with a request? One action a route, and settings of it that make sense together."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.findings import Hit
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.virtual_service import http_routes, routes
from fairlead_mesh.model.virtual_service import virtual_services as all_of

_REFUSED = "istiod's webhook rejects the whole VirtualService"
_ACTIONS = ("redirect", "directResponse", "route")
_NOT_WITH_AN_ANSWER = ("fault", "rewrite")
_REDIRECT_CODES = range(300, 400)
_STATUSES = range(200, 601)


@object_rule("webhook")
def routes_have_one_action(graph: Graph) -> Iterator[Hit]:
    """A route has exactly one action: route, redirect, directResponse or delegate."""
    for item, route, value in http_routes(graph):
        actions = [action for action in _ACTIONS if value.get(action)]
        if "delegate" in value:
            for action in [action for action in actions if action != "directResponse"]:
                message = f"a route with a delegate has no {action} of its own; {_REFUSED}"
                yield item.hit((*route, action), message, f"move {action} into the delegate, or remove the delegate")
        elif not actions:
            message = f"it has no route, redirect, directResponse or delegate; {_REFUSED}"
            yield item.hit(route, message, "add route: [{destination: {host: ...}}]")
        elif len(actions) > 1:
            message = f"both {' and '.join(actions)}; {_REFUSED}"
            yield item.hit((*route, actions[0]), message, f"keep one of {' and '.join(actions)}")
    for item in all_of(graph):
        for protocol in ("tls", "tcp"):
            for route, value in routes(item, protocol):
                if not value.get("route"):
                    message = f"this {protocol} route has no destination; {_REFUSED}"
                    yield item.hit(route, message, "add route: [{destination: {host: ...}}]")


@object_rule("webhook")
def answers_are_not_changed_on_the_way(graph: Graph) -> Iterator[Hit]:
    """A redirect or a direct response answers at once: rewrites and fault injection cannot apply."""
    for item, route, value in http_routes(graph):
        answer = next((action for action in ("redirect", "directResponse") if value.get(action)), None)
        for key in _NOT_WITH_AN_ANSWER if answer and "delegate" not in value else ():
            if key in value:
                message = f"{key} together with {answer}; {_REFUSED}"
                yield item.hit((*route, key), message, f"remove {key}, or {answer}")


@object_rule("webhook")
def redirects_lead_elsewhere(graph: Graph) -> Iterator[Hit]:
    """A redirect sets uri or prefixRewrite, authority, scheme or port, and its code is a 3xx."""
    for item, route, value in http_routes(graph):
        redirect = as_map(value.get("redirect"))
        place = (*route, "redirect")
        if isinstance(value.get("redirect"), dict) and not any(
            redirect.get(key) for key in ("uri", "prefixRewrite", "authority", "scheme", "port", "derivePort")
        ):
            yield item.hit(place, f"it redirects to the same address; {_REFUSED}", "write uri, authority or scheme")
        if redirect.get("uri") and redirect.get("prefixRewrite"):
            message = f"both uri and prefixRewrite; {_REFUSED}"
            yield item.hit((*place, "prefixRewrite"), message, "keep one of the two")
        code = redirect.get("redirectCode", 301)
        if isinstance(code, int) and code and code not in _REDIRECT_CODES:
            message = f"{code} is not a redirect code; {_REFUSED}"
            yield item.hit((*place, "redirectCode"), message, "write 301, 302, 303, 307 or 308")
        if redirect.get("scheme", "") not in ("", "http", "https"):
            yield item.hit((*place, "scheme"), f"browsers do not follow this scheme; {_REFUSED}", "write http or https")


@object_rule("webhook")
def prefixes_are_rewritten_where_they_are_matched(graph: Graph) -> Iterator[Hit]:
    """A redirect's prefixRewrite replaces the matched prefix, so each match of its route has a prefix."""
    for item, route, value in http_routes(graph):
        if not as_map(value.get("redirect")).get("prefixRewrite"):
            continue
        for place, match in item.maps(*route, "match"):
            uri = as_map(match.get("uri"))
            for way in [way for way in ("exact", "regex") if way in uri]:
                message = f"this match has no prefix that prefixRewrite could replace; {_REFUSED}"
                yield item.hit((*place, "uri", way), message, "match by prefix, or redirect with uri")


@object_rule("webhook")
def rewrites_change_something(graph: Graph) -> Iterator[Hit]:
    """A rewrite has a uri, a regex with its replacement, or an authority."""
    for item, route, value in http_routes(graph):
        rewrite, place = as_map(value.get("rewrite")), (*route, "rewrite")
        regex = rewrite.get("uriRegexRewrite")
        if isinstance(value.get("rewrite"), dict) and not any(
            rewrite.get(key) for key in ("uri", "authority", "uriRegexRewrite")
        ):
            yield item.hit(place, f"it changes nothing; {_REFUSED}", "write uri or authority, or remove it")
        elif rewrite.get("uri") and regex:
            message = f"both uri and uriRegexRewrite; {_REFUSED}"
            yield item.hit((*place, "uriRegexRewrite"), message, "keep one of the two")
        elif isinstance(regex, dict) and not (as_map(regex).get("match") and as_map(regex).get("rewrite")):
            message = f"uriRegexRewrite needs match and rewrite; {_REFUSED}"
            yield item.hit((*place, "uriRegexRewrite"), message, "write both match and rewrite")


@object_rule("webhook")
def direct_responses_have_a_status(graph: Graph) -> Iterator[Hit]:
    """A direct response has an HTTP status from 200 to 599; istiod rejects one without."""
    for item, route, value in http_routes(graph):
        response = value.get("directResponse")
        status = as_map(response).get("status")
        if isinstance(response, dict) and (status is None or (isinstance(status, int) and status not in _STATUSES)):
            place = (*route, "directResponse") if status is None else (*route, "directResponse", "status")
            yield item.hit(place, f"not an HTTP status from 200 to 599; {_REFUSED}", "write status: 404, for instance")


@object_rule(severity="info")
def prefixes_are_rewritten_to_one_slash(graph: Graph) -> Iterator[Hit]:
    """A prefix without a slash at its end is not rewritten to one with it: Envoy replaces exactly the matched text.

    With /shop rewritten to /, a request for /shop/cart reaches the pods as //cart, for which many answer 404.
    """
    for item, route, value in http_routes(graph):
        to = str(as_map(value.get("rewrite")).get("uri") or "")
        prefixes = [(place, as_map(match.get("uri")).get("prefix")) for place, match in item.maps(*route, "match")]
        for place, prefix in prefixes if to.endswith("/") else ():
            if not isinstance(prefix, str) or prefix.endswith("/") or not prefix:
                continue
            if f"{prefix}/" not in (other for _, other in prefixes):
                message = f"{prefix}/a reaches the pods as {to}/a, with two slashes"
                remedy = f"write prefix: {prefix}/, and a second match with exact: {prefix}"
                yield item.hit((*place, "uri", "prefix"), message, remedy)
