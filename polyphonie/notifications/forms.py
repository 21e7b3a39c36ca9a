"""Which messages does one wish to receive?"""

from django import forms
from django.utils.translation import gettext_lazy as _

from polyphonie.notifications.models import Topic


class MessagesForm(forms.Form):
    """One box a kind of message; a mail code, or a change to one's security, is always sent."""

    topics = forms.MultipleChoiceField(
        label=_("Write to me when"), choices=Topic.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
