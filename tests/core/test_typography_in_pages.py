"""Is what a sentence quotes set in French type too, and left alone in English?"""

import pytest
from django.utils import translation

from polyphonie.core.templating import environment

TITLE = "La nuit : la fête, l'été ?"


@pytest.mark.parametrize(
    ("language", "read"),
    [
        ("fr", "Aperçu de «\u00a0La nuit\u00a0: la fête, l’été\u202f?\u00a0»"),
        ("en", "Preview of “La nuit : la fête, l&#39;été ?”"),
    ],
)
def test_what_a_sentence_quotes_is_set_as_the_sentence_is(language: str, read: str) -> None:
    template = environment(autoescape=True).from_string('{{ _("Preview of “%(title)s”", title=title) }}')
    with translation.override(language):
        assert template.render(title=TITLE) == read


def test_markup_in_a_sentence_stays_markup_and_what_people_wrote_is_escaped() -> None:
    template = environment(autoescape=True).from_string(
        '{% trans name=name, terms="/conditions/" %}<a href="{{ terms }}">{{ name }}</a>{% endtrans %}'
    )
    with translation.override("fr"):
        assert template.render(name="<b>l'été</b>") == '<a href="/conditions/">&lt;b&gt;l’été&lt;/b&gt;</a>'
