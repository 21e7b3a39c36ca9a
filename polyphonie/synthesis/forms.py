"""What does one type at the desk? Each form keeps what it was given, whatever is wrong with it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from polyphonie.synthesis.models import ColumnKind, Statement
from polyphonie.synthesis.queries.desk import NO_TOPIC


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
        label=_("Position, in a controversy"), required=False, choices=[("", _("none")), *Statement.Position.choices]
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
