"""What a synthesis takes up, by a toy synthesis computed by hand: 6 contributions, 3 statements, 2 groups of opinion."""

import json
import random
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from polyphonie.opinion.citing.balance import Authors, Campaign, LeftOut, Topic, authors_by
from polyphonie.opinion.citing.cited import Claim, Share, Voice, gathered
from polyphonie.opinion.citing.coverage import ToRead, Uncited, coverage
from tests.opinion.growth import FOLLOWS_ITS_INPUT, growth

VOICES = [
    Voice(1, agree=6, disagree=6, author="ada", topics=("net",)),
    Voice(2, agree=9, mixed=1, author="blaise", topics=("net", "école")),
    Voice(3, agree=8, disagree=2, author="ada", topics=("école",)),
    Voice(4, agree=4, author="", topics=(), reason="hors sujet"),
    Voice(5, kind="argument", about=1, side="for", author="carole"),
    Voice(6, kind="argument", about=3, side="against", author="blaise"),
]
CLAIMS = [
    Claim("a", "controversy", (1, 5, 5, 1)),
    Claim("b", "agreement", (2, 1, 999)),
    Claim("c", "lead", ()),
]
SIMILARITIES = [(1, 3, 0.25), (3, 2, 0.5), (3, 4, 0.9)]


@pytest.fixture
def toy():
    return coverage(VOICES, CLAIMS, similarities=SIMILARITIES)


def test_the_headline_counts_proposals_and_says_why_the_others_are_not_cited(toy):
    assert toy.headline.cited == Share(2, 4)
    assert toy.headline.uncited == (Uncited(3, "", False), Uncited(4, "hors sujet", False))
    assert toy.headline.without_reason == 1
    assert (toy.claims, toy.claims_without_citation) == (3, 1)


def test_a_proposal_of_which_only_an_argument_is_cited_is_not_cited_but_reached():
    told = coverage(VOICES, [Claim("a", "lead", (6,))])
    assert [one.number for one in told.headline.uncited if one.is_reached_by_a_reply] == [3]
    assert told.headline.cited == Share(0, 4)


def test_votes_and_families_weigh(toy):
    assert toy.by_votes == Share(12 + 10, 12 + 10 + 10 + 4)
    assert toy.by_families == Share(2, 4)
    assert coverage(VOICES, CLAIMS, families=[[2, 3]]).by_families == Share(3, 4)
    with pytest.raises(ValueError, match="two families"):
        coverage(VOICES, CLAIMS, families=[[2, 3], [3, 4]])


def test_soft_coverage_is_the_mean_nearness_to_what_is_cited(toy):
    # 1 and 2 are cited: 1 each; 3 is at 0.5 of 2 (and 0.25 of 1); 4 is near 3 only, which is not cited: 0.
    assert toy.soft == Share(2_500_000, 4_000_000)
    assert toy.soft.value == 0.625


def test_what_is_to_be_read_first_is_what_many_said_far_from_what_is_cited(toy):
    # 3: √10 · (1 - 0.5) · max(wilson(8, 10), Π = 1 - 0.36), the lower bound of 8 in 10 being 0.607…: Π = 0.64 wins.
    # 4: √4 · 1 · wilson(4, 4) = 2 · 4 / (4 + 1.2815515655446004²), and 4 votes are too few for Π.
    assert [family.numbers for family in toy.to_read] == [(4,), (3,)]
    four, three = toy.to_read
    assert three.score == int(10**0.5 * 0.5 * 0.64 * 10**9)
    assert four.score == pytest.approx(2 * 4 / (4 + 1.2815515655446004**2) * 10**9, abs=3)
    assert (four.nearest, three.nearest, three.votes) == (0, 500_000, 10)


def test_a_family_is_read_at_once_with_the_votes_of_all_and_its_best_voice():
    told = coverage(VOICES, CLAIMS, families=[[3, 4]], similarities=SIMILARITIES)
    assert [(one.numbers, one.votes, one.nearest) for one in told.to_read] == [((3, 4), 14, 500_000)]
    assert coverage(VOICES, CLAIMS, families=[[2, 3, 4]]).to_read == ()


def test_what_divides_groups_is_read_first_where_the_operator_knows_it():
    told = coverage(VOICES, CLAIMS, similarities=SIMILARITIES, between_groups={3: 0.99})
    assert told.to_read[0] == ToRead((3,), 10, 500_000, int(10**0.5 * 0.5 * 0.99 * 10**9))


