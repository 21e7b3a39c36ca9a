"""What is a moderator asked? A ground and the facts."""

from django import forms
from django.utils.translation import gettext_lazy as _

from polyphonie.moderation.models import Ground
from polyphonie.moderation.rules import REASON_LENGTH


class HideForm(forms.Form):
    ground = forms.ChoiceField(label=_("Ground"), choices=Ground.choices, widget=forms.RadioSelect)
    facts = forms.CharField(
        label=_("The facts, in a sentence or two"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=REASON_LENGTH,
        help_text=_("The author reads them with the ground."),
    )


class RestoreForm(forms.Form):
    facts = forms.CharField(label=_("Why is it shown again?"), widget=forms.Textarea(attrs={"rows": 4}), max_length=REASON_LENGTH)
