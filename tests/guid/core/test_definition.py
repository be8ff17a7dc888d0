"""guid/core/definition.py: what a qube's definition may say, and what is said of the rest."""

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colors.labels import STANDARD
from guid.core.definition import (
    LEAST_MEMORY_BYTES,
    MOST_MEMORY_BYTES,
    RULES,
    BadDefinition,
    Definition,
    Net,
    definition_written,
    size_bytes,
    size_text,
)
from tests.harness.processes import ROOT


def test_definition_of_nothing_is_the_careful_one() -> None:
    found = definition_written({})
    assert found == Definition()
    assert (found.label, found.net, found.template, found.memory_bytes) == (None, Net.NONE, None, None)
    assert found.pool_bytes == 512 << 20


def test_definition_with_every_key_is_taken() -> None:
    found = definition_written(
        {
            "label": "blue",
            "engine": "qemu",
            "template": "/srv/bookworm",
            "net": "user",
            "pool": "256M",
            "memory": "4GiB",
            "menu": ["org.xfce.mousepad", "xterm"],
            "options": {"title_name": True},
        }
    )
    assert found == Definition(
        STANDARD["blue"],
        "qemu",
        "/srv/bookworm",
        Net.USER,
        256 << 20,
        4 << 30,
        ("org.xfce.mousepad", "xterm"),
        {"title_name": True},
    )


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("labell", "blue", "no key 'labell'; did you mean label"),
        ("xyz", "blue", "no key 'xyz'; there are label, engine, template, net, pool, memory"),
        ("label", "pink", "no label 'pink'; there are red, orange"),
        ("label", 3, "must be a word in quotes"),
        ("engine", "docker", "one of local, qemu"),
        ("engine", ["local"], "one of local, qemu"),
        ("template", "", "absolute path"),
        ("template", "a/b", "absolute path"),
        ("template", "/a\nb", "absolute path"),
        ("template", "/" + "a" * 4095, "absolute path"),
        ("net", "host", "one of none, user"),
        ("net", True, "one of none, user"),
        ("pool", "500M", "power of two: 256M"),
        ("pool", "8M", "from 16M to 4G"),
        ("pool", "8G", "from 16M to 4G"),
        ("pool", 1 << 29, "must be a size"),
        ("memory", "127M", "from 128M to 4T"),
        ("memory", "lots", "must be a size"),
        ("memory", "-1G", "must be a size"),
        ("memory", "1.5G", "must be a size"),
        ("memory", "\uff11G", "must be a size"),
        ("memory", "9" * 13 + "T", "from 128M to 4T"),
        ("options", 3, "must be a table"),
    ],
)
def test_what_cannot_be_is_refused_by_its_key(key: str, value: object, words: str) -> None:
    with pytest.raises(BadDefinition, match=words) as refused:
        definition_written({"label": "blue", key: value})
    assert refused.value.key == key


@given(st.integers(LEAST_MEMORY_BYTES, MOST_MEMORY_BYTES))
def test_size_as_written_is_read_again(number: int) -> None:
    assert size_bytes(size_text(number), least=1, most=MOST_MEMORY_BYTES) == number


def test_every_rule_fills_a_field() -> None:
    assert [name for name, _rule in RULES.values()] + ["options"] == [field.name for field in fields(Definition)]


def test_every_key_is_on_its_page() -> None:
    page = (ROOT / "docs" / "qubes.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1].strip(" `") for line in page.splitlines() if line.startswith("| `")]
    assert rows == [*RULES, "[options]"]