def test_a_controversy_without_a_voice_of_each_side_is_said_to_be_one_sided(toy):
    (sides,) = toy.controversies
    assert (sides.arguments_for, sides.arguments_against, sides.imbalance, sides.is_one_sided) == (1, 0, Share(1, 1), True)
    (sides,) = coverage(VOICES, [Claim("a", "controversy", (5, 6))]).controversies
    assert (sides.imbalance, sides.is_one_sided) == (Share(0, 2), False)


def test_arguments_are_dealt_with_when_their_proposal_is_and_left_out_by_side_otherwise(toy):
    assert toy.left_out == (
        LeftOut("argument", "against", 1, 0, 0, (6,)),
        LeftOut("argument", "for", 1, 1, 1, ()),
    )
    told = coverage([*VOICES, Voice(7, kind="source", about=6), Voice(8, kind="source", about=5)], [Claim("a", "lead", (1,))])
    assert [(one.kind, one.side, one.dealt_with, one.left_out) for one in told.left_out] == [
        ("argument", "against", 0, (6,)),
        ("argument", "for", 1, ()),
        ("source", "", 1, (7,)),
    ]


def test_a_chain_that_leads_nowhere_or_round_belongs_to_no_proposal():
    around = [Voice(1, kind="source", about=2), Voice(2, kind="source", about=1), Voice(3, kind="source", about=99)]
    assert gathered(around, []).proposal_of == {}
    assert coverage(around, [Claim("a", "lead", (1,))]).left_out[0].left_out == (2, 3)


def test_concentration_is_that_of_the_citations_of_authors(toy):
    # Citations: ada 2 (statements a and b), carole 1, blaise 1: (2² + 1 + 1) / 4².
    assert toy.concentration.index == Share(6, 16)
    assert (toy.concentration.most_cited, toy.concentration.authors) == (Share(4, 4), 3)
    many = [Voice(number, author=str(number)) for number in range(1, 13)]
    assert coverage(many, [Claim("a", "lead", tuple(range(1, 13)))]).concentration.most_cited == Share(10, 12)


def test_a_campaign_counts_once_with_its_size():
    same = [Voice(number, author=str(number)) for number in range(1, 7)]
    told = coverage([*same, Voice(7, author="7")], [Claim("a", "lead", (1, 2, 3, 7))], families=[range(1, 7)])
    assert told.concentration.campaigns == (Campaign((1, 2, 3, 4, 5, 6), 6, True),)
    assert told.concentration.index == Share(2, 4)
    five = coverage(same, [], families=[range(1, 6)])
    assert five.concentration.campaigns == ()


def test_topics_are_compared_with_what_was_said_of_each(toy):
    # Said: net 1 + 1/2, école 1/2 + 1, none 1, of 4. Cited: 1 twice, 2 once, 5 (of 1) once: net 3.5, école 0.5, of 4.
    assert toy.topics.topics == (Topic("", 0.25, 0.0), Topic("net", 0.375, 0.875), Topic("école", 0.375, 0.125))
    # 1/2·(.375·log2(.375/.625) + .25·log2 2 + .375·log2(.375/.25)) + 1/2·(.875·log2(.875/.625) + .125·log2(.125/.25))
    assert toy.topics.divergence == 0.246374
    apart = coverage([Voice(1, topics=("x",)), Voice(2, topics=("y",))], [Claim("a", "lead", (1,))]).topics
    assert apart.divergence == 0.311278
    assert coverage(VOICES, []).topics.divergence == 0


def test_fewer_than_ten_authors_are_never_a_group_of_their_own():
    voices = [Voice(number, author=str(number)) for number in range(1, 41)]
    value_of = {number: "a" if number <= 20 else "b" if number <= 31 else "c" if number <= 37 else "d" for number in range(1, 41)}
    cited = gathered(voices, [Claim("x", "lead", (1, 2, 25, 33))])
    # c (6) and d (3) are nine together: b (11) joins them.
    assert authors_by(cited, value_of) == (Authors("a", Share(2, 20)), Authors("others", Share(2, 20), is_pooled=True))
    assert authors_by(gathered(voices[:9], []), value_of) == ()
    ten = authors_by(gathered([*voices[:20], *voices[31:]], []), value_of)
    assert ten == (Authors("others", Share(0, 29), is_pooled=True),), "nine would be found by subtraction"


