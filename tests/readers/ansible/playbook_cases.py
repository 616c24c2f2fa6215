"""A project of small playbooks, each named for what it shows; ansible-core lists them all in one run."""

from __future__ import annotations

COMMON = {
    "ansible.cfg": """
        [defaults]
        inventory = hosts.ini
        roles_path = roles:shared/roles
        collections_path = collections
        """,
    "hosts.ini": """
        [web]
        web[01:04]
        [db]
        db1 ansible_host=10.0.0.5
        db2
        [eu:children]
        web
        [us]
        us-east-1
        us-west-1
        [prod:children]
        eu
        db
        [prod:vars]
        flavour=blue
        """,
    "roles/plain/tasks/main.yml": """
        - name: Plain task
          debug: msg=hi
        - ping:
        """,
    "roles/tagged/tasks/main.yml": """
        - name: Tagged in role
          ping:
          tags: [inner]
        """,
    "roles/deep/meta/main.yml": """
        dependencies:
          - plain
          - role: tagged
            tags: from_deep
            port: 80
        """,
    "roles/deep/tasks/main.yml": """
        - name: Deep task
          ping:
        - import_tasks: sub/first.yml
        """,
    "roles/deep/tasks/sub/first.yml": """
        - name: First of sub
          ping:
        - import_tasks: second.yml
        """,
    "roles/deep/tasks/sub/second.yml": "- {name: Second of sub, ping: }\n",
    "roles/deep/tasks/other.yml": "- {name: Other entry, ping: , tags: other}\n",
    "roles/deep/handlers/main.yml": "- {name: Restart deep, ping: }\n",
    "roles/specified/meta/argument_specs.yml": """
        argument_specs:
          main:
            short_description: What it takes
            options:
              size: {type: int, default: 1}
        """,
    "roles/specified/tasks/main.yml": "- {name: Specified task, ping: }\n",
    "roles/yaml/tasks/main.yaml": "- {name: From main.yaml, ping: }\n",
    "roles/empty/defaults/main.yml": "empty_value: 1\n",
    "roles/group/inner/tasks/main.yml": "- {name: Inner task, ping: }\n",
    "shared/roles/shared/tasks/main.yml": "- {name: Shared task, ping: }\n",
    "collections/ansible_collections/acme/tools/galaxy.yml": "namespace: acme\nname: tools\nversion: 1.0.0\n",
    "collections/ansible_collections/acme/tools/roles/agent/tasks/main.yml": """
        - name: Agent task
          ping:
        - import_role:
            name: helper
        """,
    "collections/ansible_collections/acme/tools/roles/helper/tasks/main.yml": "- {name: Helper task, ping: }\n",
    "collections/ansible_collections/acme/tools/playbooks/install.yml": """
        - hosts: db
          tasks:
            - name: From a collection
              ping:
        """,
    "tasks/common.yml": """
        - name: Common task
          ping:
          tags: common
        - import_tasks: nested/more.yml
        """,
    "tasks/nested/more.yml": "- {name: More, ping: }\n",
    "tasks/blue.yml": "- {name: Blue task, ping: }\n",
    "vars/names.yml": "chosen: blue\n",
    "sub/roles/beside/tasks/main.yml": "- {name: Beside the playbook, ping: }\n",
    "sub/tasks/own.yml": "- {name: Own task file, ping: }\n",
    "sub/part.yml": """
        - hosts: us
          tags: part
          tasks:
            - name: Imported play
              ping:
            - import_tasks: tasks/own.yml
          roles:
            - beside
        """,
}
PLAYBOOKS = {
    "one_task": """
        - hosts: web
          tasks:
            - name: Say hello
              debug:
                msg: hello
        """,
    "unnamed_tasks": """
        - hosts: db
          tasks:
            - ping:
            - ansible.builtin.ping:
            - command: echo {{ item }}
              loop: [1, 2]
            - action: debug msg=old
            - local_action: command true
            - shell: "cat /etc/hosts | wc -l"
              args: {chdir: /tmp}
        """,
    "sections": """
        - name: All sections
          hosts: web
          gather_facts: false
          pre_tasks: [{name: Before, ping: }]
          roles: [plain]
          tasks: [{name: During, ping: }]
          post_tasks: [{name: After, ping: }]
          handlers: [{name: Never listed, ping: }]
        """,
    "blocks": """
        - hosts: web
          tasks:
            - name: Outer
              tags: outer
              block:
                - name: In block
                  ping:
                - block:
                    - name: In inner block
                      ping:
                      tags: innermost
                  tags: inner
              rescue:
                - name: In rescue
                  ping:
                - import_tasks: tasks/common.yml
              always:
                - name: In always
                  ping:
        """,
    "tags": """
        - hosts: web
          tags: [play, other]
          tasks:
            - {name: One, ping: , tags: "a, b"}
            - {name: Two, ping: , tags: ["a,b", c]}
            - {name: Never runs, ping: , tags: never}
            - {name: Never but always, ping: , tags: [never, always]}
            - {name: Number, ping: , tags: ["5", six]}
        """,
    "several_plays": """
        - hosts: web
          tasks: [{name: First, ping: }]
        - hosts: db
          tasks: [{name: Second, ping: }]
        - hosts: localhost
          connection: local
          tasks: [{name: Third, ping: }]
        """,
    "import_tasks": """
        - hosts: web
          tasks:
            - import_tasks: tasks/common.yml
              tags: imported
            - ansible.builtin.import_tasks:
                file: tasks/nested/more.yml
        """,
    "include_tasks_stay": """
        - hosts: web
          tasks:
            - include_tasks: tasks/common.yml
            - name: A named include
              include_tasks: tasks/common.yml
              tags: x
        """,
    "import_with_variable": """
        - hosts: web
          vars: {chosen: blue}
          tasks:
            - import_tasks: "tasks/{{ chosen }}.yml"
        """,
    "import_with_vars_file": """
        - hosts: web
          vars_files: [vars/names.yml]
          tasks:
            - import_tasks: "tasks/{{ chosen }}.yml"
        """,
    "import_in_block": """
        - hosts: web
          tasks:
            - block:
                - import_tasks: tasks/nested/more.yml
              tags: around
        """,
    "roles": """
        - hosts: web
          roles:
            - plain
            - role: tagged
              tags: [use, again]
            - {role: plain, port: 80, tags: braces}
            - name: yaml
        """,
    "role_dependencies": """
        - hosts: db
          tags: top
          roles:
            - role: deep
              tags: deep_use
        """,
    "role_arguments": "- {hosts: db, roles: [specified]}\n",
    "role_without_tasks": "- {hosts: db, roles: [empty, plain]}\n",
    "role_in_subdirectory": "- {hosts: db, roles: [group/inner]}\n",
    "role_of_roles_path": "- {hosts: db, roles: [shared]}\n",
    "role_of_collection": "- {hosts: db, roles: [acme.tools.agent]}\n",
    "role_of_collections_keyword": "- {hosts: db, collections: [acme.tools], roles: [agent, plain]}\n",
    "role_name_from_variable": """
        - hosts: db
          vars: {which: tagged}
          roles: ["{{ which }}"]
        """,
    "import_role": """
        - hosts: db
          tasks:
            - name: Not listed itself
              import_role: {name: tagged}
              tags: imported
            - import_role: {name: deep, tasks_from: other}
            - import_role:
                name: acme.tools.helper
        """,
    "include_role_stays": """
        - hosts: db
          tasks:
            - include_role: {name: plain}
            - name: Named include of a role
              ansible.builtin.include_role: {name: plain}
              tags: dynamic
        """,
    "import_playbook": """
        - import_playbook: sub/part.yml
          tags: whole
        - hosts: web
          tasks: [{name: Own play, ping: }]
        """,
    "import_twice_deep": """
        - import_playbook: import_playbook.yml
          when: flavour is defined
          tags: outermost
        """,
    "import_playbook_of_collection": "- import_playbook: acme.tools.install\n",
    "pattern_list": "- {hosts: [web, db1], tasks: [{ping: }]}\n",
    "pattern_union": "- {hosts: 'web:db', tasks: [{ping: }]}\n",
    "pattern_commas": "- {hosts: 'web01, db2', tasks: [{ping: }]}\n",
    "pattern_intersection": "- {hosts: 'prod:&db', tasks: [{ping: }]}\n",
    "pattern_exclusion": "- {hosts: 'prod:!web', tasks: [{ping: }]}\n",
    "pattern_all_but": "- {hosts: 'all:!us:!db1', tasks: [{ping: }]}\n",
    "pattern_glob": "- {hosts: 'web0*', tasks: [{ping: }]}\n",
    "pattern_regex": "- {hosts: '~us-(east|west)-1', tasks: [{ping: }]}\n",
    "pattern_index": "- {hosts: 'web[1]', tasks: [{ping: }]}\n",
    "pattern_slice": "- {hosts: 'web[1:2]', tasks: [{ping: }]}\n",
    "pattern_last": "- {hosts: 'web[-1]', tasks: [{ping: }]}\n",
    "pattern_group_glob": "- {hosts: 'u*', tasks: [{ping: }]}\n",
    "pattern_ungrouped": "- {hosts: ungrouped, tasks: [{ping: }]}\n",
    "pattern_star": "- {hosts: '*', tasks: [{ping: }]}\n",
    "pattern_from_variable": """
        - hosts: "{{ target | default('db') }}"
          vars: {unused: 1}
          tasks: [{name: On the default, ping: }]
        """,
    "meta_tasks": """
        - hosts: web
          tasks:
            - {name: Change, ping: , notify: Restart}
            - meta: flush_handlers
            - {name: After, ping: }
          handlers: [{name: Restart, ping: }]
        """,
    "no_tasks": "- {hosts: web, gather_facts: false}\n",
    "names_with_templates": """
        - name: "Play of two words"
          hosts: web
          tasks:
            - name: "Task for {{ flavour }}"
              ping:
        """,
    "loops_and_conditions": """
        - hosts: web
          tasks:
            - name: Looped
              debug: {msg: "{{ item }}"}
              with_items: [a, b]
              when: flavour == 'blue'
            - name: Until
              command: "true"
              register: result
              until: result.rc == 0
        """,
    "key_value_arguments": """
        - hosts: web
          tasks:
            - name: Copy
              copy: src=a dest="/etc/x y" mode=0644
            - template: src={{ item }}.j2 dest=/etc/{{ item }}
              with_items: [one]
        """,
}
