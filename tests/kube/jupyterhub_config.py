"""The configuration of the hub that the cluster test brings itself: in the spirit of Zero to JupyterHub, as small as it goes.

KubeSpawner, a proxy with a Deployment of its own, people with a shared password, the hub's database in PostgreSQL; and, last, the call that
adopts Enablement.
"""

from __future__ import annotations

import os

from enablement_ext.hub import configure

c = get_config()  # type: ignore[name-defined]  # noqa: F821  # JupyterHub puts it there

c.JupyterHub.hub_bind_url = "http://:8081"
c.JupyterHub.hub_connect_url = "http://hub:8081"
c.JupyterHub.cleanup_servers = False
c.JupyterHub.db_url = os.environ["HUB_DATABASE"]
c.JupyterHub.cookie_secret_file = "/srv/state/cookie_secret"
c.ConfigurableHTTPProxy.should_start = False
c.ConfigurableHTTPProxy.api_url = "http://proxy-api:8001"

c.JupyterHub.authenticator_class = "shared-password"
c.SharedPasswordAuthenticator.user_password = os.environ["PEOPLE_PASSWORD"]
c.SharedPasswordAuthenticator.admin_password = os.environ["ADMIN_PASSWORD"]
c.Authenticator.allowed_users = {"dana", "remy", "petra"}
c.Authenticator.admin_users = {"petra"}
c.JupyterHub.load_groups = {
    "enablement-authors": {"users": ["dana"]},
    "enablement-reviewers": {"users": ["remy"]},
    "enablement-platform": {"users": ["petra"]},
}

c.JupyterHub.spawner_class = "kubespawner.KubeSpawner"
c.KubeSpawner.start_timeout = 180
c.KubeSpawner.http_timeout = 120
c.KubeSpawner.uid = 1000
c.KubeSpawner.fs_gid = 1000
c.KubeSpawner.allow_privilege_escalation = False
c.KubeSpawner.container_security_context = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}
c.KubeSpawner.cpu_guarantee = 0.2
c.KubeSpawner.mem_guarantee = "256M"
c.KubeSpawner.extra_labels = {"hub.jupyter.org/network-access-hub": "true"}
c.KubeSpawner.volumes = {"home": {"name": "home", "emptyDir": {}}}
c.KubeSpawner.volume_mounts = {"home": {"name": "home", "mountPath": "/home/jovyan"}}

c.Enablement.catalog = "/etc/enablement/catalog"
c.Enablement.service_url = "http://enablement-review:8080"
c.Enablement.service_url_for_servers = "http://proxy-public"
c.Enablement.hub_url = "http://hub.localhost"
c.Enablement.decision_url = "http://decide.localhost:8090"
configure(c)
