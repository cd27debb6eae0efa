"""A block of a facts file is replaced, and every other byte stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, parse

from graphsvc.editing import blocks
from graphsvc.editing.blocks import BlockError, Sentence

FACTS = (
    Path(__file__).parents[1] / "projects" / "lights" / "data" / "ile-merrow" / "facts.trig"
).read_text("utf-8")
PASSAGE = "https://example.org/lights/passage/"


def sentence(name: int, words: str = "It stands.") -> Sentence:
    return Sentence(f"{PASSAGE}{name}", words, [f"{PASSAGE}{each}" for each in range(1, name)])


def around(text: str, graph: str) -> tuple[str, str]:
    """Return what stands before and after the braces of a block."""
    span = next(span for span in blocks.spans(text) if span.graph == graph)
    return text[: span.start], text[span.end :]


# What is dangerous to whoever looks for the end of a block.
PUNCTUATION = st.sampled_from(
    ["{", "}", "#", '"', "'", '"""', "\n", "\\", "<", ">", ".", " ", "#>"]
)
WORDS = st.sampled_from(["passage:5 {", "light:a a lights:A .", '"a } b"', "# } {", "<a}b>", "é"])
PIECES = PUNCTUATION | WORDS
BLOCKS = st.lists(PIECES, max_size=12).map("".join)


@given(block=BLOCKS, name=st.integers(1, 6), crlf=st.booleans())
@example(block="} passage:9 {", name=3, crlf=False)
@example(block="}", name=6, crlf=False)
@example(block='"""', name=3, crlf=False)
@example(block="# a comment at the end", name=3, crlf=True)
@example(block="<<a}b>", name=6, crlf=False)
def test_every_other_byte_stays_or_nothing_is_written(block: str, name: int, crlf: bool) -> None:  # noqa: FBT001
    text = FACTS.replace("\n", "\r\n") if crlf else FACTS
    graph = f"{PASSAGE}{name}"
    try:
        result = blocks.replace_block(text, sentence(name), block)
    except BlockError:
        return
    assert around(result, graph) == around(text, graph)
    others = {span.graph: text[span.start : span.end] for span in blocks.spans(text)}
    for span in blocks.spans(result):
        if span.graph != graph:
            assert result[span.start : span.end] == others[span.graph]


@given(block=BLOCKS, after=st.integers(2, 9))
def test_a_first_block_is_put_in_and_nothing_else_changes(block: str, after: int) -> None:
    graphs = {span.graph for span in blocks.spans(FACTS)}
    name = 7 if after > 6 else 700 + after
    chosen = Sentence(f"{PASSAGE}{name}", "Share { this page", [f"{PASSAGE}{after - 1}"])
    try:
        result = blocks.replace_block(FACTS, chosen, block)
    except BlockError:
        return
    start = next(at for at in range(len(result)) if FACTS[: at + 1] != result[: at + 1])
    assert result[:start] + result[start + len(result) - len(FACTS) :] == FACTS
    assert {span.graph for span in blocks.spans(result)} == graphs | {chosen.iri}


@pytest.mark.parametrize(
    "block", ["} passage:9 {", "{", "}", '"open', '"""open', "light:a a lights:Light . }"]
)
def test_a_block_that_is_not_whole_is_refused(block: str) -> None:
    with pytest.raises(BlockError):
        blocks.replace_block(FACTS, sentence(3), block)


def test_what_is_written_is_what_is_read_again() -> None:
    block = (
        '    light:north-rock lights:litIn 1871 .\n    # } why\n    light:x lights:note "} {"@en .'
    )
    result = blocks.replace_block(FACTS, sentence(3), block)
    assert blocks.content(result, f"{PASSAGE}3") == block
    assert len(list(parse(result.encode(), RdfFormat.TRIG))) > 0


def test_the_same_block_changes_nothing_but_its_own_white_space() -> None:
    graph = f"{PASSAGE}2"
    assert blocks.replace_block(FACTS, sentence(2), blocks.content(FACTS, graph)) == FACTS


def test_a_first_block_stands_under_its_words_after_the_block_before_it() -> None:
    facts = FACTS.replace(FACTS[FACTS.index("#> It stands") : FACTS.index("#> The Harbour")], "")
    assert f"{PASSAGE}4" not in {span.graph for span in blocks.spans(facts)}
    result = blocks.replace_block(
        facts, sentence(4, "It stands\nopposite."), "    light:a a lights:Light ."
    )
    assert (
        "\n\n#> It stands opposite.\npassage:4 {\n    light:a a lights:Light .\n}\n\n#> The"
        in result
    )
    assert [span.graph[-1] for span in blocks.spans(result)] == list("123456")


def test_a_file_without_blocks_gets_its_first_one() -> None:
    prologue = "@prefix passage: <https://example.org/lights/passage/> .\n"
    result = blocks.replace_block(prologue, sentence(1), "")
    assert result == f"{prologue}\n#> It stands.\npassage:1 {{\n}}\n"
