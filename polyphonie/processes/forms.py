"""What do organisers write, and how is it asked? One form a page, in plain words; nothing typed is ever lost."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from polyphonie.core.plaintext import cleaned
from polyphonie.processes.models import Consultation, Process, Referral, Role, Theme
from polyphonie.processes.rules.calendar import closing_instant, opening_instant
from polyphonie.processes.rules.frame import slug_refusal
from polyphonie.processes.rules.method import last_day
from polyphonie.processes.rules.progress import BODY_LENGTH, TITLE_LENGTH

LONG_TEXT = 20_000
SHORT_TEXT = 2_000
PASTED = 400_000
DAY_FORMATS = ["%Y-%m-%d", "%d/%m/%Y"]
LICENCES = [
    ("Licence Ouverte 2.0", _("Licence Ouverte 2.0 (reuse with attribution)")),
    ("CC BY 4.0", "Creative Commons BY 4.0"),
    ("ODbL 1.0", "Open Database License 1.0"),
]


class Line(forms.CharField):
    """One line of text, with what must not be there taken out."""

    def to_python(self, value: Any) -> str:
        return " ".join(cleaned(super().to_python(value) or "").split())


class Text(forms.CharField):
    """Several lines."""

    def __init__(self, *, rows: int = 4, **options: Any) -> None:
        options.setdefault("max_length", LONG_TEXT)
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **options)

    def to_python(self, value: Any) -> str:
        return cleaned(super().to_python(value) or "")


class Day(forms.DateField):
    """A day, chosen in the browser's calendar or typed 31/10/2014."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(widget=widget, input_formats=DAY_FORMATS, **options)


class Versioned(forms.Form):
    """A form that knows which version of the record it was shown."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def asked(self) -> dict[str, Any]:
        """What the form asks to write, without its version."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class StartForm(forms.Form):
    """A concertation, in as few words as will do."""

    title = Line(
        label=_("Title of the concertation"),
        max_length=200,
        help_text=_("Short and plain: it is the first thing people read. For example: “Tomorrow, our squares”."),
    )
    organiser = Line(label=_("Who organises it?"), max_length=200, help_text=_("For example: Town hall of Saint-Exemple."))
    opens_on = Day(
        label=_("Day it opens"), required=False, help_text=_("It can still be changed until it opens. It opens by itself.")
    )
    slug = Line(
        label=_("Address"),
        max_length=80,
        required=False,
        help_text=_("The word after the site's name, for ever. Left empty, it is made from the title."),
    )

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        refusal = slug_refusal(slug) if slug else None
        if refusal:
            raise forms.ValidationError(refusal)
        return slug


class QuestionStartForm(StartForm):
    """The same, with the question itself."""

    questions = Text(
        label=_("Your question"), rows=3, max_length=SHORT_TEXT, help_text=_("As you would ask it aloud. One question a line.")
    )
    presentation = Text(
        label=_("What people need to know to answer"),
        required=False,
        rows=6,
        help_text=_("A few sentences. Headings, lists and links can be written in Markdown."),
    )
    closes_on = Day(label=_("Last day to answer"), required=False, help_text=_("It closes by itself at midnight."))
    field_order = ["title", "questions", "presentation", "organiser", "opens_on", "closes_on", "slug"]


