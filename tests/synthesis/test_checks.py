"""What is doubtful is marked, what is sound is not; how often that happens on a thousand sentences that people wrote."""

import csv
import gzip
import json
import lzma
import os
import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from polyphonie.synthesis.checks.evidence import evidence_of
from polyphonie.synthesis.checks.figures import Counted
from polyphonie.synthesis.checks.marks import marks_of
from polyphonie.synthesis.checks.quoting import NEAR_ENOUGH, nearest, verbatim
from polyphonie.synthesis.checks.resolving import Citable, resolve
from polyphonie.synthesis.checks.said import Cites, Said
from polyphonie.synthesis.checks.sentences import bare, figures_in, sentences
from polyphonie.synthesis.checks.sides import Pattern
from tests.opinion.library import Library

TEXT = "Il faut que « l’école »  soit\nouverte à tous : les parents aussi, et pas seulement le samedi."
VOTED = Cites(12, "proposal", counted=Counted(agree=46, mixed=10, disagree=44))
AGREED = Cites(13, "proposal", counted=Counted(agree=80, mixed=5, disagree=15))
PRO, CON = Cites(14, "argument", side="for"), Cites(15, "argument", side="against")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("l'école\" soit ouverte", "l’école »  soit\nouverte"),
        ("tous: les parents", "tous : les parents"),
        ("ouverte à tous", "ouverte à tous"),
        ("pa", None),
        ("Ouverte à tous", None),
        ("", None),
    ],
)
def test_words_are_found_whatever_their_typography_and_never_in_the_middle_of_a_word(words, found):
    span = verbatim(words, TEXT)
    assert (None if span is None else TEXT[span.start : span.end]) == found


def test_the_nearest_words_are_whole_words_of_the_text_and_how_near_is_told():
    close = nearest("Les parents ausi, et pas seulement le samedi", TEXT)
    assert close is not None
    assert TEXT[close.span.start : close.span.end] == "les parents aussi, et pas seulement le samedi"
    assert close.likeness >= NEAR_ENOUGH
    far = nearest("abattre tous les platanes de la place", TEXT)
    assert far is not None
    assert far.likeness < NEAR_ENOUGH
    assert nearest("mots", "") is None


def test_sentences_end_where_they_do_and_figures_are_neither_years_nor_articles():
    text = "L’art. 12 de la loi de 2016 le dit (#3). M. Durand en compte 1 200, soit 46 %. Le 8 mars 2015, trois l’ont dit."
    assert [text[start:end].strip() for start, end in sentences(text)] == [
        "L’art. 12 de la loi de 2016 le dit (#3).", "M. Durand en compte 1 200, soit 46 %.", "Le 8 mars 2015, trois l’ont dit.",
    ]  # fmt: skip
    assert figures_in(bare(text)) == ["1 200", "46 %"]


def marks(text: str, *cites: Cites, column: str = "disagreement", others: tuple[Said, ...] = (), **said) -> list[tuple[str, str]]:
    found = marks_of([Said("k", text, column, cites=cites, **said), *others])
    return [(mark.check, mark.words.replace("\u202f", " ").replace("\u00a0", " ")) for mark in found if mark.statement == "k"]


def test_a_text_that_changed_or_is_not_shown_any_more_is_told():
    assert [check for check, _words in marks("Oui #12.", Cites(12, "proposal", has_changed=True))] == ["V1"]
    assert "n’est plus affichée" in marks("Oui #12.", Cites(12, "proposal", is_shown=False))[0][1]


def test_repaired_words_and_long_quotations_without_a_number_are_told():
    assert [
        check for check, _words in marks("On lit « ⟦1⟧ » #12.", Cites(12, "proposal", is_quotation=True, is_repaired=True))
    ] == ["V2"]
    assert [check for check, _words in marks("« Ces quatre mots entre guillemets » et d’autres #12.", VOTED)] == ["V2"]
    assert marks("La « ville douce » est demandée #12.", VOTED) == []


def test_each_sentence_that_claims_cites_and_each_citation_shares_words_with_it():
    assert [check for check, _words in marks("Rien ne l’appuie.")] == ["V3"]
    assert [check for check, _words in marks("Ceci est cité #12. Cela ne l’est pas.", VOTED)] == ["V3"]
    assert marks("Voici trois sujets.", is_linking=True) == []
    assert [check for check, _words in marks("Des arbres #12.", Cites(12, "proposal", support=5))] == ["V3"]
    assert marks("Des arbres, voir aussi #12 et #13.", Cites(12, "proposal", support=5, qualifier="see_also"), AGREED) == []


def test_a_majority_is_one_when_the_votes_say_so():
    ((check, words),) = marks("La majorité le veut #12.", VOTED)
    assert check == "V4"
    assert "46 % d’accord, entre 40 et 52" in words
    assert "Écrire « une partie »" in words
    assert marks("La majorité le veut #13.", AGREED) == []
    assert [check for check, _words in marks("Tous les contributeurs le veulent #13.", AGREED)] == ["V4"]
    assert "aucun vote" in marks("La plupart le veulent #14.", PRO)[0][1]
    assert marks("La majorité municipale le veut #12.", VOTED) == []
    assert marks("Selon #12, « ⟦1⟧ » #12.", VOTED, VOTED) == []


