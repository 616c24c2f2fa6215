"""Terraform's built-in functions, one small definition each."""
