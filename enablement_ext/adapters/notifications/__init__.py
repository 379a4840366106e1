"""What carries notifications out of the service: mail by SMTP, webhooks by HTTP, and lists in memory."""

from __future__ import annotations

from enablement_ext.adapters.notifications.smtp import SmtpMailer
from enablement_ext.adapters.notifications.webhook_client import WebhookClient

__all__ = ["SmtpMailer", "WebhookClient"]
