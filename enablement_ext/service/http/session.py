"""The service's own browser session: the hub's OAuth flow (authorization code with PKCE), kept in signed cookies of the pages' origin.

Everything the flow has to remember travels in a signed cookie, so a restart or another replica in between changes nothing. The session
cookie carries the OAuth token and the hub session that the hub says this token was given in; both are asked of the hub at every request,
past every cache. A session lasts minutes: the next page signs in again without a question, as long as the hub's session lives.
"""

from __future__ import annotations

import base64
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import urlencode

from enablement_ext.core.errors import BadRequest, Forbidden, HubUnavailable, NotSignedIn
from enablement_ext.core.review.models import Principal
from enablement_ext.service.context import ServiceContext
from enablement_ext.service.runtime.signing_key import after
from enablement_ext.service.use_cases.confirmations.views import sessions_end
from enablement_ext.web.messages import Cookie, Request, Response, redirect
from enablement_ext.web.redirect import safe_next

_HUB_AWAY_SECONDS = 300.0  # how long an open stream outlives an absent hub
SESSION = "enablement-session"
FLOW = "enablement-flow-"
HUB_SESSION = "jupyterhub-session-id"  # the hub's own; it comes along where the pages have the hub's host name
_SESSION_SECONDS = 15 * 60
_FORM_SECONDS = 10 * 60  # what a page needs to last from here: its ticket is good for so long
_FLOW_SECONDS = 600
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class BrowserSession:
    """Who has signed in, with the token's scopes and groups as the hub says now, and which of their sessions it is."""

    who: Principal
    id: str


async def browser_session(context: ServiceContext, cookies: Mapping[str, str], *, posts: bool) -> BrowserSession | None:
    """Whose session this is; None where there is none, the hub has ended it, or its holder said since that something was not them.

    `posts`: a form is sent, a page is not begun. Raises `HubUnavailable`.
    """
    lasts = after(context.review.clock.now(), 0 if posts else _FORM_SECONDS)
    value = context.signer.open("session", cookies.get(cookie_name(context, SESSION), ""), lasts)
    token = value.get("token") if value else None
    if value is None or not isinstance(token, str) or not value.get("hub"):
        return None
    if cookies.get(HUB_SESSION, value["hub"]) != value["hub"]:
        return None  # somebody else has signed in at the hub in this browser since
    try:
        who, hub_session = await context.hub.browser_user(token)
    except NotSignedIn:
        return None
    if hub_session != value["hub"]:
        return None
    void = await context.workers.run(sessions_end, context.review, who.name)
    if void is not None and _begun(value) <= void:
        return None
    return BrowserSession(replace(who, browser=True, server=None), str(value["id"]))


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


def cookie_name(context: ServiceContext, name: str) -> str:
    """Bound to the host (`__Host-`) where the pages have a host name of their own: no other host, and nothing without TLS, can set it."""
    return f"__Host-{name}" if context.decisions.own_host else name


def sign_in(context: ServiceContext, request: Request) -> Response:
    """Send the browser to the hub, to come back to the page it asked for. Only a page that is navigated to is worth it."""
    if request.headers.get("sec-fetch-mode", "navigate") != "navigate":
        raise NotSignedIn
    state, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")
    target = safe_next(_with_query(request), context.urls.prefix)
    flow = {"state": state, "verifier": verifier, "next": target}
    value = context.signer.sign("flow", flow, after(context.review.clock.now(), _FLOW_SECONDS))
    query = {
        "client_id": context.urls.client_id,
        "redirect_uri": context.urls.redirect_uri,
        "response_type": "code",
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    cookie = _cookie(context, FLOW + state[:8], value, _FLOW_SECONDS)
    return redirect(f"{context.urls.hub}api/oauth2/authorize?{urlencode(query)}", (cookie,))


async def callback(context: ServiceContext, request: Request) -> Response:
    """The end of the flow: exchange the code, set the session, go to the page.

    Raises `Forbidden` where this browser did not begin the flow, where the hub refused, or where the token was given to no session of
    the hub; `BadRequest`, `HubUnavailable`.
    """
    if "error" in request.query:
        raise Forbidden("The hub did not let you in here. Ask your platform engineers for access to this service.")
    state, code = request.query.get("state", ""), request.query.get("code", "")
    if not state or not code:
        raise BadRequest("The end of a sign-in was called without a beginning.")
    name = FLOW + state[:8]
    flow = context.signer.open("flow", request.cookies.get(cookie_name(context, name), ""), context.review.clock.now())
    if flow is None or flow.get("state") != state:
        raise Forbidden("This sign-in was not begun in this browser, or too long ago. Open the page again.")
    token = await context.hub.sign_in(code, str(flow["verifier"]))
    _, hub_session = await context.hub.browser_user(token)
    if not hub_session or request.cookies.get(HUB_SESSION, hub_session) != hub_session:
        raise Forbidden(
            "The hub does not say in which session you signed in. Sign in at the hub again, then open the page."
        )
    begun = context.review.clock.now().isoformat()
    session = {"id": secrets.token_urlsafe(12), "token": token, "hub": hub_session, "begun": begun}
    value = context.signer.sign("session", session, after(context.review.clock.now(), _SESSION_SECONDS))
    cookies = (_cookie(context, SESSION, value, _SESSION_SECONDS), _cookie(context, name, "", 0))
    return redirect(safe_next(str(flow["next"]), context.urls.prefix), cookies)


def _begun(session: Mapping[str, object]) -> datetime:
    """When the session began; long ago for one of a version that did not say."""
    begun = session.get("begun")
    return datetime.fromisoformat(begun) if isinstance(begun, str) else _LONG_AGO


def _cookie(context: ServiceContext, name: str, value: str, seconds: int) -> Cookie:
    return Cookie(cookie_name(context, name), value, seconds, "/" if context.decisions.own_host else "")


def _with_query(request: Request) -> str:
    return f"{request.path}?{urlencode(request.query)}" if request.query else request.path
