"""Forges elsewhere: GitHub, GitLab, Gitea and Forgejo, behind the port `Forge`.

`factory` chooses one, `base` has what all of them share, `client` speaks HTTP, `responses` maps statuses to errors, `webhooks` verifies and parses
deliveries.
"""
