"""What is written in playbooks, roles and task files, before anything of it is evaluated."""
