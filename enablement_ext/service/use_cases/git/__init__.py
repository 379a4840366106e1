"""Repositories: `repositories` makes and finds them and mints credentials, `access` says who may, `webhooks` takes what a forge sends."""
