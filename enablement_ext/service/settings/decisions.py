"""Where the service's pages are: settings of the decision page (`c.DecisionSettings`).

The hub's extension sets them for a service that the hub starts, from `c.Enablement`; the chart for one of its own.
"""

from __future__ import annotations

import os
import ssl
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from traitlets import Enum, List, TraitError, Unicode, default, validate
from traitlets.config import Configurable

from enablement_ext.core.access.clients import Network, parse_networks
from enablement_ext.core.access.decision_origin import Risk, ServersPlace, origin_of
from enablement_ext.service.context import PublicUrls


@dataclass(frozen=True, slots=True)
class PagesAddress:
    """Where the pages' own listener listens."""

    host: str
    port: int
    tls: ssl.SSLContext | None


class DecisionSettings(Configurable):
    """The address of the pages on which people decide."""

    url = Unicode(
        help="""The origin of the pages on which people decide, as a browser sees it: https://HOST[:PORT], a host name or port that no lab page has.

        Empty: the pages are where the API is, which is the hub's origin unless the hub has subdomains; decisions are then off.
        Default: $ENABLEMENT_DECISION_URL.
        """
    ).tag(config=True)
    listen = Unicode(
        help="""Where the pages have a listener of their own: http://HOST:PORT behind a proxy that ends TLS, or https://HOST:PORT with certificate and key.

        Empty: they are served beside the API, to requests for the host in `url` only. Default: $ENABLEMENT_DECISION_LISTEN.
        """
    ).tag(config=True)
    certificate = Unicode(
        help="File with the certificate of the pages' listener, where it ends TLS itself. Default: $ENABLEMENT_DECISION_CERTIFICATE."
    ).tag(config=True)
    key = Unicode(
        help="File with the certificate's key. Default: $ENABLEMENT_DECISION_KEY.",
    ).tag(config=True)
    hub_url = Unicode(
        help="The hub's origin as a browser sees it: https://HOST[:PORT]. Needed with `url`. Default: $ENABLEMENT_HUB_URL, else $JUPYTERHUB_HOST."
    ).tag(config=True)
    servers = Enum(
        [place.value for place in ServersPlace],
        help="""Where people's servers run: "elsewhere" (pods, containers: a port that a notebook opens is not reached under the host names of hub and
        pages), "same-host" (processes of the hub's machine, under accounts of their own) or "same-account" (under the account of this
        service). Default: $ENABLEMENT_SERVERS, else same-host.
        """,
    ).tag(config=True)
    accepted_risks = List(
        Enum([risk.value for risk in Risk]),
        help="""Risks that you accept by name, so that decisions are on in spite of them; the decision page and the event of every decision then say so.

        With each of them, a notebook that a reviewer runs can approve in the reviewer's name. "shared-origin": its JavaScript has the address of the
        decision page. "plain-http": it can be sent the hub's login cookie, because it can listen on the hub's machine and nothing is on https.
        "one-account": it can read this service's key. Default: $ENABLEMENT_ACCEPTED_RISKS, with commas.
        """,
    ).tag(
        config=True,
        weakens="a notebook that a reviewer runs can approve in the reviewer’s name, in the way that each risk names",
    )

    trusted_proxies = List(
        Unicode(),
        help="""Addresses and networks of the proxies in front of the pages (10.0.0.7, 10.1.0.0/16). What they say in X-Forwarded-For is what a person
        is told of where a decision in their name came from; of everybody else it is the address that the connection came from. In a cluster:
        the addresses of the Ingress controller's pods, and of nothing that a person's server could have.
        Default: $ENABLEMENT_TRUSTED_PROXIES, with commas, else this machine (127.0.0.0/8, ::1).
        """,
    ).tag(config=True, weakens="whoever has one of these addresses can say that a decision came from anywhere")

    @default("url")
    def _default_url(self) -> str:
        return os.environ.get("ENABLEMENT_DECISION_URL", "")

    @default("listen")
    def _default_listen(self) -> str:
        return os.environ.get("ENABLEMENT_DECISION_LISTEN", "")

    @default("certificate")
    def _default_certificate(self) -> str:
        return os.environ.get("ENABLEMENT_DECISION_CERTIFICATE", "")

    @default("key")
    def _default_key(self) -> str:
        return os.environ.get("ENABLEMENT_DECISION_KEY", "")

    @default("hub_url")
    def _default_hub_url(self) -> str:
        return os.environ.get("ENABLEMENT_HUB_URL") or os.environ.get("JUPYTERHUB_HOST", "")

    @default("servers")
    def _default_servers(self) -> str:
        return os.environ.get("ENABLEMENT_SERVERS") or ServersPlace.SAME_HOST.value

    @default("accepted_risks")
    def _default_accepted_risks(self) -> list[str]:
        return [risk for risk in os.environ.get("ENABLEMENT_ACCEPTED_RISKS", "").split(",") if risk]

    @default("trusted_proxies")
    def _default_trusted_proxies(self) -> list[str]:
        told = [each for each in os.environ.get("ENABLEMENT_TRUSTED_PROXIES", "").split(",") if each]
        return told or ["127.0.0.0/8", "::1"]

    @validate("trusted_proxies")
    def _checked_networks(self, proposal: Any) -> Any:
        try:
            parse_networks(proposal["value"])
        except ValueError as problem:
            raise TraitError(f"DecisionSettings.trusted_proxies: {problem}") from None
        return proposal["value"]

    @validate("url", "hub_url", "listen")
    def _checked_origin(self, proposal: Any) -> Any:
        given = proposal["value"].rstrip("/")
        parts = urlsplit(given)
        if given and (parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query):
            raise TraitError(
                f"DecisionSettings.{proposal['trait'].name} is https://HOST[:PORT] without a path, not {given}"
            )
        return given

    def urls(self, prefix: str, base_url: str, client_id: str) -> PublicUrls:
        """The service's addresses; the redirect address of its OAuth client is on the pages' origin. Raises `TraitError`."""
        if self.url and not self.hub_url:
            raise TraitError("DecisionSettings.hub_url: say where browsers find the hub; the pages send them there")
        if self.listen and not self.url:
            raise TraitError("DecisionSettings.url: say how a browser reaches what listens at DecisionSettings.listen")
        pages = f"{self.url}{prefix}"
        return PublicUrls(
            prefix=prefix,
            hub=f"{self.hub_url}{base_url}hub/",
            pages=pages,
            api=f"{self.hub_url}{prefix}" if self.listen else pages,
            client_id=client_id,
            redirect_uri=f"{pages}oauth_callback",
        )

    def address(self) -> PagesAddress | None:
        """Where to listen for the pages alone, None where they have no listener of their own. Raises `TraitError`."""
        if not self.listen:
            return None
        parts = urlsplit(self.listen)
        if origin_of(self.url) == origin_of(self.hub_url):
            raise TraitError(
                "DecisionSettings.url is the hub's own address; a listener for the pages needs another host name or port"
            )
        return PagesAddress(
            parts.hostname or "127.0.0.1", parts.port or 80, self._tls() if parts.scheme == "https" else None
        )

    def place(self) -> tuple[ServersPlace, frozenset[Risk]]:
        """Where servers run, and what was accepted."""
        return ServersPlace(self.servers), frozenset(Risk(risk) for risk in self.accepted_risks)

    def networks(self) -> tuple[Network, ...]:
        """The trusted proxies. Raises `TraitError`."""
        try:
            return parse_networks(self.trusted_proxies)
        except ValueError as problem:  # from the environment, which nobody has checked
            raise TraitError(f"DecisionSettings.trusted_proxies: {problem}") from None

    def _tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        try:
            context.load_cert_chain(self.certificate, self.key or None)
        except (OSError, ssl.SSLError) as problem:
            raise TraitError(f"DecisionSettings.certificate and .key cannot be used: {problem}") from None
        return context
