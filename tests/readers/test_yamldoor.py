from __future__ import annotations

import itertools
import time
from typing import Any

from archdoc.readers import yamldoor
from archdoc.readers.loose import loose_yaml
from archdoc.readers.yamldoor import Mapping, Opaque, parse, plain


def first_of(text: str, first_line: int = 1) -> Any:
    return parse(text, "f.yml", first_line).first


def test_keys_elements_and_block_texts_know_their_lines() -> None:
    first = first_of("a: 1\nb:\n  - x\n  - y\nc: |\n  text\n")
    assert isinstance(first, Mapping)
    assert (first.line_of("a"), first.line_of("b"), first.line_of("c")) == (1, 2, 5)
    assert first["b"].lines == [3, 4]
    assert first["c"].line == 6


def test_yaml_one_point_one_booleans_are_booleans() -> None:
    assert plain(first_of("a: yes\nb: off\nc: 'no'")) == {"a": True, "b": False, "c": "no"}


def test_a_vaulted_value_is_never_text() -> None:
    first = first_of("a: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6162\n")
    assert isinstance(first["a"], Opaque)
    assert "6162" not in str(plain(first))


def test_a_vaulted_file_is_one_opaque_value() -> None:
    assert isinstance(first_of("$ANSIBLE_VAULT;1.1;AES256\n6162\n"), Opaque)


def test_an_unknown_tag_keeps_its_value_and_runs_nothing() -> None:
    first = first_of("a: !!python/object/apply:os.system [touch /tmp/owned]\nb: !custom {c: 1}\n")
    assert plain(first) == {"a": ["touch /tmp/owned"], "b": {"c": 1}}


def test_documents_before_a_syntax_error_are_kept() -> None:
    parsed = parse("a: 1\n---\nb: [\n", "f.yml")
    assert plain(parsed.first) == {"a": 1}
    assert [(p.code, p.source.path) for p in parsed.problems] == [("YML001", "f.yml")]


def test_merge_keys_give_way_to_own_keys() -> None:
    first = first_of("base: &b {x: 1, y: 2}\nown:\n  <<: *b\n  y: 3\n")
    assert plain(first)["own"] == {"y": 3, "x": 1}


def test_aliases_of_aliases_do_not_explode() -> None:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    parsed = parse("\n".join(levels), "bomb.yml")
    assert [p.code for p in parsed.problems] == ["YML002"]


def test_deep_nesting_is_refused_not_crashed() -> None:
    parsed = parse("[" * 5000 + "]" * 5000, "deep.yml")
    assert [p.code for p in parsed.problems] == ["YML002"]


def test_a_document_that_begins_further_down_a_file_says_so() -> None:
    assert first_of("a: 1\nb: 2\n", 10).line_of("b") == 11


def test_the_core_schema_leaves_the_type_of_scalars_open() -> None:
    value = yamldoor.core_schema("a: yes\nb: 'yes'\nc: !!str yes\n")
    assert {key.text: (v.text, v.style, v.tag) for key, v in value.items()} == {
        "a": ("yes", "", ""),
        "b": ("yes", "'", ""),
        "c": ("yes", "", "tag:yaml.org,2002:str"),
    }


def test_a_text_that_comes_to_too_much_is_read_once() -> None:
    """A text of a few lines that aliases make into millions of values: it is not cut up and read again."""
    names = "abcdefghi"
    bomb = f"a: &a [{', '.join('x' * 9)}]\n" + "".join(
        f"{one}: &{one} [{', '.join(['*' + before] * 9)}]\n" for before, one in itertools.pairwise(names)
    )
    began = time.process_time()
    assert [p.code for p in yamldoor.parse(bomb, "a.yml").problems] == ["YML002"]
    once = time.process_time() - began
    assert loose_yaml(bomb, "a.yml") == (None, [1])
    assert time.process_time() - began < 2.6 * once