def test_a_figure_is_said_by_a_cited_text_or_by_the_votes():
    assert [check for check, _words in marks("Ils sont 46 % à le vouloir #12.", VOTED, unsaid=("46 %",))] == []
    assert [check for check, _words in marks("Ils sont 62 % à le vouloir #12.", VOTED, unsaid=("62 %",))] == ["V4"]
    known = {12: Citable(12, 12, 1, "Douze arbres", "Il y a deux bancs et 40 places.")}
    assert evidence_of(resolve("Les 2 bancs et les 40 places, contre 50 ailleurs #12.", known))["unsaid"] == ["50"]


def test_an_argument_speaks_of_what_the_text_it_answers_speaks_of():
    said, sentence = Citable(12, 12, 1, "", "La loi le permet déjà."), "Placer une œuvre parmi les communs est inutile #12."
    assert evidence_of(resolve(sentence, {12: said}))["support"] == [0]
    answers = replace(said, answered="Reconnaître les communs\nOn peut placer son œuvre parmi eux.")
    assert evidence_of(resolve(sentence, {12: answers}))["support"] > [50]


def test_a_controversy_has_two_sides_an_agreement_is_one_and_a_lead_rests_on_a_proposal():
    assert [check for check, _words in marks("Le sujet divise #14.", PRO, column="controversy")] == ["V5"]
    assert marks("Le sujet divise #14, #15.", PRO, CON, column="controversy") == []
    other = Said("b", "Non #15.", "controversy", "t", "b", cites=(CON,))
    assert [check for check, _words in marks("Oui #14.", PRO, column="controversy", topic="t", position="a")] == ["V5"]
    assert marks("Oui #14.", PRO, column="controversy", topic="t", position="a", others=(other,)) == []
    assert [check for check, _words in marks("Chacun le veut #12.", VOTED, column="agreement")] == ["V5"]
    assert marks("Chacun le veut #13.", AGREED, column="agreement") == []
    assert [check for check, _words in marks("Planter #14.", PRO, column="action_lead")] == ["V5"]


def test_the_votes_of_an_agreement_hold_in_every_group_and_those_of_a_controversy_divide():
    def asked(column: str, *cites: Cites, pattern: Pattern = Pattern()) -> list[str]:  # noqa: B008 — frozen
        said = Said("k", "Cela #14.", column, cites=cites)
        return [mark.about for mark in marks_of([said], pattern) if mark.check == "V5"]

    apart = Pattern(groups={13: {"A": Counted(90, 0, 10), "B": Counted(55, 0, 45)}})
    together = Pattern(groups={13: {"A": Counted(90, 0, 10), "B": Counted(70, 0, 30)}, 12: {"A": Counted(1, 0, 0)}})
    assert asked("agreement", AGREED) == asked("agreement", AGREED, pattern=together) == []
    assert asked("agreement", AGREED, pattern=apart) == ["#13"], "its least group is not surely above one half"

    on_agreed = [Cites(one.number, "argument", one.side, about=13, about_counted=Counted(80, 5, 15)) for one in (PRO, CON)]
    on_divided = [Cites(one.number, "argument", one.side, about=12, about_counted=VOTED.counted) for one in (PRO, CON)]
    on_few = [Cites(one.number, "argument", one.side, about=16, about_counted=Counted(9, 0, 0)) for one in (PRO, CON)]
    assert asked("controversy", *on_agreed) == ["votes"], "80 against 15 of 100: the smaller side may be 11"
    assert asked("controversy", *on_divided) == asked("controversy", *on_few) == asked("controversy", PRO, CON) == []
    assert asked("controversy", *on_agreed, VOTED) == [], "one divided text is enough"
    assert asked("controversy", *on_agreed, pattern=Pattern(dividing=frozenset({13}))) == []
    sides = [
        Said(place, "Cela #14.", "controversy", "t", place, cites=(one,)) for place, one in zip("ab", on_agreed, strict=True)
    ]
    assert [mark.about for mark in marks_of(sides)] == ["votes", "votes"]
    third = Said("c", "Cela #12.", "controversy", "t", "b", cites=(VOTED,))
    assert [mark.about for mark in marks_of([*sides, third]) if mark.check == "V5"] == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Il faut évidemment planter #12.", ["il faut", "évidemment"]),
        ("Des habitants estiment qu’il faut planter #12.", []),
        ("Selon #12, il faut évidemment planter.", []),
        ("« Il faut planter » est une demande fréquente #12.", []),
        ("Quelle bonne idée #12 !", ["!"]),
        ("Le réchauffement est évoqué #12.", []),
    ],
)
def test_words_that_judge_are_told_unless_somebody_is_said_to_say_them(text, words):
    assert [mark.about for mark in marks_of([Said("k", text, "disagreement", cites=(VOTED,))]) if mark.check == "V7"] == words


