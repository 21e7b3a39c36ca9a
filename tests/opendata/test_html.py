"""HTML of other platforms becomes plain text that loses nothing and runs nothing."""

import time

import pytest

from polyphonie.opendata.importing.html import text_of

READ = {
    "<p>Un.</p>\r\n\r\n<p>Deux.</p>": "Un.\n\nDeux.",
    "<p>Un,<br />\r\ndeux<br>trois</p>": "Un,\ndeux\ntrois",
    "<p>&laquo;&nbsp;D&eacute;j&agrave; l&rsquo;&eacute;t&eacute;&nbsp;&raquo; &amp; l&#39;hiver</p>":
        "«\u00a0Déjà l’été\u00a0» & l'hiver",
    '<p>Voir <a href="https://exemple.fr/rapport?a=1&amp;b=2">le rapport</a>.</p>':
        "Voir le rapport (https://exemple.fr/rapport?a=1&b=2).",
    '<p><a href="https://exemple.fr">https://exemple.fr</a></p>': "https://exemple.fr",
    '<p>Écrire à <a href="mailto:mairie@exemple.fr">la mairie</a></p>': "Écrire à la mairie (mairie@exemple.fr)",
    "<ul><li>un</li><li>deux<ul><li>dedans</li></ul></li></ul><p>Fin</p>": "- un\n- deux\n  - dedans\n\nFin",
    '<ol start="3"><li>trois</li><li>quatre</li></ol>': "3. trois\n4. quatre",
    "<p>Un <strong>mot</strong> <em>fort</em>.</p>": "Un mot fort.",
    "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>": "a | b\nc | d",
    '<p><img alt="Le banc" src="https://exemple.fr/banc.jpg"></p>': "[Le banc (https://exemple.fr/banc.jpg)]",
    "<p>Avant</p><script>alert(1)</script><p>Après</p>": "Avant\n\nAprès",
    '<p><a href="javascript:alert(1)">ici</a></p>': "ici",
    "<p>5 < 6 et <nom de famille></p>": "5 < 6 et <nom de famille>",
    "<p>Un<!-- caché --> mot<o:p></o:p></p>": "Un mot",
    "<div>Un</div><div>Deux</div>": "Un\nDeux",
}  # fmt: skip

KEPT = [
    "moins de <50 habitants",
    "a < b et c > d",
    "|<nom de famille>.nom.fr|",
    "voir <http://exemple.fr>",
    "<script>alert(1)",
    "R&D, AT&T",
    "=1+1",
    "",
]


@pytest.mark.parametrize("source", list(READ))
def test_markup_is_read(source: str) -> None:
    assert text_of(source) == READ[source]


@pytest.mark.parametrize("source", KEPT)
def test_what_is_no_markup_stays_as_typed(source: str) -> None:
    assert text_of(source) == source


def test_line_breaks_and_entities_typed_in_a_plain_text_are_read() -> None:
    assert text_of("Un :<br> - deux </br></br> trois") == "Un :\n- deux\n\ntrois"
    assert text_of("Caf&eacute; <50") == "Café <50"
    assert text_of("on écrit &lt;br&gt;") == "on écrit <br>"


ADVERSE = [
    "<p",
    "<p>",
    "<a href='",
    "</",
    "<!--",
    "&",
    "<ul><li>",
    " ",
    "<br",
    "<p><a href=x>",
    "<![",
    '<a b="',
    "<b></b>",
    "<a\n",
]


@pytest.mark.parametrize("piece", ADVERSE)
def test_the_cost_of_an_adverse_text_follows_its_length(piece: str) -> None:
    def cost(length: int) -> float:
        source = "<p>x</p>" + piece * (length // len(piece))
        return min(_timed(source) for _ in range(3))

    assert cost(200_000) <= 2.5 * cost(100_000) + 0.02


def _timed(source: str) -> float:
    begun = time.process_time()
    text_of(source)
    return time.process_time() - begun
