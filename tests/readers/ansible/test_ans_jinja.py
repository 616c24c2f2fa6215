"""Expressions and templates mean what ansible-core's own templar says they mean."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template

from archdoc.readers.ansible.jinja import Renderer
from archdoc.readers.ansible.variables import Precedence, VariableScope, variables_of
from archdoc.readers.yamldoor import parse, plain

VARIABLES = """
number: 7
name: web
title_text: hello big world
yes_word: "yes"
empty: ""
nothing: null
truth: true
float_number: 2.5
numbers: [3, 1, 2]
words: [pear, Apple, fig, apple]
nested: [[1, [2]], [3, null]]
users:
  - {name: ann, groups: [wheel, www], uid: 10, active: true}
  - {name: bob, groups: [www], uid: 20}
  - {name: cid, groups: [], uid: 15, active: false}
mapping: {b: 2, a: 1, C: 3}
deep: {x: {y: {z: 1}}, l: [1, 2]}
other: {x: {y: {w: 2}}, l: [3]}
templated: {host: "{{ name }}.example.org", port: "{{ number }}"}
chained: "{{ templated.host }}:{{ templated.port }}"
listing: ["{{ name }}", "{{ number }}"]
path: /etc/nginx/sites/default.conf
url: http://user@www.example.org:9000/dir/index.html?query=term#fragment
json_text: '{"a": [1, 2], "b": null}'
yaml_text: "a: yes\\nb: [1, 2]\\n"
version: 2.10.1
text_lines: |
  first
    second
  third
