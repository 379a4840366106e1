"""What belongs to one service process: thread pools and locks, rate limits, draining at shutdown, the signing key, Prometheus metrics."""
