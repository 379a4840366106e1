"""The service process: thread pools, rate limits, draining at shutdown, the signing key, metrics."""
