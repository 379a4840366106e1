"""The hub extension: runs inside JupyterHub. Two lines at the end of `jupyterhub_config.py` add Enablement:

    from enablement_ext.hub import configure
    configure(c)

- `app`: the composition root; `settings`: `c.Enablement`; `hub_configuration`: scopes, roles, groups and the service.
- `spawner`, `spawner_form`: the class composed from the hub's own spawner; `user_options`, `spawn_policy`, `sizes`: what somebody asks for and gets.
- `spawn_page`, `image_cards`, `templates/`: the options form; `kubespawner`: the same choice for container spawners; `spawn_errors`: refusals.
- `demo_people`, `parent_watch`: the demo of one machine.
"""

from __future__ import annotations

from enablement_ext.hub.app import configure
from enablement_ext.hub.demo_people import PeopleAuthenticator, people

__all__ = ["PeopleAuthenticator", "configure", "people"]
