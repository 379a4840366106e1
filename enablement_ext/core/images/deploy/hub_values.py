"""What ties a hub to the chart `enablement`: the values that a Zero to JupyterHub needs, and the lines for any other hub. Pure.

The chart's own values hold the same for the hub that it installs, and its notes print it; a test compares all three. The names are fixed,
as Zero to JupyterHub's are: a chart's values can name them, and cannot compute them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

SERVICE = "enablement"
SERVICE_URL = "http://enablement-review:8080"
PROXY_URL = "http://proxy-public"
CATALOG = "enablement-catalog"
CATALOG_FOLDER = "/etc/enablement/catalog"
TOKEN_KEY = f"hub.services.{SERVICE}.apiToken"
USER = 1000  # the account in the images of the catalog

# Zero to JupyterHub mounts the volume of the hub's SQLite file there, and names that file by a path below the working folder.
COMMAND = ("tini", "-g", "--", "/bin/sh", "-c", 'cd /srv/jupyterhub 2> /dev/null; exec "$@"', "sh")
EXTRA_CONFIG = "from enablement_ext.hub import configure\nconfigure(c)\n"


@dataclass(frozen=True, slots=True)
class HubConnection:
    """How people's servers reach the service: `direct`, or through the proxy. `hub_image` is "" where the hub's image stays.

    `policies`: the chart's network policies for servers stand in for the hub's own, because policies only ever add.
    """

    direct: bool = False
    hub_image: str = ""
    policies: bool = True
    decisions: str = (
        ""  # the origin of the pages on which people decide, as browsers see it; "" where there are no decisions
    )
    hub: str = ""  # the hub's, likewise

    @property
    def url_for_servers(self) -> str:
        """The origin that servers are told."""
        return SERVICE_URL if self.direct else PROXY_URL

    @property
    def origins(self) -> dict[str, str]:
        """The settings that say where people decide."""
        return {"decision_url": self.decisions, "hub_url": self.hub} if self.decisions else {}


def hub_values(tie: HubConnection) -> dict[str, Any]:
    """Values to merge into those of a Zero to JupyterHub in the same namespace."""
    hub: dict[str, Any] = {}
    if tie.hub_image:
        name, _, tag = (
            tie.hub_image.rpartition(":") if ":" in tie.hub_image.rpartition("/")[2] else (tie.hub_image, "", "")
        )
        hub["image"] = {"name": name} | ({"tag": tag} if tag else {})
        hub["command"] = list(COMMAND)
    hub |= {
        "services": {SERVICE: {"url": SERVICE_URL}},
        "config": {
            "Enablement": {
                "catalog": CATALOG_FOLDER,
                "service_url": SERVICE_URL,
                **tie.origins,
                "service_url_for_servers": tie.url_for_servers,
            }
        },
        "allowNamedServers": True,  # for opening a submission beside one's own work; Zero to JupyterHub says no by itself
        "extraConfig": {"zz-enablement": EXTRA_CONFIG},
        "extraVolumes": [{"name": CATALOG, "configMap": {"name": CATALOG, "optional": True}}],
        "extraVolumeMounts": [{"name": CATALOG, "mountPath": CATALOG_FOLDER, "readOnly": True}],
    }
    servers: dict[str, Any] = {"uid": USER, "fsGid": USER}
    if tie.policies:
        servers["networkPolicy"] = {"enabled": False}
    return {"hub": hub, "singleuser": servers}


def hub_lines(tie: HubConnection) -> str:
    """The end of a jupyterhub_config.py that says the same, for a hub that Zero to JupyterHub did not install.

    Its pod has the token in $ENABLEMENT_SERVICE_TOKEN and the ConfigMap at the catalog's folder.
    """
    return (
        "# Last in jupyterhub_config.py. The token is read from $ENABLEMENT_SERVICE_TOKEN.\n"
        f"c.Enablement.catalog = {CATALOG_FOLDER!r}\n"
        f"c.Enablement.service_url = {SERVICE_URL!r}\n"
        f"c.Enablement.service_url_for_servers = {tie.url_for_servers!r}\n"
        + "".join(f"c.Enablement.{name} = {origin!r}\n" for name, origin in tie.origins.items())
        + f"\n{EXTRA_CONFIG}"
    ).replace("'", '"')
