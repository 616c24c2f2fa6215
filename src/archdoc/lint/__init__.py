"""Findings about the infrastructure itself, one pure rule each."""
