"""Playbooks that mix what playbook_cases shows one by one, in the same project."""

from __future__ import annotations

HARD_COMMON = {
    "roles/twice/meta/main.yml": "allow_duplicates: true\ndependencies: [{role: once, vars: {n: 1}}]\n",
    "roles/twice/tasks/main.yml": "- {name: Twice, ping: }\n",
    "roles/including/tasks/main.yml": """
        - include_role: {name: once}
        - {include_role: {name: once}, name: Include named}
        - {include_tasks: other.yml, name: Include file}
        - {import_role: {name: once}, name: Import named}
        """,
    "roles/including/tasks/other.yml": "- {name: Otherwise, ping: }\n",
    "roles/once/tasks/main.yml": "- {name: Once, ping: }\n",
    "roles/parent/meta/main.yml": """
        dependencies:
          - role: twice
            tags: [dep]
          - {role: once, when: false}
          - once
        """,
    "roles/parent/tasks/main.yml": """
        - import_tasks: "{{ which }}.yml"
          vars: {which: set}
        - import_role: {name: tagged, tasks_from: main}
          tags: outer
        - include_role: {name: plain}
        """,
    "roles/parent/tasks/set.yml": "- {name: From set, ping: , tags: [a, b]}\n",
    "roles/parent/handlers/main.yml": "- {name: Heard, ping: , listen: [go, stop]}\n- import_tasks: more.yml\n",
    "roles/parent/handlers/more.yml": "- {name: More heard, ping: , listen: go}\n",
    "roles/defaulted/defaults/main/10.yml": "entry: first\n",
    "roles/defaulted/vars/main.yml": "entry: second\n",
    "roles/defaulted/tasks/main.yml": "- import_tasks: '{{ entry }}.yml'\n",
    "roles/defaulted/tasks/first.yml": "- {name: First entry, ping: }\n",
    "roles/defaulted/tasks/second.yml": "- {name: Second entry, ping: }\n",
    "roles/loops/tasks/main.yml": """
        - name: Around
          block:
            - import_tasks: inner.yml
            - include_tasks: {file: inner.yml, apply: {tags: applied}}
              tags: [inc]
          rescue:
            - name: Rescue
              ping:
          always:
            - name: Always
              ping:
              tags: always
          tags: block
        """,
    "roles/loops/tasks/inner.yml": "- name: Inner of {{ role_name }}\n  ping:\n- block:\n    - ping:\n  tags: deep\n",
    "collections/ansible_collections/acme/tools/roles/chain/meta/main.yml": """
        collections: [acme.tools]
        dependencies: [helper, acme.tools.agent]
        """,
    "collections/ansible_collections/acme/tools/roles/chain/tasks/main.yml": "- import_role: {name: helper}\n",
    "collections/ansible_collections/acme/tools/playbooks/deeper/all.yaml": "- {hosts: us, roles: [chain], tags: far}\n",
    "parts/one.yml": """
        - name: One on {{ target | default('web') }}
          hosts: "{{ target | default('web') }}"
          tasks: [{name: In one, ping: }]
        - import_playbook: two.yml
          tags: [two]
        """,
    "parts/three.yml": "- {hosts: web, roles: [tagged]}\n",
    "parts/two.yml": "- {hosts: db, tags: [own], roles: [{role: tagged, tags: r}]}\n",
}

