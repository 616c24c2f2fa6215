"""The heuristics of this reader, each by its name. ``rules_off`` in archdoc's configuration switches one off; every
edge that rests on one names it."""

from __future__ import annotations

from collections.abc import Mapping

HOST_PATTERN = "ansible.host-pattern"
POSSIBLE_TASKS = "ansible.possible-tasks"
POSSIBLE_ROLES = "ansible.possible-roles"
POSSIBLE_HANDLERS = "ansible.possible-handlers"
ROLE_BY_NAME = "ansible.role-by-name"
FILE_BY_NAME = "ansible.file-by-name"
CHECKOUT = "ansible.checkout"
FACT_ELSEWHERE = "ansible.fact-elsewhere"
COMMAND_PLAYBOOK = "ansible.command-playbook"
INDENTED_BLOCKS = "ansible.indented-blocks"
STRAY_VARIABLES = "ansible.stray-vars"
INVENTORY_ELSEWHERE = "ansible.inventory-elsewhere"

RULES: Mapping[str, str] = {
    HOST_PATTERN: """A host pattern with an expression stands for what the expression gives with the variables of the
        repository (``{{ target | default('web') }}`` for ``web``); where a part of it is not known, for the groups
        and hosts whose names fit the rest. Example: ``hosts: web_{{ stage }}`` for ``web_staging`` and
        ``web_production``.""",
    POSSIBLE_TASKS: """An include whose file name has a part that only run time tells may mean any file that fits the
        rest, in the first directory that Ansible looks in and that has one; where the name is chosen between texts, the
        files that these name. The same holds for ``tasks_from`` and for an imported playbook. Example:
        ``include_tasks: install-{{ ansible_os_family }}.yml`` beside ``install-Debian.yml`` and
        ``install-RedHat.yml``, or ``tasks_from: "{{ 'remove' if gone else 'main' }}"``.""",
    POSSIBLE_ROLES: """An include of a role whose name has a part that only run time tells may mean any role of the
        project whose name fits the rest. Example: ``include_role: {name: "db_{{ engine }}"}`` for the roles
        ``db_mysql`` and ``db_postgres``.""",
    POSSIBLE_HANDLERS: """A notification, or a handler, whose name has a part that only run time tells may mean any
        handler, or notification, that fits the rest. Example: ``notify: restart {{ item }}`` for the handlers
        ``restart nginx`` and ``restart php``.""",
    ROLE_BY_NAME: """A role that none of Ansible's search paths has is the one role of the project with that name: the
        paths may be set where archdoc does not look (the environment, the command line). Example:
        ``roles: [web]`` in ``playbooks/site.yml``, and ``shared/roles/web``.""",
    FILE_BY_NAME: """A file that is not where Ansible looks for it is the one file of the project whose path ends in the
        same way. A Problem says so each time. Example: ``src: app.conf.j2`` in ``playbooks/app.yml``, and
        ``deploy/templates/app.conf.j2``.""",
    CHECKOUT: """An absolute path that ends as the path of a file or role does, seen from the top of the repository or
        of the project, means that one: the repository is checked out there. Example:
        ``import_playbook: /srv/ansible/playbooks/web.yml`` and ``playbooks/web.yml``.""",
    FACT_ELSEWHERE: """A variable that nothing around a task defines has the value that ``set_fact`` gives it elsewhere
        in the project, where all such tasks give it the same: they may have run before. What is made of it is marked
        as partial. Example: ``set_fact: {data_dir: /srv}`` in a role that another play applies, and
        ``path: "{{ data_dir }}/app"``.""",
    INDENTED_BLOCKS: """A template whose result is YAML that cannot be parsed, only because the blanks before its
        blocks stay in the text, is read as with ``lstrip_blocks``. A Problem says so, and what is made of it is marked
        as partial. Example: an indented ``{% for host in hosts %}`` around items of a list.""",
    STRAY_VARIABLES: """``group_vars`` and ``host_vars`` that lie beside no inventory and no playbook count as if they
        lay beside the inventory: something that is not in the repository may bring them together. Example:
        ``environments/production/group_vars/web.yml`` where Terraform writes the inventory there.""",
    INVENTORY_ELSEWHERE: """An inventory that lies in the directory of no Ansible project is that of the project whose
        plays name most of its groups and hosts: three at least, no other project as many, and the project has no host
        of its own. Example: ``environments/production/hosts`` with the groups ``web``, ``db`` and ``cache``, and plays
        for them in ``deploy/ansible/site.yml``.""",
    COMMAND_PLAYBOOK: """A task whose command line runs ``ansible-playbook`` on a playbook of the repository calls that
        playbook; it is read with the variables that ``--extra-vars`` gives and for the hosts of ``--limit``. Example:
        ``command: ansible-playbook deploy.yml -e version=2``.""",
}
"""The text of each rule, for the page of rules."""
