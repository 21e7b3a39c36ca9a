"""Passages are marked in the paragraph, overlapping ones share their mark, and what is selected is counted as it was sent."""

import re

from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from polyphonie.annotations.drawing import Mark, Run, drawn_block

CITED = Run("#128", Markup('<cite><a href="/demain/contributions/128/">128</a></cite>'))
RUNS = [Run("Une partie <demande> "), CITED, Run(" les clés ; d’autres « "), Run("\ufffc", Markup("<q>mots</q>")), Run(" ».")]
TEXT = "".join(run.text for run in RUNS)


def test_a_passage_is_marked_and_followed_by_the_link_to_its_discussion() -> None:
    drawn = drawn_block(RUNS, [Mark(7, 0, 10)])
    assert drawn.startswith('<mark>Une partie</mark><a class="note-call" data-apart id="passage-7" href="#discussion-7"')
    assert "&lt;demande&gt;" in drawn


def test_a_citation_inside_a_passage_keeps_its_own_link() -> None:
    drawn = drawn_block(RUNS, [Mark(1, 4, TEXT.index("les clés") + 3)])
    inside = re.search(r"<mark>(.*?)</mark>", drawn)
    assert inside is not None
    assert inside[1] == f'partie &lt;demande&gt; <span data-text="#128">{CITED.html}</span> les'


def test_passages_that_overlap_share_a_mark_and_each_is_called_where_it_ends() -> None:
    drawn = drawn_block([Run("abcdefghij")], [Mark(1, 1, 5), Mark(2, 3, 8), Mark(3), Mark(4, 3, 5)])
    bare = re.sub(r'<a class="note-call"[^>]*id="passage-(\d)"[^>]*>\d</a>', r"[\1]", drawn)
    assert bare == "a<mark>bc</mark><mark>de</mark>[1][4]<mark>fgh</mark>[2]ij[3]"


@given(st.lists(st.tuples(st.integers(0, len(TEXT) - 1), st.integers(1, len(TEXT))), max_size=5))
@settings(max_examples=80, deadline=None)
def test_whatever_is_marked_the_block_reads_the_same_and_calls_each_discussion_once(spans: list[tuple[int, int]]) -> None:
    marks = [Mark(number, start, end) for number, (start, end) in enumerate(spans, 1) if start < end]
    with override("fr"):
        drawn = drawn_block(RUNS, marks)
    assert drawn.count("<mark>") == drawn.count("</mark>")
    assert re.sub(r"<mark>(?=[^<]*<mark>)", "", drawn).count("<mark><mark>") == 0
    for mark in marks:
        assert drawn.count(f'id="passage-{mark.number}"') == 1
    apart = re.sub(r'<a class="note-call".*?</a>', "", drawn)
    whole = re.sub(r'<span data-text="([^"]*)">.*?</span>', r"\1", apart)
    text = Markup(re.sub(r"</?mark>", "", whole)).unescape()
    assert text.translate(str.maketrans("\u00a0\u202f", "  ")) == TEXT
