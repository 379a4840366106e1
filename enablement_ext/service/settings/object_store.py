"""Where the bucket is: settings of the service that count when artifacts are kept there (`c.ObjectStore`).

The keys are no settings: they come from files, or from the variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or from what AWS's
own variables name (a web identity's token file, a container's address); never from an argument, which every account can read.
"""

from __future__ import annotations

import os
from typing import Any

from traitlets import Bool, Float, TraitError, Unicode, default, validate
from traitlets.config import Configurable


class ObjectStore(Configurable):
    """A bucket that speaks the S3 API."""

    bucket = Unicode(help="The bucket. It must exist. Default: $ENABLEMENT_S3_BUCKET.").tag(config=True)
    endpoint = Unicode(
        help="The address of the store, https://HOST[:PORT] (http only inside a trusted network). Default: $ENABLEMENT_S3_ENDPOINT, else AWS."
    ).tag(
        config=True,
        weakens="with http, whoever is on the way reads and changes what was sent (a change is noticed when it is read)",
    )
    region = Unicode(help="Default: $ENABLEMENT_S3_REGION, else $AWS_REGION, else us-east-1.").tag(config=True)
    prefix = Unicode(
        help="What the names of our objects begin with, so that a bucket can be shared. Default: $ENABLEMENT_S3_PREFIX."
    ).tag(config=True)
    path_style = Bool(
        help="Whether the bucket stands in the path of an address and not in its host name; most stores of one's own want that. "
        "Default: where an endpoint is set."
    ).tag(config=True)
    keys = Unicode(
        help="A folder with the files access-key-id and secret-access-key (and session-token), read again every 5 minutes. "
        "Default: $ENABLEMENT_S3_KEYS, else the variables that AWS's own tools read."
    ).tag(config=True)
    timeout = Float(
        10.0,
        help="How long to wait for one answer of the store, in seconds; a large file may take ten times as long as a whole.",
    ).tag(config=True)

    @default("bucket")
    def _default_bucket(self) -> str:
        return os.environ.get("ENABLEMENT_S3_BUCKET", "")

    @default("endpoint")
    def _default_endpoint(self) -> str:
        return os.environ.get("ENABLEMENT_S3_ENDPOINT", "")

    @default("region")
    def _default_region(self) -> str:
        return os.environ.get("ENABLEMENT_S3_REGION") or os.environ.get("AWS_REGION") or "us-east-1"

    @default("prefix")
    def _default_prefix(self) -> str:
        return os.environ.get("ENABLEMENT_S3_PREFIX", "")

    @default("path_style")
    def _default_path_style(self) -> bool:
        return bool(self.endpoint)

    @default("keys")
    def _default_keys(self) -> str:
        return os.environ.get("ENABLEMENT_S3_KEYS", "")

    @validate("endpoint")
    def _checked_endpoint(self, proposal: Any) -> Any:
        if proposal["value"] and not proposal["value"].startswith(("http://", "https://")):
            raise TraitError("ObjectStore.endpoint begins with https:// (or http://)")
        return proposal["value"]

    @validate("timeout")
    def _checked_timeout(self, proposal: Any) -> Any:
        if not 0.1 <= proposal["value"] <= 300:
            raise TraitError("ObjectStore.timeout is from 0.1 to 300")
        return proposal["value"]
