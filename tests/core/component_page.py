"""What fills the page of every component? Invented values, no database."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

from django import forms
from django.http import HttpRequest
from django.template import engines

from polyphonie.processes.stave import AHEAD, DONE, NOW, Step

TEMPLATE = "every_component.html"


class Example(forms.Form):
    title = forms.CharField(label="Votre titre", help_text="En une phrase.")
    body = forms.CharField(label="Votre texte", widget=forms.Textarea(attrs={"maxlength": 3000}), required=False)
    charter = forms.BooleanField(label="J’accepte la charte")
    category = forms.ChoiceField(label="Vous êtes", choices=[("a", "Citoyen"), ("b", "Association")], widget=forms.RadioSelect)
    place = forms.ChoiceField(label="Territoire", choices=[("", "—"), ("44", "Loire-Atlantique")], required=False)


def voice(**details: Any) -> SimpleNamespace:
    known: dict[str, Any] = {
        "number": 746,
        "published_at": datetime(2014, 10, 31, 14, 3, tzinfo=UTC),
        "author_name": "Association Les Bricoleurs",
        "hidden_author_name": "",
        "author": None,
        "speaks_for": SimpleNamespace(slug="les-bricoleurs", verified_on=date(2014, 10, 1)),
        "origin": "web",
        "title": "Ouvrir un atelier de réparation dans chaque quartier",
        "body": "Un local de la commune, deux soirs par semaine, des outils prêtés et des habitants qui montrent comment faire.",
        "agree": 92,
        "mixed": 31,
        "disagree": 25,
        "votes": 148,
        "imported_votes": 0,
        "arguments_for": 2,
        "arguments_against": 1,
        "sources": 1,
        "completions": 1,
    }
    return SimpleNamespace(**known | details)


def context() -> dict[str, Any]:
    quiet = voice(
        number=747, speaks_for=None, author_name="Une habitante", agree=0, mixed=0, disagree=0, votes=0,
        arguments_for=0, arguments_against=0, sources=0, completions=0,
    )  # fmt: skip
    return {
        "process": SimpleNamespace(
            slug="demain",
            title="Demain, nos places",
            licence="Licence Ouverte 2.0",
            is_demonstration=True,
            is_archive=False,
            is_taken_over=False,
            copied_from="",
            key_lost_on=None,
            incident_on=None,
            syntheses=0,
        ),
        "stave": [
            Step("Saisine", "4 janvier 2015", DONE),
            Step("Contributions", "jusqu’au 3 février 2015", NOW),
            Step("Synthèse", "", AHEAD),
            Step("Réponse", "promise pour le 3 mai 2015", AHEAD),
        ],
        "voice": voice(),
        "quiet": quiet,
        "form": Example(data={}),
        "csrf": "",
    }


def rendered() -> str:
    """The page as a browser receives it."""
    from pathlib import Path

    request = HttpRequest()
    request.path = "/demain/"
    request.META["HTTP_HOST"] = "127.0.0.1"
    source = Path(__file__).with_name(TEMPLATE).read_text()
    return engines["jinja2"].from_string(source).render(context(), request)
