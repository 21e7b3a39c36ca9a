"""What does one type at the desk? Each form keeps what it was given, whatever is wrong with it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from polyphonie.processes.forms import Day, Text
from polyphonie.processes.rules.calendar import closing_instant
from polyphonie.synthesis.models import ColumnKind, Statement
from polyphonie.synthesis.parsed import MOST_BYTES, text_refusal
from polyphonie.synthesis.queries.desk import NO_TOPIC
from polyphonie.synthesis.rules import CHECKLIST, REMARKS_LENGTH

USUAL_WINDOW = timedelta(weeks=3)
"""For comments, as the form proposes it; whoever publishes chooses."""
YES_NO = [("yes", _("Yes")), ("no", _("No"))]


class StatementForm(forms.Form):
    """One claim with its citations, and where it stands."""

    text = forms.CharField(
        label=_("The statement"),
        widget=forms.Textarea(attrs={"rows": 5, "autocomplete": "off", "data-cites": "", "spellcheck": "true"}),
        help_text=_(
            "One claim. Cite by typing #746; quote « these very words » #746. “selon #746” and “voir aussi #746” are understood."
        ),
        required=False,
    )
    topic = forms.ChoiceField(label=_("Topic"), required=False)
    column = forms.ChoiceField(label=_("Column"))
    position = forms.ChoiceField(
        label=_("Side of a controversy"), required=False, choices=[("", _("none")), *Statement.Position.choices]
    )
    is_linking = forms.BooleanField(
        label=_("Linking sentence"),
        help_text=_("It claims nothing and cites nobody; such sentences are counted and shown."),
        required=False,
    )
    key = forms.CharField(widget=forms.HiddenInput, max_length=12)
    edition = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def __init__(self, *args: Any, topics: list[tuple[str, str]], columns: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topic"].choices = [(NO_TOPIC, _("without topic")), *topics]  # type: ignore[attr-defined]  # of a choice field
        held = {key for key, _label in columns}
        others = [(kind.value, kind.label) for kind in ColumnKind if kind.value not in held]
        asked = str((self.data or self.initial).get("column", ""))
        self.fields["column"].choices = columns + [one for one in others if one[0] == asked]  # type: ignore[attr-defined]  # of a choice field


class ReviewForm(forms.Form):
    """The checklist of the second reader, and what they find."""

    content = forms.CharField(widget=forms.HiddenInput, max_length=43)
    """Which text was read: of another one nothing is recorded. The page writes it, since a form keeps what it was sent."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for key, question in CHECKLIST.items():
            self.fields[key] = forms.ChoiceField(label=question, choices=YES_NO, widget=forms.RadioSelect)
        self.fields["remarks"] = Text(
            label=_("Remarks, published with the synthesis"), rows=5, max_length=REMARKS_LENGTH, required=False,
            help_text=_("Needed when an answer is « no »: what is to be changed."),
        )  # fmt: skip

    def answers(self) -> dict[str, bool]:
        return {key: self.cleaned_data[key] == "yes" for key in CHECKLIST}


class PublicationForm(forms.Form):
    """Until when people may comment, and which discussions each change comes from."""

    last_day = Day(label=_("Open to comments until the end of"), required=False)

    def __init__(
        self,
        *arguments: Any,
        changes: list[dict[str, Any]],
        integrated: Mapping[str, Sequence[int]],
        is_first: bool,
        **options: Any,
    ) -> None:
        """`integrated`: for each sentence the discussions about it that were answered so; proposed, to be looked at again."""
        super().__init__(*arguments, **options)
        self.changes = changes
        if is_first:
            self.fields["last_day"].initial = timezone.localdate() + USUAL_WINDOW
        for change in self.changes:
            self.fields[f"because-{change['statement']}"] = forms.CharField(
                label=_("Discussions this change comes from"), required=False, max_length=200,
                initial=", ".join(map(str, integrated.get(change["statement"], ()))),
                help_text=_("Their numbers, as « Discussions » shows them, for instance: 3, 7. Empty when none."),
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        for change in self.changes:
            name = f"because-{change['statement']}"
            words = values.get(name, "").replace("#", " ").replace(",", " ").split()
            if not all(word.isdecimal() and len(word) < 9 for word in words):
                self.add_error(name, _("Write numbers of discussions, separated by commas."))
            values[name] = [int(word) for word in words if word.isdecimal() and len(word) < 9]
        return values

    def because(self) -> dict[str, list[int]]:
        return {change["statement"]: self.cleaned_data[f"because-{change['statement']}"] for change in self.changes}

    def closes_at(self) -> datetime | None:
        """The first instant at which comments are refused."""
        day = self.cleaned_data["last_day"]
        return None if day is None else closing_instant(day)


class MarkdownForm(forms.Form):
    """A synthesis as a Markdown file, or its text."""

    file = forms.FileField(
        label=_("File"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".md,.markdown,.txt,text/markdown,text/plain"}),
    )
    content = forms.CharField(
        label=_("Or its text, pasted"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
    )
    state = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    """A fingerprint of the draft that was shown beside the file."""

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if self.errors:
            return values
        name, content = "content", values.get("content", "").encode()
        if values.get("file"):
            name, content = "file", values["file"].read(MOST_BYTES + 1)
        refusal = text_refusal(content)
        if refusal is not None:
            self.add_error(name, refusal)
        elif not content.strip():
            self.add_error("file", _("Choose a file, or paste its text."))
        else:
            values["content"] = content.decode("utf-8-sig")
        return values
