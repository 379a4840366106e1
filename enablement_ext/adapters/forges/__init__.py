"""Forges elsewhere: GitHub, GitLab, Gitea and Forgejo, asked through their HTTP APIs with one client."""
