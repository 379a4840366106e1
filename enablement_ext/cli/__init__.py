"""Entry point: the `enablement` command line: one machine's hub, images, backups, the audit log, Helm values."""

from __future__ import annotations
