"""Inventories, each named for the one thing it shows: its files, and the sources that Ansible is given."""

from __future__ import annotations

CASES: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {
    "ini_groups_and_ungrouped": ({"hosts": "alone.example.org\n\n[web]\nweb1\nweb2\n\n[db]\ndb1\nweb1\n"}, ("hosts",)),
    "ini_ranges": (
        {
            "hosts": "[web]\nweb[01:10:2].example.org\nnode-[a:d]\nrack[1:2]-[x:z]\n[db]\ndb[098:101]\n"
            "www[1:3].[a:b].example.org\n"
        },
        ("hosts",),
    ),
    "ini_ports": (
        {"hosts": "[web]\nweb1:2222\nweb[1:2].x.org:8022\n[2001:db8::1]:22\n2001:db8::2\n10.0.0.1:9\nodd_:3\n"},
        ("hosts",),
    ),
    "ini_host_variables_are_typed": (
        {
            "hosts": "[web]\nweb1 a=1 b=1.5 c=true d=True e=None f='quoted text' g=\"[1, 2]\" h=\"{'k': 'v'}\" i=007 j=a=b k=0x10\n"
            'web2 text=yes address=10.0.0.1 tuple="(1, 2)" # comment\n'
        },
        ("hosts",),
    ),
    "ini_group_variables_are_typed": (
        {
            "hosts": "[web]\nweb1\n[web:vars]\na=1\nb = text with spaces\nc=['x', 'y']\nd=\"quoted\"\ne={'k': 1}\n"
            "f=http://x.org/?a=b#c\ng=\nh=1 # not a comment\n"
        },
        ("hosts",),
    ),
    "ini_children": (
        {
            "hosts": "[site:children]\nweb\ndb\n\n[web]\nw1\n[db]\nd1\n[all:vars]\nfrom_all=1\n[site:vars]\nfrom_site=2\n"
            "[europe:children]\nsite\n"
        },
        ("hosts",),
    ),
    "ini_children_before_their_groups": (
        {"hosts": "[a:children]\nb\n[b:children]\nc\n[c]\nh1\n[b:vars]\nx=1\n"},
        ("hosts",),
    ),
    "ini_comments_and_blank_lines": (
        {"hosts": "; one\n# two\n\n[web]  # a group\nweb1 # a host\n  web2\n"},
        ("hosts",),
    ),
    "ini_group_with_dashes": ({"hosts": "[my-web.group]\nh1\n[other:children]\nmy-web.group\n"}, ("hosts",)),
    "ini_with_extension": ({"inventory.ini": "[web]\nweb1 x=1\n"}, ("inventory.ini",)),
    "depth_of_groups_decides": (
        {
            "hosts": "[parent:children]\nchild\n[child]\nh1\n[other]\nh1\n[parent:vars]\nv=parent\n[child:vars]\nv=child\n"
            "[other:vars]\nv=other\n"
        },
        ("hosts",),
    ),
    "name_of_groups_decides_at_one_depth": (
        {"hosts": "[beta]\nh1\n[alpha]\nh1\n[beta:vars]\nv=beta\n[alpha:vars]\nv=alpha\n"},
        ("hosts",),
    ),
    "priority_of_groups_decides": (
        {"hosts": "[beta]\nh1\n[alpha]\nh1\n[beta:vars]\nv=beta\n[alpha:vars]\nv=alpha\nansible_group_priority=10\n"},
        ("hosts",),
    ),
    "yaml_groups": (
        {
            "hosts.yml": """
all:
  hosts:
    lonely:
  vars:
    everywhere: yes
  children:
    web:
      hosts:
        web1: {ansible_host: 10.0.0.1, weight: 3}
        web[2:3]:
          role: back
      vars:
        port: 80
        flags: [a, b]
    db:
      hosts: db1
      children:
        replicas:
          hosts:
            db2:
"""
        },
        ("hosts.yml",),
    ),
    "yaml_groups_beside_all": (
        {"hosts.yaml": "web:\n  hosts:\n    w1:\n    w2:\ndb:\n  hosts:\n    d1: {x: 1.50, y: 0o17, z: 017, t: on}\n"},
        ("hosts.yaml",),
    ),
    "yaml_without_extension": (
        {"inventory": "all:\n  children:\n    web:\n      hosts:\n        w1:\n"},
        ("inventory",),
    ),
    "yaml_merge_keys": (
        {"hosts.yml": "all:\n  hosts:\n    a: &base {x: 1, y: 2}\n    b:\n      <<: *base\n      y: 3\n"},
        ("hosts.yml",),
    ),
    "json_inventory": (
        {"hosts.json": '{"web": {"hosts": {"w1": {"x": 1}}, "vars": {"p": [1, null]}}, "all": {"vars": {"g": true}}}'},
        ("hosts.json",),
    ),
    "toml_inventory": (
        {
            "hosts.toml": '[all.vars]\ng = true\n\n[web]\nchildren = ["apache"]\nvars = { http_port = 8080 }\n\n'
            "[apache.hosts]\nw1 = {}\nw2 = { port = 1 }\n"
        },
        ("hosts.toml",),
    ),
    "a_directory_in_the_order_of_names": (
        {
            "inv/01-static": "[web]\nw1 v=first\n",
            "inv/02-more.yml": "web:\n  hosts:\n    w1: {v: second}\n    w2:\n",
            "inv/03-groups": "[site:children]\nweb\n[web]\n",
            "inv/nested/04": "[db]\nd1\n",
        },
        ("inv",),
    ),
    "a_directory_passes_over_other_files": (
        {
            "inv/hosts": "[web]\nw1\n",
            "inv/README.md": "not an inventory\n",
            "inv/notes.txt": "x y z\n",
            "inv/old.bak": "[gone]\nh\n",
            "inv/hosts.orig": "[gone]\nh\n",
            "inv/.hidden": "[gone]\nh\n",
            "inv/ansible.cfg": "[defaults]\n",
            "inv/group_vars/web.yml": "x: 1\n",
            "inv/host_vars/w1.yml": "y: 2\n",
        },
        ("inv",),
    ),
    "several_sources": (
        {
            "one/hosts": "[web]\nw1 v=one\n[web:vars]\ng=one\n",
            "one/group_vars/web.yml": "f: one\n",
            "two/hosts": "[web]\nw1 v=two\nw2\n[web:vars]\ng=two\n",
            "two/group_vars/web.yml": "f: two\n",
        },
        ("one/hosts", "two/hosts"),
    ),
    "group_vars_files": (
        {
            "hosts": "[web]\nw1\n[db]\nd1\n[api]\na1\n[none]\nn1\n",
            "group_vars/all": "a: from no extension\n",
            "group_vars/web.yml": "a: from yml\n",
            "group_vars/db.yaml": "a: from yaml\n",
            "group_vars/api.json": '{"a": "from json"}',
            "group_vars/none.txt": "a: never\n",
        },
        ("hosts",),
    ),
    "group_vars_directories": (
        {
            "hosts": "[web]\nw1\n",
            "group_vars/all/10-first.yml": "a: 1\nb: 1\n",
            "group_vars/all/20-second.yml": "b: 2\n",
            "group_vars/all/deeper/x.yml": "c: 3\n",
            "group_vars/all/.hidden.yml": "a: 9\n",
            "group_vars/all/backup.yml~": "a: 9\n",
            "group_vars/all/note.txt": "a: 9\n",
            "group_vars/all/plain": "d: 4\n",
            "group_vars/web/vars.yml": "w: 1\n",
            "group_vars/web.yml": "w: hidden by the directory\n",
        },
        ("hosts",),
    ),
    "host_vars": (
        {
            "hosts": "[web]\nw1 a=inventory b=inventory\nw2.example.org\n",
            "host_vars/w1.yml": "b: file\nc: {d: [1]}\n",
            "host_vars/w2.example.org/main.yml": "a: directory\n",
            "group_vars/web.yml": "a: group\nb: group\nc: group\n",
        },
        ("hosts",),
    ),
    "group_vars_beside_the_playbook": (
        {
            "inv/hosts": "[web]\nw1\n[web:vars]\na=inventory\nb=inventory\nc=inventory\n",
            "inv/group_vars/all.yml": "a: inventory all\nx: inventory all\n",
            "inv/group_vars/web.yml": "b: inventory web\n",
            "inv/host_vars/w1.yml": "h: inventory host\n",
            "play/group_vars/all.yml": "a: play all\nx: play all\nb: play all\n",
            "play/group_vars/web.yml": "c: play web\n",
            "play/host_vars/w1.yml": "h: play host\n",
        },
        ("inv/hosts",),
    ),
    "all_file_is_stronger_than_group_in_inventory": (
        {"hosts": "[web]\nw1\n[web:vars]\nv=group in inventory\n", "group_vars/all.yml": "v: all in file\n"},
        ("hosts",),
    ),
    "group_vars_of_nested_groups": (
        {
            "hosts": "[top:children]\nmiddle\n[middle:children]\nlow\n[low]\nh1\n",
            "group_vars/top.yml": "v: top\nt: 1\n",
            "group_vars/middle.yml": "v: middle\nm: 1\n",
            "group_vars/low.yml": "v: low\n",
        },
        ("hosts",),
    ),
    "templates_stay_templates": (
        {"hosts": "[web]\nw1 u='{{ name }}-x' ansible_host={{ip}}\n", "group_vars/all.yml": "t: '{{ u }}'\n"},
        ("hosts",),
    ),
    "localhost_named": ({"hosts": "localhost ansible_connection=local\n[web]\nlocalhost x=1\n"}, ("hosts",)),
    "constructed_groups": (
        {
            "inv/01-hosts": "[web]\nw1 tier=gold region=eu tags=\"['a', 'b-c']\"\nw2 tier=silver\nw3\n",
            "inv/02-constructed.yml": """
plugin: constructed
strict: false
compose:
  label: tier ~ '-' ~ inventory_hostname
  twice: 2 * 2
groups:
  golden: tier == 'gold'
  webby: inventory_hostname.startswith('w')
  bad-name: "'web' in group_names"
keyed_groups:
  - key: tier
    prefix: tier
  - key: tags
    prefix: tag
    separator: ""
  - key: region
    parent_group: regions
  - key: region | default('')
    prefix: r
    default_value: nowhere
""",
        },
        ("inv",),
    ),
    "empty_groups": ({"hosts": "[web]\n[db]\nd1\n[late:children]\nweb\n"}, ("hosts",)),
    "host_and_group_of_one_name": ({"hosts": "[web]\nweb\nw1\n[web:vars]\nx=1\n"}, ("hosts",)),
    "strange_variable_values": (
        {"hosts": "h1 a='' b=\"it's\" c=1_000 d=1e3 e=-5 f=+1 g=1j h=b'x' i=\"{1, 1}\" j=... k='\"both\"'\n"},
        ("hosts",),
    ),
}
