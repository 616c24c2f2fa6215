"""Configuration files that programs read: Compose, Prometheus, nginx and the like."""
