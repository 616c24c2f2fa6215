"""Terraform and OpenTofu configurations, evaluated without running them."""
