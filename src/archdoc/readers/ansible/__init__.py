"""Ansible projects, read without running them."""
