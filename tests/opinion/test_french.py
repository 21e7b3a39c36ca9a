"""A French text is found whether typed with or without accents, inflected or inclusive, the same on both databases."""

import re
import sqlite3
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyphonie.opinion.texts import french
from polyphonie.opinion.texts.french import (
    BOUNDARY,
    Query,
    alternatives,
    index_text,
    parse_query,
    stems,
    without_accents,
    words,
)

# The table of measured failures of stock configurations, and a few more of each kind.
FOUND = [
    ("securite donnees", "La sécurité des données"),
    ("sécurité des données", "la securite des donnees"),
    ("SECURITE", "sécurité"),
    ("numérisé", "une œuvre numérisée"),
    ("numerise", "une œuvre numérisée"),
    ("numerisee", "une œuvre numérisée"),
    ("numérisées", "Numérisé en 2014"),
    ("engagées", "S'engager contre l'exportation"),
    ("engagees", "S'engager contre l'exportation"),
    ("engager", "des collectivités engagées"),
    ("école", "L’école numérique"),
    ("l'ecole", "les écoles"),
    ("agent", "les agent·e·s publics"),
    ("agentes", "les agent.e.s publics"),
    ("agent.e.s", "un agent public"),
    ("agent-e-s publics", "les agents du service public"),
    ("agent(e)s", "l'agent"),
    ("lectrice", "tout·e lecteur·rice"),
    ("lecteur·rice·s", "une lectrice"),
    ("lecteur·rice·s", "un lecteur"),
    ("citoyennes", "les citoyen-ne-s"),
    ("aujourd'hui", "Aujourd’hui encore"),
    ("aujourd’hui", "d'aujourd'hui"),
    ("prud'hommes", "conseil de prud’hommes"),
    ("oeuvre", "mettre en œuvre"),
    ("œuvres", "une oeuvre"),
    ("10000", "10 000 participants"),
    ("10 000", "10 000 participants"),
    ("3,5", "une part de 3.5 %"),
    ("ONU", "l'O.N.U. siège"),
    ("rendez vous", "un rendez-vous"),
    ("open-data", "l'open data public"),
    ('"neutralité du net"', "le principe de neutralité du Net"),
    ('"neutralite du net"', "le principe de neutralité du Net"),
    ("« neutralité du net »", "le principe de neutralité du Net"),
    ("données -payantes", "les données gratuites"),
    ("l'eau qu'on boit", "boire de l'eau : on en boit"),
    ("le", "Tout le monde"),
    ("cnil.fr", "voir www.cnil.fr/page"),
    ("vélo", "des vélos partout"),
    ("vélos", "un seul vélo"),
    ("loi", "Ce que disent les lois"),
    ("elus", "Un élu de la commune"),
    ("lieu", "Des lieux où se retrouver"),
    ("jeux", "une aire de jeu"),
    ("neutralité réseaux", "Inscrire le principe de neutralité des réseaux dans le droit"),
]
NOT_FOUND = [
    ("sécurité", "la sécheresse"),
    ("mois", "chez moi"),
    ("10 000", "10 et 000"),
    ("3,5", "3 et 5"),
    ('"neutralité du net"', "le net, sa neutralité et du reste"),
    ("données -payantes", "des données payantes"),
    ("données -payante", "des données payantes"),
    ('données -"en ligne"', "des données en ligne"),
    ("-données", "tout autre chose"),
    ("", "tout"),
    ("open-data", "data et open"),
    ("numérique école", "le numérique"),
]


@pytest.fixture
def fts5() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE texts USING fts5(stems)")
    return connection


def _fts5_finds(connection: sqlite3.Connection, query: Query, text: str) -> bool:
    connection.execute("DELETE FROM texts")
    connection.execute("INSERT INTO texts VALUES (?)", (index_text(text),))
    if not query.as_fts5():
        return False
    return bool(connection.execute("SELECT count(*) FROM texts WHERE texts MATCH ?", (query.as_fts5(),)).fetchone()[0])


@pytest.mark.parametrize(("query", "text"), FOUND)
def test_a_text_is_found(query: str, text: str, fts5: sqlite3.Connection) -> None:
    assert parse_query(query).matches(text)
    assert _fts5_finds(fts5, parse_query(query), text)


@pytest.mark.parametrize(("query", "text"), NOT_FOUND)
def test_a_text_is_not_found(query: str, text: str, fts5: sqlite3.Connection) -> None:
    assert not parse_query(query).matches(text)
    assert not _fts5_finds(fts5, parse_query(query), text)


