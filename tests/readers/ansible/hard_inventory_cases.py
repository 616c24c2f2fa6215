"""Inventories that mix what inventory_cases shows one by one: files, and the sources that Ansible is given."""

from __future__ import annotations

_VARS_PLUGINS = """
plugin: ansible.builtin.constructed
use_vars_plugins: true
compose:
  labelled: tier ~ '-' ~ zone | default('none')
groups:
  big: size | default(0) > 4
  onlybeside: beside is defined
keyed_groups:
  - {key: zone, prefix: zone}
  - {key: roles, prefix: role}
"""

HARD_CASES: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {
    "constructed_sees_group_vars_and_host_vars": (
        {
            "inv/01-hosts": "[web]\nw1 tier=a\nw2 tier=b zone=own\n[db]\nd1 tier=c\n",
            "inv/02.yml": _VARS_PLUGINS,
            "inv/group_vars/web.yml": "zone: eu\nsize: 8\n",
            "inv/group_vars/all/x.yml": "beside: true\nroles: [one, two]\n",
            "inv/host_vars/d1.yml": "zone: us\ntier: file\n",
        },
        ("inv",),
    ),
    "constructed_does_not_see_them_unless_told": (
        {
            "inv/01-hosts": "[web]\nw1 tier=a\n",
            "inv/02.yml": _VARS_PLUGINS.replace("use_vars_plugins: true\n", ""),
            "inv/group_vars/web.yml": "zone: eu\nsize: 8\nbeside: 1\n",
        },
        ("inv",),
    ),
    "constructed_sees_only_what_lies_beside_earlier_sources": (
        {
            "one/hosts": "[web]\nw1\n",
            "one/group_vars/web.yml": "zone: first\ntier: 1\n",
            "two/02.yml": _VARS_PLUGINS,
            "two/group_vars/web.yml": "zone: second\nsize: 9\n",
        },
        ("one/hosts", "two/02.yml"),
    ),
    "constructed_stops_at_a_number": (
        {
            "inv/01-hosts": "w1 tier=gold rank=a\nw2 tier=silver rank=3\nw3 tier=gold rank=b\n",
            "inv/02.yml": "plugin: constructed\ncompose: {seen: tier}\ngroups: {golden: tier == 'gold'}\n"
            "keyed_groups: [{key: tier, prefix: tier}, {key: rank, prefix: rank}, {key: tier, prefix: late}]\n",
            "inv/03-hosts": "[last]\nw4\n",
        },
        ("inv",),
    ),
    "constructed_takes_numbers_in_lists_and_zero_for_nothing": (
        {
            "inv/01-hosts": "w1 n=0 l=\"[1, 'b', 2]\"\nw2 n=0 l=\"[]\" m=\"{'a': 1, 'b': ''}\"\n",
            "inv/02.yml": "plugin: constructed\nkeyed_groups: [{key: n, prefix: n}, {key: l, prefix: l}, "
            "{key: m, prefix: m, trailing_separator: false}, {key: n | string, prefix: s}]\n",
        },
        ("inv",),
    ),
    "ranges_with_steps_and_zeros_in_two_files": (
        {
            "inv/a": "[web]\nw[001:010:3].x.org port=[1]\nedge-[a:g:2]\n[web:vars]\nv=a\n",
            "inv/b": "[cache]\nw[004:007:3].x.org port=2\n[web]\nedge-c v=host\n",
        },
        ("inv",),
    ),
    "all_and_ungrouped_in_odd_places": (
        {
            "hosts": "[ungrouped]\nu1\nboth\n[all]\nplain\n[web]\nboth\n[all:vars]\nx=1\n[ungrouped:vars]\nx=2\n"
            "[top:children]\nweb\nungrouped\n",
        },
        ("hosts",),
    ),
    "all_inside_yaml_children": (
        {
            "h.yml": "web:\n  hosts: {w1: , w2: {a: 1}}\nall:\n  hosts: {loose: {b: 2}}\n  children:\n    web:\n"
            "      hosts: {w3: }\n      children: {inner: {hosts: {w1: {c: 3}}, vars: {a: inner}}}\n    ungrouped: {hosts: {un: }}\n",
        },
        ("h.yml",),
    ),
    "a_directory_and_a_file_for_one_group": (
        {
            "inv/hosts": "[web]\nw1\n[db]\nd1\n",
            "inv/group_vars/all/10.yml": "a: dir10\nb: dir10\n",
            "inv/group_vars/all/20.yaml": "b: dir20\n",
            "inv/group_vars/all/sub/30.json": '{"b": "sub30", "c": 1}',
            "inv/group_vars/all/.hidden.yml": "c: hidden\n",
            "inv/group_vars/all/old.yml~": "c: old\n",
            "inv/group_vars/all.yml": "a: file\nd: file\n",
            "inv/group_vars/web.yaml": "a: yaml\n",
            "inv/group_vars/web.yml": "a: yml\n",
            "inv/group_vars/web.json": '{"a": "json"}',
            "inv/group_vars/db": "a: bare\n",
        },
        ("inv",),
    ),
    "play_directory_against_inventory_directory": (
        {
            "inv/hosts": "[web]\nw1 h=inv\n[web:vars]\ng=ini\n[all:vars]\ng=ini-all\nonly=ini\n",
            "inv/group_vars/all.yml": "g: inv-all\np: inv-all\n",
            "inv/group_vars/web.yml": "p: inv-web\n",
            "inv/host_vars/w1.yml": "h: inv-file\nq: inv-file\n",
            "play/site.yml": "- hosts: web\n",
            "play/group_vars/all.yml": "p: play-all\nr: play-all\n",
            "play/group_vars/web/x.yml": "r: play-web\n",
            "play/host_vars/w1/y.yml": "q: play-file\n",
        },
        ("inv",),
    ),
    "priorities_in_files_and_in_the_inventory": (
        {
            "inv/hosts": "[a]\nh\n[b]\nh\n[c]\nh\n[a:vars]\nansible_group_priority=5\nv=a\n[b:vars]\nv=b\n[c:vars]\nv=c\n"
            "[deep:children]\nc\n",
            "inv/group_vars/a.yml": "w: a\n",
            "inv/group_vars/b.yml": "w: b\nansible_group_priority: 50\n",
            "inv/group_vars/c.yml": "w: c\n",
        },
        ("inv",),
    ),
    "diamond_of_groups": (
        {
            "hosts": "[bottom]\nh1\n[left:children]\nbottom\n[right:children]\nbottom\n[top:children]\nleft\nright\n"
            "[longer:children]\nleft\n[left:vars]\nv=left\n[right:vars]\nv=right\n[top:vars]\nv=top\n[longer:vars]\nv=longer\n",
        },
        ("hosts",),
    ),
    "sources_against_each_other": (
        {
            "a/hosts": "[web]\nw1 v=a\n[web:vars]\ng=a\n",
            "a/group_vars/web.yml": "f: a\nonly_a: 1\n",
            "b/hosts.yml": "web: {hosts: {w1: {v: b}}, vars: {g: b}}\n",
            "b/group_vars/web.yml": "f: b\n",
        },
        ("b/hosts.yml", "a/hosts"),
    ),
    "hosts_with_ports_users_and_quotes": (
        {
            "hosts": "[web]\nann@w1:2222 ansible_user='a b' note=\"it's\" list='[\"x\"]'\nw2 empty= hash='a#b' eq='a=b=c'\n"
            "[web:vars]\njson={\"k\": [1, 2]}\nneg=-5\nfloat=1e3\nnone=None\nquoted='x'\nhashed=a#b\n",
        },
        ("hosts",),
    ),
    "yaml_null_groups_and_odd_keys": (
        {
            "h.yaml": "all:\n  children:\n    empty:\n    2024:\n      hosts:\n        10: {x: 1}\n    web:\n      hosts:\n"
            "      vars: {a: yes, b: 0o17, c: 017, d: 1_000, e: 2001-01-01, f: ~}\n      children:\n  vars:\n",
        },
        ("h.yaml",),
    ),
}