class PresentationForm(Versioned):
    """What a concertation says of itself."""

    title = Line(label=_("Title of the concertation"), max_length=200)
    tagline = Line(label=_("In one sentence"), max_length=300, required=False)
    introduction = Text(
        label=_("Presentation"), required=False, rows=8, help_text=_("Headings, lists and links can be written in Markdown.")
    )
    organiser = Line(label=_("Who organises it?"), max_length=200)
    initiative = Line(
        label=_("On whose initiative?"),
        max_length=200,
        required=False,
        help_text=_(
            "In full words, as it will be printed: “on the initiative of the town council”. Empty if a letter asks for it."
        ),
    )
    hashtag = Line(label=_("Hashtag"), max_length=60, required=False)
    licence = forms.ChoiceField(
        label=_("Licence of the texts and data"),
        choices=LICENCES,
        help_text=_("Accepted by each person who publishes. It cannot change after the first text."),
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        present = self.initial.get("licence")
        if present and present not in dict(LICENCES):
            self.fields["licence"].choices = [(present, present), *LICENCES]  # type: ignore[attr-defined]  # a field of choices


class MethodForm(Versioned):
    """What is promised to those who take part; each line is shown to them."""

    who_decides = Text(
        label=_("Who decides, in the end?"), required=False, rows=2, max_length=SHORT_TEXT,
        help_text=_("For example: the town council, by a vote at its meeting of June."),
    )  # fmt: skip
    what_becomes = Text(
        label=_("What will be done with the answers?"), required=False, rows=4, max_length=SHORT_TEXT,
        help_text=_("What can change thanks to them, and what is already decided."),
    )  # fmt: skip
    feedback_due_on = Day(
        label=_("By which day do you promise an answer?"), required=False,
        help_text=_("It is shown on the first page, with the delay in days if it is missed."),
    )  # fmt: skip
    synthesis_planned = Text(
        label=_("Which synthesis is planned?"), required=False, rows=3, max_length=SHORT_TEXT,
        help_text=_("Who writes it, who reads it again, when it is published."),
    )  # fmt: skip
    legal_basis = Text(
        label=_("On which legal basis do you use personal data?"), required=False, rows=3, max_length=SHORT_TEXT,
        help_text=_("Votes and opinions reveal political opinions (GDPR, article 9). By default: explicit consent."),
    )  # fmt: skip
    asks_consent = forms.BooleanField(
        label=_("This basis is explicit consent: ask it of each person, once"), required=False,
        help_text=_("Before their first text or vote, with one box to tick. Once a consultation is open, it stays asked."),
    )  # fmt: skip
    appeal_body = Line(
        label=_("Who decides an appeal when a text is hidden?"), required=False, max_length=200,
        help_text=_("Someone other than the moderators: a mediator, the deontologist of another town…"),
    )  # fmt: skip
    charter = Text(
        label=_("Charter of those who take part"), required=False, rows=12,
        help_text=_("One rule a line, each with its number: moderation quotes the article when it takes something away."),
    )  # fmt: skip


class ReferralForm(Versioned):
    """The letter that asks for the concertation."""

    kind = forms.ChoiceField(label=_("Who asks for it?"), choices=Referral.Kind.choices, widget=forms.RadioSelect)
    number = Line(label=_("Number of the letter"), max_length=40, required=False)
    issuer = Line(label=_("Signed by"), max_length=200, required=False)
    addressee = Line(label=_("Addressed to"), max_length=200, required=False)
    received_on = Day(label=_("Received on"), required=False)
    deadline_on = Day(
        label=_("End asked for by"),
        required=False,
        help_text=_("You can go past it: you will be asked for a reason, which is published."),
    )
    text = Text(label=_("Text of the letter"), required=False, rows=10)
    questions = Text(label=_("Questions it asks, one a line"), required=False, rows=4)


class ThemeForm(Versioned):
    number = forms.IntegerField(label=_("Number"), min_value=1, max_value=999, required=False)
    title = Line(label=_("Title of the theme"), max_length=200)
    presentation = Text(label=_("Presentation"), required=False, rows=4)
    field_order = ["title", "presentation", "number"]

    def asked(self) -> dict[str, Any]:
        asked = super().asked()
        return asked if asked["number"] else {name: value for name, value in asked.items() if name != "number"}


class ConsultationForm(Versioned):
    """A question put to the public."""

    title = Line(label=_("Title"), max_length=250)
    questions = Text(
        label=_("The question"), rows=3, required=False, max_length=SHORT_TEXT,
        help_text=_("As you would ask it aloud. One question a line."),
    )  # fmt: skip
    presentation = Text(
        label=_("What people need to know to answer"), required=False, rows=8,
        help_text=_("A few sentences. Headings, lists and links can be written in Markdown."),
    )  # fmt: skip
    theme = forms.ModelChoiceField(label=_("Theme"), queryset=Theme.objects.none(), required=False, empty_label=_("No theme"))
    rank = forms.IntegerField(label=_("Place in the list"), min_value=0, max_value=9999, required=False)
    has_diagnoses = forms.BooleanField(
        label=_("Tell diagnoses from solutions"), required=False,
        help_text=_("People choose whether they describe a problem or propose a solution."),
    )  # fmt: skip
    is_under_crpa = forms.BooleanField(
        label=_("Open consultation under article L132-1 of the code of relations between the public and the administration"),
        required=False,
        help_text=_("Only if it replaces the opinion of an advisory committee: it then stays open fifteen days at least."),
    )

    def __init__(self, *arguments: Any, themes: Any = None, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if themes is None or not themes.exists():
            del self.fields["theme"]
        else:
            self.fields["theme"].queryset = themes  # type: ignore[attr-defined]  # a field of choices

    def asked(self) -> dict[str, Any]:
        asked = super().asked()
        return {name: value for name, value in asked.items() if name != "rank" or value is not None}


class CalendarForm(Versioned):
    """Two days: the first and the last on which one can answer."""

    opens_on = Day(label=_("Day it opens"), help_text=_("It opens by itself at midnight, or at the hour below."))
    opens_hour = forms.TimeField(
        label=_("Hour"), required=False, widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        help_text=_("Paris time. Left empty: midnight."),
    )  # fmt: skip
    closes_on = Day(label=_("Last day to answer"), help_text=_("It closes by itself at midnight, at the end of that day."))
    deadline_derogation = Text(
        label=_("Why go past the end asked for by the referral?"), required=False, rows=2, max_length=SHORT_TEXT
    )

    def __init__(self, *arguments: Any, deadline_on: date | None = None, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.deadline_on = deadline_on
        if deadline_on is None:
            del self.fields["deadline_derogation"]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        opens_on, closes_on = values.get("opens_on"), values.get("closes_on")
        if opens_on and closes_on and closes_on < opens_on:
            self.add_error("closes_on", _("The last day comes before the day it opens."))
        is_late = self.deadline_on is not None and closes_on is not None and closes_on > self.deadline_on
        if is_late and not values.get("deadline_derogation"):
            self.add_error("deadline_derogation", _("This last day is past the end asked for by the referral: say why."))
        return values

    def dates(self) -> dict[str, Any]:
        """The two instants, the first accepted and the first refused."""
        values = self.cleaned_data
        opening = opening_instant(values["opens_on"], values["opens_hour"]) if values["opens_hour"] else None
        return {
            "opens_at": opening or opening_instant(values["opens_on"]),
            "closes_at": closing_instant(values["closes_on"]),
            "derogation": values.get("deadline_derogation", ""),
        }


def calendar_initial(consultation: Consultation) -> dict[str, Any]:
    """What the calendar form shows of a consultation."""
    initial: dict[str, Any] = {"version": consultation.version, "deadline_derogation": consultation.deadline_derogation}
    if consultation.opens_at is not None:
        opening = timezone.localtime(consultation.opens_at)
        initial["opens_on"] = opening.date()
        initial["opens_hour"] = opening.time() if (opening.hour, opening.minute) != (0, 0) else None
    if consultation.closes_at is not None:
        initial["closes_on"] = last_day(consultation.closes_at)
    return initial


class ExtensionForm(forms.Form):
    """A later last day, with its reason."""

    closes_on = Day(label=_("New last day"))
    reason = Text(label=_("Reason"), rows=3, max_length=SHORT_TEXT, help_text=_("Published beside the new day, for ever."))

    def closes_at(self) -> Any:
        return closing_instant(self.cleaned_data["closes_on"])


class InvitationForm(forms.Form):
    """A role offered to someone."""

    email = forms.EmailField(label=_("Mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, widget=forms.RadioSelect)
    body = Line(
        label=_("Another body this person belongs to"), max_length=200, required=False,
        help_text=_("For example: Town hall of Neuville. Two of your two moderators and appeal body may come from elsewhere."),
    )  # fmt: skip
    last_day_of_role = Day(label=_("Last day of the role"), required=False, help_text=_("Empty: until you end it."))

    def until_on(self) -> date | None:
        last: date | None = self.cleaned_data["last_day_of_role"]
        return None if last is None else last + timedelta(days=1)


class RightForm(forms.Form):
    """Someone let start concertations."""

    email = forms.EmailField(label=_("Mail address of a confirmed account"), max_length=254)
    body = Line(label=_("Public body"), max_length=200, help_text=_("In whose name this person starts concertations."))


class HandOverForm(forms.Form):
    """A concertation whose organisers are gone, given to someone."""

    process = forms.ModelChoiceField(
        label=_("Concertation"), queryset=Process.objects.order_by("title", "slug"), to_field_name="slug"
    )
    email = forms.EmailField(label=_("Mail address of a confirmed account"), max_length=254)


class ProgressForm(forms.Form):
    """A dated point."""

    title = Line(label=_("Title"), max_length=TITLE_LENGTH)
    body = Text(
        label=_("Text"), rows=14, max_length=BODY_LENGTH,
        help_text=_("Markdown. Write #746 to cite a contribution: it becomes a link. Once published, a point stays as it is."),
    )  # fmt: skip
    is_feedback = forms.BooleanField(
        label=_("This is the answer promised at the opening"), required=False,
        help_text=_("It can be given once every consultation has closed."),
    )  # fmt: skip


class FileForm(forms.Form):
    """A starting point, as a file or pasted."""

    file = forms.FileField(
        label=_("File"), required=False, widget=forms.ClearableFileInput(attrs={"accept": ".json,application/json"})
    )
    content = forms.CharField(
        label=_("Or its content, pasted"), required=False, max_length=PASTED, widget=forms.Textarea(attrs={"rows": 6})
    )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if values.get("file"):
            try:
                values["content"] = values["file"].read().decode("utf-8-sig")
            except UnicodeDecodeError:
                self.add_error("file", _("This file is not text in UTF-8."))
        elif not values.get("content"):
            self.add_error("file", _("Choose a file, or paste its content."))
        return values


class PasteForm(forms.Form):
    """Rows copied from a spreadsheet."""

    rows = forms.CharField(
        label=_("Rows copied from your spreadsheet"), max_length=PASTED, widget=forms.Textarea(attrs={"rows": 12, "wrap": "off"})
    )
