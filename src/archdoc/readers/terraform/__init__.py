"""Terraform and OpenTofu configurations, evaluated without running them."""

from archdoc.readers.terraform.read import read

__all__ = ["read"]
