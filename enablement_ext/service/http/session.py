"""The service's own browser session: the hub's OAuth flow (authorization code with PKCE), kept in signed cookies.

Everything the flow has to remember travels in a signed cookie, so a restart or another replica in between changes nothing. The session
cookie carries the OAuth token, is HttpOnly and for our path only; whether the token is still good, the hub says.
"""

from __future__ import annotations

import base64
import secrets
import time
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from urllib.parse import urlencode

from enablement_ext.core.errors import BadRequest, Forbidden, HubUnavailable, NotSignedIn
from enablement_ext.core.review.models import Principal
from enablement_ext.service.context import ServiceContext
from enablement_ext.service.runtime.signing_key import after
from enablement_ext.web.messages import Cookie, Request, Response, redirect
from enablement_ext.web.redirect import safe_next

_HUB_AWAY_SECONDS = 300.0  # how long an open stream outlives an absent hub
SESSION = "enablement-session"
FLOW = "enablement-flow-"
HUB_SESSION = "jupyterhub-session-id"  # the hub's own, readable by its services; logging out ends it
_SESSION_SECONDS = 12 * 3600
_FLOW_SECONDS = 600


async def browser_principal(context: ServiceContext, cookies: Mapping[str, str]) -> Principal | None:
    """Whose session this is, None where there is none or the hub has ended it. Raises `HubUnavailable`."""
    value = context.signer.open("session", cookies.get(SESSION, ""), context.review.clock.now())
    token = value.get("token") if value else None
    if value is None or not isinstance(token, str) or value.get("hub") != cookies.get(HUB_SESSION, ""):
        return None  # the hub session of this browser changed: the token must not count for whoever signed in since
    try:
        return replace(await context.hub.principal(token), browser=True, server=None)
    except NotSignedIn:
        return None


class TokenCheck:
    """Whether the token of a long request is still good, with the same scopes and groups. Lives on one event loop."""

    def __init__(self, context: ServiceContext, request: Request) -> None:
        self._hub = context.hub
        self._principal, self._token = request.principal, request.token
        self._confirmed = time.monotonic()

    async def __call__(self) -> bool:
        """Asked of the hub. A revoked token is not; an absent hub counts as a yes for five minutes after its last one."""
        try:
            now = await self._hub.principal(self._token)
        except NotSignedIn:
            return False
        except HubUnavailable:
            return time.monotonic() - self._confirmed < _HUB_AWAY_SECONDS
        self._confirmed = time.monotonic()
        return now.scopes == self._principal.scopes and now.groups == self._principal.groups


def sign_in(context: ServiceContext, request: Request) -> Response:
    """Send the browser to the hub, to come back to the page it asked for. Only a page that is navigated to is worth it."""
    if request.headers.get("sec-fetch-mode", "navigate") != "navigate":
        raise NotSignedIn
    state, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")
    target = safe_next(_with_query(request), context.urls.prefix)
    flow = {"state": state, "verifier": verifier, "next": target}
    cookie = Cookie(
        FLOW + state[:8],
        context.signer.sign("flow", flow, after(context.review.clock.now(), _FLOW_SECONDS)),
        _FLOW_SECONDS,
    )
    query = {
        "client_id": context.urls.client_id,
        "redirect_uri": context.urls.redirect_uri,
        "response_type": "code",
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    return redirect(f"{context.urls.hub}api/oauth2/authorize?{urlencode(query)}", (cookie,))


async def callback(context: ServiceContext, request: Request) -> Response:
    """The end of the flow: exchange the code, set the session, go to the page.

    Raises `Forbidden` where this browser did not begin the flow or the hub refused, `BadRequest`, `HubUnavailable`.
    """
    if "error" in request.query:
        raise Forbidden("The hub did not let you in here. Ask your platform engineers for access to this service.")
    state, code = request.query.get("state", ""), request.query.get("code", "")
    if not state or not code:
        raise BadRequest("The end of a sign-in was called without a beginning.")
    name = FLOW + state[:8]
    flow = context.signer.open("flow", request.cookies.get(name, ""), context.review.clock.now())
    if flow is None or flow.get("state") != state:
        raise Forbidden("This sign-in was not begun in this browser, or too long ago. Open the page again.")
    token = await context.hub.sign_in(code, str(flow["verifier"]))
    session = {"token": token, "hub": request.cookies.get(HUB_SESSION, "")}
    value = context.signer.sign("session", session, after(context.review.clock.now(), _SESSION_SECONDS))
    cookies = (Cookie(SESSION, value, _SESSION_SECONDS), Cookie(name, "", 0))
    return redirect(safe_next(str(flow["next"]), context.urls.prefix), cookies)


def _with_query(request: Request) -> str:
    return f"{request.path}?{urlencode(request.query)}" if request.query else request.path