HARD_PLAYBOOKS = {
    "hard_duplicates": """
        - hosts: db
          roles:
            - twice
            - {role: twice}
            - {role: once, tags: again}
            - {role: parent, when: false, tags: [p]}
            - parent
        """,
    "hard_import_playbook": """
        - import_playbook: parts/one.yml
          vars: {target: us}
          when: false
          tags: [imported]
        - import_playbook: "parts/{{ part | default('three') }}.yml"
        - ansible.builtin.import_playbook: acme.tools.install
        """,
    "hard_patterns": """
        - {hosts: 'web,db:!db[0]', tasks: [{ping: }]}
        - {hosts: 'prod:&web:!web[1:2]', tasks: [{ping: }]}
        - {hosts: '~(web0[13]|us-).*:!~.*-west-.*', tasks: [{ping: }]}
        - {hosts: '!web,all', tasks: [{ping: }]}
        - {hosts: ['prod', '!eu', '&db'], tasks: [{ping: }]}
        - {hosts: 'web[-2:]', tasks: [{ping: }]}
        - {hosts: 'web[0:-2]', tasks: [{ping: }]}
        - {hosts: 'web[1:]:us[0]', tasks: [{ping: }]}
        - {hosts: 'nothing:web01', tasks: [{ping: }]}
        - {hosts: '*st-1,w?b02', tasks: [{ping: }]}
        - {hosts: localhost, tasks: [{ping: }]}
        - {hosts: 'web,localhost', tasks: [{ping: }]}
        - {hosts: 'all:!all', tasks: [{ping: }]}
        """,
    "hard_blocks": """
        - hosts: web
          tags: play
          pre_tasks:
            - block:
                - block:
                    - {name: Innermost, ping: , tags: t3}
                  tags: t2
                  rescue: [{ping: }]
                - include_tasks: tasks/common.yml
              always:
                - import_tasks: tasks/common.yml
                  tags: w
              tags: [t1]
          roles: [{role: loops, tags: [l]}]
          post_tasks:
            - name: Named block
              block: []
            - {name: After, ping: , tags: never}
        """,
    "hard_include_role": """
        - hosts: db
          tasks:
            - include_role: {name: "{{ item }}", apply: {tags: [x]}}
              loop: [plain, tagged]
              tags: [inc]
            - name: With a name
              include_role: {name: plain, tasks_from: main, public: true}
            - import_role: {name: deep, tasks_from: other, handlers_from: main}
              vars: {a: 1}
              when: a == 2
            - ansible.builtin.import_role:
                name: acme.tools.chain
        """,
    "hard_listen": """
        - hosts: db
          roles: [parent]
          tasks:
            - {name: Tell, command: "true", notify: [go, Own]}
            - {ping: , notify: stop}
          handlers:
            - {name: Own, ping: , listen: go}
            - block: [{name: In a block, ping: , listen: stop}]
            - include_tasks: tasks/common.yml
        """,
    "hard_defaults_and_vars": """
        - hosts: web
          vars: {entry: first, file: common}
          vars_files: [vars/names.yml]
          roles:
            - defaulted
            - {role: defaulted, vars: {entry: first}}
          tasks:
            - import_tasks: "tasks/{{ file }}.yml"
            - import_tasks: tasks/{{ chosen }}.yml
        """,
    "hard_collections": """
        - hosts: us
          collections: [acme.tools]
          roles: [chain, {role: acme.tools.helper, tags: h}]
          tasks:
            - ansible.builtin.import_tasks: {file: tasks/common.yml}
              tags: t
            - ansible.legacy.include_tasks: tasks/common.yml
        - import_playbook: acme.tools.deeper.all
        """,
    "hard_old_spellings": """
        - hosts: web
          user: root
          tasks:
            - action: ping
            - {name: Local, local_action: command true}
            - {name: Local mapping, local_action: {module: command, cmd: "true"}}
            - {name: Action mapping, action: {module: ping, data: x}}
            - {action: import_tasks tasks/common.yml, tags: q}
            - include_tasks: file=tasks/common.yml
            - {name: With, debug: , with_items: [1, 2]}
            - import_role: name=plain
        """,
    "hard_tags_everywhere": """
        - hosts: web
          tags: 'a, b'
          roles: [{role: parent, tags: 'c,d'}, {name: tagged, tags: [e]}]
          tasks:
            - {ping: , tags: "f,g"}
            - {ping: , tags: [a, h]}
            - import_tasks: tasks/common.yml
              tags: always,i
        """,
    "hard_gathered": """
        - {hosts: all, gather_facts: true, serial: [1, '50%'], strategy: free}
        - hosts: "{{ groups['db'] | default(['db']) | first }}"
          tasks: [{ping: }]
        - hosts: "{{ ['web', 'us'] | join(':') }}"
          vars: {unused: 1}
          tasks: [{ping: }]
        - hosts: "{{ named }}"
          vars: {named: us}
          tasks: [{name: "On {{ named }}", ping: }]
        """,
    "hard_static_conditions": """
        - hosts: web
          tasks:
            - import_tasks: tasks/common.yml
              when: false
            - {meta: flush_handlers}
            - {meta: end_play, when: true}
            - import_role: {name: plain}
              when: inventory_hostname == 'web01'
            - assert: {that: true}
            - {name: "{{ undefined_name }} stays", ping: }
            - {name: "", ping: }
        """,
    "hard_includes_in_roles": """
        - {hosts: web, roles: [including]}
        """,
}
