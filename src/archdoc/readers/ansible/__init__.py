"""Ansible projects, read without running them."""

from archdoc.readers.ansible.read import read

__all__ = ["read"]