def test_authors_are_counted_once_and_each_unknown_one_alone():
    voices = [Voice(number, author="one" if number < 5 else "") for number in range(1, 16)]
    assert authors_by(gathered(voices, [Claim("x", "lead", (1, 2, 9))]), {}) == (Authors("", Share(2, 12)),)


def test_the_order_of_what_is_given_changes_nothing_and_its_hash_follows_all_of_it():
    told = coverage(VOICES, CLAIMS, families=[[3, 4]], similarities=SIMILARITIES)
    mixed = coverage(
        VOICES[::-1], CLAIMS[::-1], families=[[4, 3]], similarities=[(b, a, near) for a, b, near in SIMILARITIES[::-1]]
    )
    assert mixed == told
    changes = [
        coverage([replace(VOICES[0], agree=7), *VOICES[1:]], CLAIMS, families=[[3, 4]], similarities=SIMILARITIES),
        coverage(VOICES, CLAIMS[:2], families=[[3, 4]], similarities=SIMILARITIES),
        coverage(VOICES, CLAIMS, families=[], similarities=SIMILARITIES),
        coverage(VOICES, CLAIMS, families=[[3, 4]], similarities=SIMILARITIES[:2]),
        coverage(VOICES, CLAIMS, families=[[3, 4]], similarities=SIMILARITIES, between_groups={1: 0.5}),
    ]
    assert len({told.input_hash, *(one.input_hash for one in changes)}) == 6


def test_the_hash_is_one_that_anyone_finds_from_the_published_rule():
    # SHA-256 of the text [[],[],[],[],[]]: voices, claims, families, pairs, differences between groups.
    assert coverage([], []).input_hash == "be8a1bbaee025d5501a33340bd5d4e547d41835268267e671efcd939c6856fe3"


def test_the_report_is_written_and_read_as_json(toy):
    written = json.loads(json.dumps(toy.as_json()))
    assert (written["formula"], written["seed"], written["parameters"]["campaign_above"]) == ("coverage/1", None, 5)
    assert written["headline"]["cited"] == {"part": 2, "whole": 4}


def test_nothing_said_or_nothing_cited_is_no_error():
    empty = coverage([], [])
    assert (empty.headline.cited, empty.soft, empty.to_read) == (Share(0, 0), Share(0, 0), ())
    assert empty.soft.value == 0
    with pytest.raises(ValueError, match="twice"):
        coverage([Voice(1), Voice(1)], [])


def consultation(size):
    draw = random.Random(size)
    proposals = [
        Voice(n, agree=draw.randrange(90), disagree=draw.randrange(60), author=str(draw.randrange(size)), topics=(str(n % 20),))
        for n in range(1, size + 1)
    ]
    arguments = [
        Voice(n, kind="argument", about=draw.randrange(1, size + 1), side=draw.choice(("for", "against")))
        for n in range(size + 1, 2 * size + 1)
    ]
    claims = [Claim(str(n), "controversy", tuple(draw.choices(range(1, 2 * size), k=12))) for n in range(50)]
    pairs = [(n, draw.randrange(1, size + 1), draw.random()) for n in range(1, size + 1) for _ in range(5)]
    families = [(n, n + 1) for n in range(1, size, 50)]
    return proposals + arguments, claims, families, pairs


def test_the_time_of_a_report_follows_what_it_is_given():
    given = {size: consultation(size) for size in (500, 4_000)}

    def report(size):
        voices, claims, families, pairs = given[size]
        coverage(voices, claims, families=families, similarities=pairs)

    assert growth(report, 500) <= FOLLOWS_ITS_INPUT


def test_ten_thousand_proposals_are_reported_in_less_than_two_seconds():
    voices, claims, families, pairs = consultation(10_000)
    started = time.process_time()
    coverage(voices, claims, families=families, similarities=pairs)
    spent = time.process_time() - started
    print(f"10,000 proposals, 10,000 arguments, 50 statements: {spent:.2f} s of processor")
    assert spent < 2


def test_what_the_desk_asks_for_needs_no_mathematics_library():
    code = (
        "import sys, polyphonie.opinion.citing.coverage; "
        "heavy = {'numpy', 'scipy', 'sklearn', 'Stemmer', 'django'} & {name.split('.')[0] for name in sys.modules}; "
        "sys.exit(', '.join(heavy) or 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
