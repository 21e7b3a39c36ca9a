"""A passage keeps its very words when the text changes elsewhere, is recognised when they change a little, else is let go."""

from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polyphonie.annotations.anchoring import Passage, carried, copied, passage_at, texts_of

KEYS = "abcdef"
LETTERS = st.text(alphabet="ab é.,😀\ufffc", min_size=1, max_size=60)
SENTENCE = "Une partie des contributeurs demande que les habitants aient les clés, parce que ce sont eux qui font vivre le lieu."


def _passage(text: str, words: str, block: str = "a") -> Passage:
    found = passage_at({block: text}, block, text.index(words), text.index(words) + len(words))
    assert found is not None
    return found


def _carried(before: str, after: str, words: str) -> str | None:
    found = carried(_passage(before, words), {"a": before}, {"a": after})
    return None if found is None else found.exact


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_inserting_or_deleting_elsewhere_never_moves_the_very_words(data: st.DataObject) -> None:
    text = data.draw(LETTERS)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    passage = passage_at({"a": text}, "a", start, end)
    assert passage is not None
    if data.draw(st.booleans()):
        first, last = sorted([data.draw(st.integers(0, start)), data.draw(st.integers(0, start))])
    else:
        first, last = sorted([data.draw(st.integers(end, len(text))), data.draw(st.integers(end, len(text)))])
    after = text[:first] + data.draw(st.text(alphabet="ab xyz", max_size=40)) + text[last:]
    found = carried(passage, {"a": text}, {"a": after})
    assert found is not None
    assert found.exact == passage.exact == after[found.start : found.end]


@given(st.lists(LETTERS, min_size=2, max_size=6), st.randoms(use_true_random=False), st.data())
@settings(max_examples=150, deadline=None)
def test_paragraphs_in_another_order_leave_each_passage_where_it_was(
    texts: list[str], chance: "object", data: st.DataObject
) -> None:
    blocks = [{"key": KEYS[rank], "text": text} for rank, text in enumerate(texts)]
    chosen = data.draw(st.sampled_from(blocks))
    end = data.draw(st.integers(1, len(chosen["text"])))
    passage = passage_at(texts_of(blocks), chosen["key"], 0, end)
    assert passage is not None
    shuffled = list(blocks)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert carried(passage, texts_of(blocks), texts_of(shuffled)) == passage


def test_the_same_words_twice_are_told_apart_by_what_is_around_them() -> None:
    before = "Le vélo en ville est utile. À la campagne, le vélo est rare."
    passage = passage_at({"a": before}, "a", before.rindex("vélo"), before.rindex("vélo") + 4)
    assert passage is not None
    after = "En ville, le vélo avance ; le vélo est utile. À la campagne, le vélo est rare, dit-on."
    found = carried(passage, {"a": before}, {"a": after})
    assert found is not None
    assert found.start == after.rindex("vélo")


@pytest.mark.parametrize(
    ("ahead", "behind"), [("", " Fin."), ("Ajout au début. ", ""), ("Ajout au début, long. ", "Fin ajoutée.")]
)
def test_words_repeated_fifty_times_stay_where_they_were_whatever_is_added_around(ahead: str, behind: str) -> None:
    sentence = "Le vélo est utile en ville. "
    before, after = sentence * 50, ahead + sentence * 50 + behind
    for rank in range(0, 50, 7):
        passage = passage_at({"a": before}, "a", rank * len(sentence) + 3, rank * len(sentence) + 7)
        assert passage is not None
        found = carried(passage, {"a": before}, {"a": after})
        assert found is not None
        assert found.start == passage.start + len(ahead)


def test_a_passage_reworded_a_little_is_recognised_and_says_its_new_words() -> None:
    after = SENTENCE.replace("Une partie des contributeurs demande", "Une partie des contributeurs (57 sur 312) demande")
    assert _carried(SENTENCE, after, SENTENCE[:60]) == after[: 60 + len("(57 sur 312) ")]


@pytest.mark.parametrize("after", ["Tout autre chose est écrit ici maintenant.", "", "Une partie du marché ouvre à midi."])
def test_a_passage_whose_words_are_gone_is_let_go(after: str) -> None:
    assert _carried(SENTENCE, after, "demande que les habitants aient les clés") is None


def test_words_that_moved_to_another_paragraph_are_followed_when_they_are_long_enough() -> None:
    passage = _passage(SENTENCE, "que les habitants aient les clés")
    found = carried(passage, {"a": SENTENCE}, {"a": "Voir plus bas.", "b": "Certains veulent que les habitants aient les clés."})
    assert found is not None
    assert (found.block, found.exact) == ("b", passage.exact)
    short = _passage(SENTENCE, "les")
    assert carried(short, {"a": SENTENCE}, {"b": "les rues"}) is None


def test_a_whole_paragraph_is_followed_by_its_key_or_by_its_very_words() -> None:
    whole = passage_at({"a": SENTENCE}, "a")
    assert whole == Passage("a")
    assert whole.is_whole_block
    assert carried(whole, {"a": SENTENCE}, {"a": "Réécrit."}) == whole
    assert carried(whole, {"a": SENTENCE}, {"b": SENTENCE}) == Passage("b")
    assert carried(whole, {"a": SENTENCE}, {"b": "Autre."}) is None


@pytest.mark.parametrize(("start", "end"), [(5, 5), (7, 3), (0, 10_000), (-1, 4)])
def test_a_place_outside_the_text_is_no_passage(start: int, end: int) -> None:
    assert passage_at({"a": SENTENCE}, "a", start, end) is None
    assert passage_at({"a": SENTENCE}, "b", 0, 4) is None


def test_the_place_of_a_quotation_is_carried_like_a_letter() -> None:
    before = "Pour beaucoup, « \ufffc » #12 résume tout."
    after = "Pour presque tous, « \ufffc » #12 résume bien des choses."
    assert _carried(before, after, "« \ufffc »") == "« \ufffc »"


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("« le vélo » est utile", ["«le vélo» est utile"]),  # the page sets spaces inside quotation marks
        ("l’été ; l’hiver", ["l'été; l’hiver"]),
        ("est", ["est"]),  # the whole word, not the end of « reste »
        ("vél", ["vél", "vél"]),
        ("le\nvélo", ["le vélo"]),
        ("levélo", []),
        ("😀 مرحبا", ["😀 مرحبا"]),
        ("e\u0301t", ["e\u0301t"]),
        (" ", []),
    ],
)
def test_words_copied_from_the_page_are_found_however_it_set_their_spaces(words: str, found: list[str]) -> None:
    text = "Il reste «le vélo» est utile, l'été; l’hiver, au vélodrome 😀 مرحبا, e\u0301té."
    places = copied(words, "a", text)
    assert [text[place.start : place.end] for place in places] == found


@pytest.mark.parametrize("piece", ["a", "a ", "ab ", "le mot "])
def test_the_time_for_hostile_repetition_does_not_run_away(piece: str) -> None:
    before, after = piece * (20_000 // len(piece)), "x" + piece * (19_000 // len(piece)) + "y"
    passage = passage_at({"a": before}, "a", 5_000, 9_000)
    assert passage is not None
    start = process_time()
    carried(passage, {"a": before}, {"a": after})
    copied(piece * 200, "a", before)
    assert process_time() - start < 2
