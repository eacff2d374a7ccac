"""In which headers do users, devices and cookies come? An app whose matches name headers alone, as Istio's do."""

from __future__ import annotations

from fairlead_mesh.apps.app import App
from fairlead_mesh.apps.match import Match, StringMatch
from fairlead_mesh.clients import Clients

COOKIE, USER_AGENT = "cookie", "user-agent"


def client_headers(match: Match, clients: Clients) -> dict[str, StringMatch]:
    """The conditions on headers that a match's user, device and cookie are."""
    found: dict[str, StringMatch] = {}
    if match.user:
        found[clients.user_header] = StringMatch(exact=match.user)
    if match.device in clients.devices:
        found[USER_AGENT] = StringMatch(regex=clients.devices[match.device])
    if match.cookie:
        found[COOKIE] = StringMatch(regex=match.cookie.regex)
    return found


def app_by_headers(app: App, clients: Clients) -> App:
    """The same app, with those conditions beside the ones on headers that its matches name themselves."""
    routes = [
        route.model_copy(update={"match": [_by_headers(match, clients) for match in route.match]})
        for route in app.routes
    ]
    return app.model_copy(update={"routes": routes})


def _by_headers(match: Match, clients: Clients) -> Match:
    return match.model_copy(update={"headers": match.headers | client_headers(match, clients)})
