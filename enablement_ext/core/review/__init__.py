"""The review queue: submissions and versions, lifecycle, attention, policy, permissions, requirements, threads, decisions, the event log."""
