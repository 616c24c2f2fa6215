"""Fixtures of the browser tests."""

from browsing import browser, light, planted_site, sample, sample_site, visit

__all__ = ["browser", "light", "planted_site", "sample", "sample_site", "visit"]
