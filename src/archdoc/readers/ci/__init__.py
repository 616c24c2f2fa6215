"""Continuous integration workflows."""