def test_words_are_cut_as_a_reader_would() -> None:
    assert words("L’école d'aujourd’hui : qu'est-ce que l'O.N.U., 10 000 €, 3,5 % ?") == [
        "école", "aujourd'hui", "est", "ce", "que", "onu", "10000", "3.5",
    ]  # fmt: skip
    assert words("Jusqu'à 1 234 567 œuvres, nº 29.") == ["à", "1234567", "œuvres", "no", "29"]
    assert words("quelqu'un, rock'n'roll, covid-19, 4G, m², co\u00adopé\u200bration") == [
        "quelqu'un", "rock", "roll", "covid", "19", "4g", "m2", "coopération",
    ]  # fmt: skip
    assert words("en 2015 100 personnes, le 01 23 45 67 89") == [
        "en", "2015", "100", "personnes", "le", "01", "23", "45", "67", "89",
    ]  # fmt: skip


def test_the_scheme_is_plain_stem_then_accented_stem_then_restored_participle() -> None:
    assert alternatives("sécurité") == ("securit", "secur")
    assert alternatives("securite") == ("securit",)
    assert alternatives("numérisée") == ("numerise", "numeris")
    assert alternatives("engagées") == ("engage", "engag")
    assert alternatives("engagees") == ("engage", "engag")
    assert alternatives("aujourd'hui") == ("aujourdhui",)
    assert alternatives("vélos") == ("velos", "velo")
    assert alternatives("mois") == ("mois",)
    assert alternatives("3.5") == ("3d5",)
    assert index_text("sécurité des données") == f"securit de donne {BOUNDARY} secur don"
    assert index_text("un agent") == "un agent"
    assert stems("sécurité des données") == ["securit", "de", "donne", "secur", "don"]


def test_a_phrase_never_runs_across_the_two_parts_of_an_index_text() -> None:
    assert not parse_query('"net secur"').matches("sécurité du net")
    assert not parse_query(BOUNDARY).matches("sécurité du net")


def test_a_query_asks_for_the_stems_of_each_word_and_drops_stop_words() -> None:
    assert parse_query("la sécurité des données").terms == (("securit", "secur"), ("donne", "don"))
    assert parse_query("pour les").terms == (("pour",), ("le",))
    assert parse_query('"la sécurité" -données').terms == ()


def test_a_query_keeps_words_phrases_and_exclusions_apart() -> None:
    assert parse_query('école "du net" -don -"en ligne" réseau') == Query(
        terms=(("ecol",), ("reseau",)),
        phrases=(("du", "net"),),
        excluded=(("don",),),
        excluded_phrases=(("en", "lign"),),
    )


def test_an_inclusive_query_word_asks_for_either_form() -> None:
    assert parse_query("lecteur·rice·s").terms == (("lecteur", "lectric"),)


def test_exclusions_alone_ask_for_nothing() -> None:
    query = parse_query("-données")
    assert not query
    assert query.as_fts5() == query.as_tsquery() == ""


def test_a_tsquery_is_written_with_quoted_stems() -> None:
    assert parse_query('donnees "du net" -école -"en ligne"').as_tsquery() == (
        "('donne' | 'don') & ('du' <-> 'net') & !'ecol' & !('en' <-> 'lign')"
    )


def test_without_accents_opens_ligatures() -> None:
    assert without_accents("cœur français, Ægée, naïveté") == "coeur francais, Ægée, naivete".replace("Ægée", "Ægee")


def test_threads_stem_alike() -> None:
    text = "La sécurité des données personnelles engagées par les administrations " * 20
    results: list[str] = []
    threads = [threading.Thread(target=lambda: results.append(index_text(text))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 8
    assert set(results) == {index_text(text)}


@given(st.text())
def test_an_index_text_holds_only_words_both_databases_cut_alike(text: str) -> None:
    index = index_text(text)
    assert all(token.isalnum() for token in index.split(" ") if index)
    assert all(len(token) <= 4 * french.LONGEST_WORD for token in index.split(" "))


@given(st.text(alphabet="aàeéèiïoôuùcçdlmnrstv '’-", max_size=60))
def test_a_text_typed_without_accents_finds_the_text(text: str) -> None:
    query = parse_query(" ".join(without_accents(word) for word in words(text))[:100])
    if query and len(words(text)) <= 10:
        assert query.matches(text)


@given(st.text(max_size=60))
def test_any_query_is_sound_in_both_query_languages(query: str) -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE texts USING fts5(stems)")
    parsed = parse_query(query)
    _fts5_finds(connection, parsed, query)
    quoted = re.compile("'([^' ]*)'")
    assert all(stem.isalnum() for stem in quoted.findall(parsed.as_tsquery()))
    assert set(quoted.sub("", parsed.as_tsquery())) <= set("()|&!<-> ")


def test_a_query_of_endless_words_is_bounded() -> None:
    assert len(parse_query(" ".join(f"mot{number}" for number in range(1000))).terms) <= french.MOST_QUERY_WORDS