"""

EXPRESSIONS = r"""
number + 1
number - 2 * 3
number / 2
number // 2
number % 4
number ** 2
-number
name ~ '-' ~ number
name + '-x'
'a' * 3
[1] + [2]
numbers[0]
numbers[-1]
numbers[1:]
words[::2]
deep.x.y.z
deep['x']['y'].z
mapping.b
mapping['C']
mapping.items() | list
mapping.keys() | list
mapping.get('zz', 9)
name.upper()
name.replace('w', 'W')
title_text.split()
title_text.split(' ')[1]
', '.join(words)
'%s has %d' % (name, number)
'{} of {}'.format(name, number)
number == 7 and name == 'web'
number > 8 or truth
not truth
1 < number < 10
3 in numbers
'x' not in words
'ea' in words[0]
'b' in mapping
'one' if number == 1 else 'many'
number is defined
missing is defined
missing is undefined
missing | default('d')
missing.deeper.still | default('d')
empty | default('d')
empty | default('d', true)
nothing | default('d', true)
nothing is none
number is number
name is string
mapping is mapping
numbers is sequence
numbers is iterable
truth is boolean
number is odd
number is divisibleby 7
name is match('we')
name is match('eb')
name is search('eb')
name is regex('^w.b$')
version is version('2.9', '>')
version is version('2.10.1', '>=', version_type='semver')
version is version('2.10', 'lt', strict=true)
[1, 2] is subset([1, 2, 3])
numbers is superset([1])
numbers is contains(2)
'https://x.org' is url
[true, true] is all
[false, true] is any
yes_word | bool
'no' | bool
number | bool
'7' | int
'abc' | int(5)
'0x1f' | int(base=16)
'2.5' | float
float_number | round
float_number | round(0, 'floor')
float_number | int
-3 | abs
numbers | sort
numbers | sort(reverse=true)
words | sort
words | sort(case_sensitive=true)
words | unique
words | unique(case_sensitive=true)
numbers | max
numbers | min
numbers | sum
users | sum(attribute='uid')
numbers | length
numbers | first
numbers | last
numbers | reverse | list
numbers | join('-')
users | map(attribute='name') | list
users | map(attribute='name') | join(',')
users | map(attribute='active', default='?') | list
users | selectattr('active', 'defined') | map(attribute='name') | list
users | selectattr('uid', 'gt', 12) | map(attribute='name') | list
users | rejectattr('active', 'defined') | map(attribute='name') | list
users | selectattr('groups', 'contains', 'www') | map(attribute='name') | list
users | selectattr('name', 'in', ['ann', 'cid']) | map(attribute='uid') | list
users | selectattr('name', 'match', 'b') | list
users | sort(attribute='uid') | map(attribute='name') | list
users | groupby('name') | map('first') | list
users | map('combine', {'z': 1}) | list
users | items2dict(key_name='name', value_name='uid')
users | subelements('groups') | list
users | rekey_on_member('name')
users | map(attribute='groups') | flatten
words | map('upper') | list
words | map('regex_replace', '^(.)', 'x\1') | list
words | select('match', '[a-z]') | list
words | reject('equalto', 'fig') | list
['a', 'b'] | map('extract', mapping) | list
['x', 'y'] | zip([1, 2]) | list
['x', 'y'] | zip([1, 2]) | items2dict(key_name=0, value_name=1)
dict(['a', 'b'] | zip([1, 2]))
['x', 'y', 'z'] | zip_longest([1], fillvalue=0) | list
[1, 2] | product(['a']) | list
[1, 2, 3] | combinations(2) | list
[1, 2] | permutations | list
[1, 2, 3, 4, 5] | batch(2) | list
[1, 2, 3, 4, 5] | slice(2) | list
numbers | union([9]) | sort
numbers | intersect([1, 9])
numbers | difference([1]) | sort
numbers | symmetric_difference([1, 9]) | sort
nested | flatten
nested | flatten(levels=1)
nested | flatten(skip_nulls=false)
mapping | dict2items
mapping | dict2items(key_name='k', value_name='v')
mapping | dictsort
mapping | dictsort(by='value', reverse=true)
mapping | combine({'a': 9})
deep | combine(other)
deep | combine(other, recursive=true)
deep | combine(other, recursive=true, list_merge='append')
deep | combine(other, recursive=true, list_merge='prepend_rp')
[mapping, {'z': 1}] | combine
mapping | to_json
mapping | to_nice_json
users | to_nice_yaml
users | to_yaml
mapping | to_nice_yaml(indent=2)
mapping | tojson
json_text | from_json
yaml_text | from_yaml
name | b64encode
'd2Vi' | b64decode
name | hash('sha256')
name | md5
name | sha1
name | to_uuid
path | basename
path | dirname
path | splitext
path | splitext | first
['/a', 'b', 'c.txt'] | path_join
'a//b/../c' | normpath
url | urlsplit('hostname')
url | urlsplit('port')
url | urlsplit('query')
'a b&c' | urlencode
'a+b%20c' | urldecode
'it is' | quote
text_lines | indent(2)
text_lines | indent(2, true)
text_lines | trim
text_lines | comment
text_lines | comment('c')
text_lines | wordcount
title_text | title
title_text | capitalize
title_text | truncate(8)
title_text | truncate(8, true, '')
title_text | center(30)
title_text | wordwrap(8)
title_text | replace('l', 'L', 1)
title_text | regex_replace('(\w+) (\w+)', '\2 \1')
title_text | regex_search('b\w+')
title_text | regex_search('(h)(e)', '\1', '\2')
title_text | regex_search('zzz')
title_text | regex_findall('\b\w')
'a.b*c' | regex_escape
'<b>&"' | escape
'%s-%s' | format(name, number)
truth | ternary('y', 'n')
nothing | ternary('y', 'n', 'z')
1024 | human_readable
'2 GB' | human_to_bytes
100 | log(10)
2 | pow(3)
9 | root
123456789 | filesizeformat
'2024-01-02' | to_datetime('%Y-%m-%d') | string
('2024-01-03' | to_datetime('%Y-%m-%d') - '2024-01-01' | to_datetime('%Y-%m-%d')).days
templated
templated.host
chained
listing
listing | join('/')
number | type_debug
range(3) | list
range(1, 10, 3) | list
lookup('dict', {'a': 1})
lookup('vars', 'name')
lookup('vars', 'no_such', default='d')
query('vars', 'name', 'number')
query('sequence', 'start=1 end=3')
query('sequence', 'end=4 stride=2 format=w%02d')
query('sequence', '2-4:x%d')
query('nested', ['a'], [1, 2])
query('together', ['a', 'b'], [1, 2])
query('indexed_items', ['a', 'b'])
query('items', [1, [2]])
query('subelements', users, 'groups')
vars['name']
'text' | mandatory
['10.0.0.1', 'a'] | select('search', '\.') | list
""".strip().split("\n")

TEMPLATES = [
    "plain text",
    "{{ name }}-{{ number }}",
    "{% for n in numbers %}{{ n }}{% if not loop.last %},{% endif %}{% endfor %}",
    "{% for n in numbers %}{{ loop.index }}/{{ loop.length }}{{ loop.first }}{{ loop.revindex }} {% endfor %}",
    "{% for k, v in mapping.items() %}{{ k }}={{ v }};{% endfor %}",
    "{% for u in users if u.active is defined %}{{ u.name }}{% else %}none{% endfor %}",
    "{% for u in [] %}x{% else %}none{% endfor %}",
    "{% for a, b in [[1, 2], [3, 4]] %}{{ a + b }} {% endfor %}",
    "{% for n in numbers %}{{ loop.cycle('odd', 'even') }}{% endfor %}",
    "{% for n in [1, 1, 2] %}{% if loop.changed(n) %}{{ n }}{% endif %}{% endfor %}",
    "{% for n in numbers %}{{ loop.previtem | default('-') }}{{ n }}{{ loop.nextitem | default('-') }} {% endfor %}",
    "{% for n in numbers recursive %}{{ n }}{{ loop([]) }}{% endfor %}",
    "{% if number == 7 %}seven{% elif number == 8 %}eight{% else %}other{% endif %}",
    "{% if missing is defined %}a{% else %}b{% endif %}",
    "{% set x = 3 %}{{ x + number }}",
    "{% set x %}block {{ name }}{% endset %}[{{ x }}]",
    "{% set ns = namespace(total=0) %}{% for n in numbers %}{% set ns.total = ns.total + n %}{% endfor %}{{ ns.total }}",
    "{% set x = 1 %}{% for n in numbers %}{% set x = n %}{% endfor %}{{ x }}",
    "{% set found = [] %}{% for n in numbers %}{{ found.append(n * 2) or '' }}{% endfor %}{{ found }}",
    "{% set found = {} %}{% set _ = found.update({'a': 1}) %}{{ found }}",
    "{% macro m(a, b=2) %}<{{ a }},{{ b }}>{% endmacro %}{{ m(1) }}{{ m(1, b=5) }}{{ m(b=1, a=0) }}",
    "{% macro m() %}[{{ varargs | join('+') }}{{ kwargs.z }}]{% endmacro %}{{ m(1, 2, z=3) }}",
    "{% macro wrap() %}<{{ caller() }}>{% endmacro %}{% call wrap() %}inside{% endcall %}",
    "{% macro each(xs) %}{% for x in xs %}{{ caller(x) }}{% endfor %}{% endmacro %}{% call(y) each([1, 2]) %}({{ y }}){% endcall %}",
    "{% filter upper %}shout {{ name }}{% endfilter %}",
    "{% with a = 1, b = 2 %}{{ a + b }}{% endwith %}",
    "{% raw %}{{ not this }}{% endraw %}",
    "{# comment #}rest",
    "a\n{% if true %}\nb\n{% endif %}\nc\n",
    "a\n  {%- if true %} b {% endif -%}\n c\n",
    "{{ name }}\n{{ number }}\n\n",
    "{% set j = joiner('|') %}{{ j() }}a{{ j() }}b",
    "{% set c = cycler('x', 'y') %}{{ c.next() }}{{ c.next() }}{{ c.next() }}",
    "{{ users[0].name }} and {{ users[0]['groups'][1] }}",
    "{{ 'a' 'b' }}",
    "{{ truth }} {{ nothing }} {{ float_number }} {{ numbers }}",
    "{{ numbers }}",
    "{{ truth }}",
    " {{ truth }}",
    "{{ chained }}",
    "{% for l in text_lines.splitlines() %}{{ l | trim }}.{% endfor %}",
    "{%- for n in numbers -%} {{ n }} {%- endfor -%}",
]


@pytest.fixture(scope="module")
def templar() -> Templar:
    def trusted(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: trusted(v) for k, v in value.items()}
        if isinstance(value, list):
            return [trusted(v) for v in value]
        return trust_as_template(value) if isinstance(value, str) else value

    values = trusted(plain(parse(VARIABLES, "").first))
    return Templar(DataLoader(), {**values, "vars": values})


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    scope = VariableScope().with_variables(Precedence.PLAY_VARS, variables_of(parse(VARIABLES, "v.yml").first, "v.yml"))
    return Renderer(scope)


def as_data(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: as_data(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [as_data(v) for v in value]
    return str(value) if isinstance(value, str) else value


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_an_expression_gives_what_ansible_gives(expression: str, templar: Templar, renderer: Renderer) -> None:
    template = "{{ " + expression + " }}"
    expected = as_data(templar.template(trust_as_template(template)))
    found = renderer.evaluate(template)
    assert found.known, found.reasons
    assert (type(found.value), found.value) == (type(expected), expected)


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_gives_what_ansible_gives(template: str, templar: Templar, renderer: Renderer) -> None:
    expected = as_data(templar.template(trust_as_template(template)))
    assert renderer.evaluate(template).value == expected
