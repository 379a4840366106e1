"""What a hub can set about Enablement, before it calls `configure(c)`: `c.Enablement.<name> = …`. The help is the documentation."""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path

from traitlets import Bool, Dict, Integer, List, Unicode, default
from traitlets.config import Configurable

PORT_PATIENCE = 6.0  # seconds


class Enablement(Configurable):
    """The settings of the hub extension."""

    state = Unicode(
        help="""Folder for everything that must survive: the queue's database, the stored bytes, the service's port.

        Made with mode 0700. Default: $ENABLEMENT_STATE, else `.enablement-state` below the hub's working folder.
        """
    ).tag(config=True)

    catalog = Unicode(
        help="""Folder of the image catalog (images/<slug>/…).

        Default: $ENABLEMENT_CATALOG, else your own in `images` below the hub's working folder, else the one that comes with Enablement.
        The log says at start which it is.
        """
    ).tag(config=True)

    environments = Unicode(
        help="""Folder for the environments made from image releases, for spawners that start local processes.

        Every account that gets a server must be able to read it. Default: `environments` below $ENABLEMENT_CACHE, else below
        /var/cache/enablement for root and $XDG_CACHE_HOME/enablement (~/.cache/enablement) for anybody else.
        """
    ).tag(config=True)

    python = Unicode(
        help="""Python that the environments are made with, a path or a name on PATH.

        Every account that gets a server must be able to run it. Default: the Python the hub runs on, if a release is for its version.
        """
    ).tag(config=True)

    image_reference = Unicode(
        help="""Where container spawners (KubeSpawner, DockerSpawner) find a release's image, with {image}, {release} and {python}.

        Example: "registry.example.org/enablement/{image}:{release}-py{python}"; the digest of the release's record is appended, where
        there is one. Empty: where the catalog says (the chart's `catalog.reference`); without that the spawner's own image setting stays in
        force, no release is offered on the spawn page and none is recorded.
        """
    ).tag(config=True)

    image_groups = Dict(
        help="""Who may start an image: slug -> list of hub groups; an empty list opens it to everybody.

        Stands above `groups` in the image's intent, for the images it names. Checked when a server starts, whatever asks for it; images
        of other groups are not shown. Example: {"ml": ["gpu-team"]}.
        """
    ).tag(config=True, weakens="an empty list opens an image to everybody, also where its intent names groups")

    sizes = Dict(
        help="""Server sizes on the spawn page, smallest first: key -> what it is; the first is the default.

        "title", "hint" (plain words for people), "cpu" (cores) and "memory" ("2G") are set as the spawner's cpu_limit and mem_limit.
        For clusters also "cpu_request", "memory_request", "node_selector" and "kubespawner_override" (any KubeSpawner setting).
        Spawners that start plain local processes do not enforce sizes; the page says so.
        An empty dict offers no sizes and leaves the spawner's own limits alone.
        """,
        default_value={
            "small": {"title": "Small", "hint": "Explore: read, plot, try things out.", "cpu": 1, "memory": "2G"},
            "medium": {"title": "Medium", "hint": "Everyday work with data that fits.", "cpu": 2, "memory": "4G"},
            "large": {"title": "Large", "hint": "Train models, join large tables.", "cpu": 4, "memory": "8G"},
        },
    ).tag(config=True)

    quotas = Dict(
        help="""What members of a hub group may have: group -> {"servers": how many at a time, "largest": key of a size}, or one of the two.

        Who is in several of the groups has the most generous of each; who is in none has what stands under "*". Nothing there: no limit.
        Example: {"enablement-authors": {"servers": 2, "largest": "medium"}, "*": {"servers": 1}}.
        """
    ).tag(config=True)

    spawn_page = Bool(
        True,
        help="""Whether a person chooses image release and size on the spawn page. False: the default release and size, no page.""",
    ).tag(config=True)

    service_url = Unicode(
        help="""URL at which an already running review service listens (cluster: its own Deployment).

        Empty: the hub starts and supervises the service itself, on this machine.
        """
    ).tag(config=True)

    service_url_for_servers = Unicode(
        help="""Origin at which people's servers reach the review service, without a path. Default: where the hub reaches it.

        In a cluster, where pods reach the service through the proxy: "http://proxy-public".
        """
    ).tag(config=True)

    service_token = Unicode(
        help="""Token of an external review service at the hub. Default: $ENABLEMENT_SERVICE_TOKEN. A managed service gets one from the hub."""
    ).tag(config=True)

    service_port = Integer(
        0,
        help="""Port of the managed review service on 127.0.0.1. 0: the one used last, if it is free, else any free one.""",
    ).tag(config=True)

    database_url = Unicode(
        help="""PostgreSQL URL of the queue (postgresql+psycopg://…) for the managed service.

        Default: $ENABLEMENT_DATABASE_URL, else SQLite in the state folder.
        """
    ).tag(config=True)

    service_config = Unicode(
        help="""A file with further settings of the managed review service (Python or JSON), for instance which forge keeps repositories."""
    ).tag(config=True)

    forge_base = Unicode(
        help="""What every clone address begins with where a forge elsewhere keeps repositories, e.g. "https://git.example.org/science/".

        People's servers are told; Git's credential helper answers for repositories below it. Empty: the service keeps them itself.
        """
    ).tag(config=True)

    decision_url = Unicode(
        help="""The origin of the pages on which people decide, as browsers see it: https://HOST[:PORT], a second host name or a second port.

        No lab page may have it. Empty: the service's own host under `c.JupyterHub.subdomain_host`; without subdomains there are no decisions, because
        JavaScript of a notebook would have the address of the decision page. Default: $ENABLEMENT_DECISION_URL.
        """
    ).tag(config=True)

    decision_listen = Unicode(
        help="""Where the managed review service listens for `decision_url`: http://127.0.0.1:PORT behind a reverse proxy that ends TLS, or
        https://:PORT, which browsers reach directly. Default: $ENABLEMENT_DECISION_LISTEN.
        """
    ).tag(config=True)

    decision_certificate = Unicode(
        help="""File with the certificate for `decision_listen` with https. Default: `c.JupyterHub.ssl_cert`."""
    ).tag(config=True)

    decision_key = Unicode(help="""File with its key. Default: `c.JupyterHub.ssl_key`.""").tag(config=True)

    hub_url = Unicode(
        help="""The hub's origin as browsers see it: https://HOST[:PORT]. Default: $ENABLEMENT_HUB_URL, else that of c.JupyterHub.public_url,
        subdomain_host or bind_url. Set it where a reverse proxy ends TLS in front of the hub.
        """
    ).tag(config=True)

    accepted_risks = List(
        Unicode(),
        help="""Risks that you accept by name, so that decisions are on in spite of them; the decision page and the event of every decision then say so.

        With each of them, a notebook that a reviewer runs can approve in the reviewer's name. "shared-origin": its JavaScript has the address of the
        decision page. "plain-http": it can be sent the hub's login cookie, because servers run on the hub's machine and nothing is on https.
        "one-account": it can read the key of the review service, because servers run under the same account. Default: $ENABLEMENT_ACCEPTED_RISKS, with commas.
        """,
    ).tag(
        config=True,
        weakens="a notebook that a reviewer runs can approve in the reviewer’s name, in the way that each risk names",
    )

    trusted_proxies = List(
        Unicode(),
        help="""Addresses and networks of reverse proxies on other machines in front of hub and decision page (10.0.0.7, 10.1.0.0/16): what they say in
        X-Forwarded-For is what people are told of where a decision in their name came from. Default: $ENABLEMENT_TRUSTED_PROXIES, with commas,
        else this machine.
        """,
    ).tag(config=True, weakens="whoever has one of these addresses can say that a decision came from anywhere")

    @default("trusted_proxies")
    def _default_trusted_proxies(self) -> list[str]:
        return [each for each in os.environ.get("ENABLEMENT_TRUSTED_PROXIES", "").split(",") if each]

    @default("decision_url")
    def _default_decision_url(self) -> str:
        return os.environ.get("ENABLEMENT_DECISION_URL", "")

    @default("decision_listen")
    def _default_decision_listen(self) -> str:
        return os.environ.get("ENABLEMENT_DECISION_LISTEN", "")

    @default("hub_url")
    def _default_hub_url(self) -> str:
        return os.environ.get("ENABLEMENT_HUB_URL", "")

    @default("accepted_risks")
    def _default_accepted_risks(self) -> list[str]:
        return [risk for risk in os.environ.get("ENABLEMENT_ACCEPTED_RISKS", "").split(",") if risk]

    lab_tour = Bool(
        help="""Whether JupyterLab shows everybody, once, where Enablement's four buttons are. Default: $ENABLEMENT_TOUR is 1.

        Without it the command "Enablement Tour" shows the same.
        """
    ).tag(config=True)

    @default("lab_tour")
    def _default_lab_tour(self) -> bool:
        return os.environ.get("ENABLEMENT_TOUR") == "1"

    @default("state")
    def _default_state(self) -> str:
        return os.environ.get("ENABLEMENT_STATE") or ".enablement-state"

    @default("service_token")
    def _default_service_token(self) -> str:
        return os.environ.get("ENABLEMENT_SERVICE_TOKEN", "")

    @default("database_url")
    def _default_database_url(self) -> str:
        return os.environ.get("ENABLEMENT_DATABASE_URL", "")

    def state_folder(self) -> Path:
        """The state folder, made if need be, closed to other accounts."""
        folder = Path(self.state).expanduser().absolute()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder


def lasting_port(remembered: Path, wanted: int) -> int:
    """`wanted`, or the remembered port if it is free within a few seconds, or any free one, which is remembered.

    Servers that outlive a restart of the hub go on finding the service where it was. A hub that was killed leaves a
    service that takes a moment to notice and to give the port back.
    """
    if wanted:
        return wanted
    try:
        last = int(remembered.read_text(encoding="ascii"))
    except (OSError, ValueError):
        last = 0
    deadline = time.monotonic() + PORT_PATIENCE
    while last and not _free_port(last) and time.monotonic() < deadline:
        time.sleep(0.1)
    port = (last and _free_port(last)) or _free_port(0)
    remembered.write_text(f"{port}\n", encoding="ascii")
    return port


def _free_port(port: int) -> int:
    with socket.socket() as probe:
        # A port whose old connections are still in TIME_WAIT is free for a server.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return 0
        return int(probe.getsockname()[1])