def test_at_most_one_human_sentence_in_five_raises_an_alarm_and_most_wrong_citations_do():
    folder = Path(os.environ.get("POLYPHONIE_DATA", "")) / "egalite"
    if not os.environ.get("POLYPHONIE_DATA") or not folder.exists():
        pytest.skip("POLYPHONIE_DATA does not say where the real data is")
    wrong_apostrophe = {0x92: "’"}
    with lzma.open(folder / "textes.jsonl.xz", "rt", encoding="utf-8") as file:
        texts = {row["document_id"]: row["texte"].translate(wrong_apostrophe) for row in map(json.loads, file)}
    known = {number: Citable(number, number, 1, "", text) for number, text in texts.items()}
    with gzip.open(folder / "syntheses.csv.gz", "rt", encoding="utf-8") as file:
        rows = [
            (int(row["document_id"]), " ".join(row["synthese"].translate(wrong_apostrophe).split()), row["affirmation"])
            for row in csv.DictReader(file)
        ]
    rows = [(number, text.rstrip(" .;"), told) for number, text, told in rows if number in known and text.strip(" .;")]
    chance, alarms, wrong = random.Random(7), Counter(), 0
    library = Library(texts.items())
    for number, text, told in rows:
        weights = library.weights(text)
        column = "action_lead" if told == "des propositions de nouvelles mesures" else "disagreement"
        alarms.update(_checks(text, number, known, weights, column=column) or {""})
        wrong += "V3" in _checks(text, chance.choice([one for one in known if one != number]), known, weights)
    alarmed = len(rows) - alarms.pop("")
    told = ", ".join(f"{check} {count}" for check, count in sorted(alarms.items()))
    print(f"{alarmed} of {len(rows)} sentences raise an alarm ({told}); {wrong} of as many with a wrong citation raise V3")
    assert len(rows) >= 1_800
    assert alarmed <= len(rows) / 5
    assert wrong >= 0.9 * len(rows)


@pytest.mark.data
def test_what_votes_say_of_real_proposals_seldom_contradicts_who_reads_their_totals():
    """V5 on the votes of République numérique: every proposal as a lead, those that most agree with as points of agreement, those
    that a quarter refuses as controversies, and those that are argued on both sides."""
    file = Path(os.environ.get("POLYPHONIE_DATA", "")) / "republique-numerique" / "opinions.jsonl.xz"
    if not os.environ.get("POLYPHONIE_DATA") or not file.exists():
        pytest.skip("POLYPHONIE_DATA does not say where the real data is")
    with lzma.open(file, "rt", encoding="utf-8") as rows:
        read = [json.loads(row)["opinion"] for row in rows.read().split("\n") if row]
    votes = {row["id"]: Counted(row["votes_ok"], row["votes_mitige"], row["votes_nok"]) for row in read}
    argued = [row["id"] for row in read if row["arguments_yes_count"] and row["arguments_no_count"]]
    enough = {number: one for number, one in votes.items() if one.votes >= 10}
    cases = {
        "action_lead": list(votes),
        "agreement": [number for number, one in enough.items() if 2 * one.agree > one.votes],
        "controversy": [number for number, one in enough.items() if 4 * one.disagree >= one.votes],
        "argued": argued,
    }
    rates = {}
    for case, numbers in cases.items():
        alarms = 0
        for number in numbers:
            sides = [Cites(-number, "argument", side, about=number, about_counted=votes[number]) for side in ("for", "against")]
            is_controversy = case in ("controversy", "argued")
            cites = tuple(sides) if is_controversy else (Cites(number, "proposal", counted=votes[number]),)
            said = Said("k", f"Cela #{number}.", "controversy" if is_controversy else case, cites=cites)
            alarms += any(mark.check == "V5" for mark in marks_of([said]))
        rates[case] = alarms / len(numbers)
        print(f"{case}: {alarms} of {len(numbers)}")
    assert [len(numbers) for numbers in cases.values()] == [696, 368, 110, 313]
    assert rates["action_lead"] == 0
    assert rates["agreement"] <= 0.2
    assert rates["controversy"] <= 1 / 3
    assert rates["argued"] > 0.5, "texts that are argued on both sides and that nearly all agree with are told apart"


def _checks(
    text: str, number: int, known: dict[int, Citable], weights: dict[str, float], *, column: str = "disagreement"
) -> set[str]:
    """The checks that raise an alarm on a sentence that cites this text."""
    resolution = resolve(f"{text} #{number}.", known)
    if resolution.troubles:
        return {"refused"}
    evidence = evidence_of(resolution, weights)
    cites = tuple(
        Cites(one.citable.number, "proposal", support=share)
        for one, share in zip(resolution.citations, evidence["support"], strict=True)
    )
    return {mark.check for mark in marks_of([Said("k", resolution.text, column, unsaid=tuple(evidence["unsaid"]), cites=cites)])}
