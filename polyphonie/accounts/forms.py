"""What is asked to sign in or up, to describe oneself, to lock one's account, to speak for an organisation?"""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from polyphonie.accounts.models import Category, OrganisationKind, folded
from polyphonie.accounts.rules import LONGEST_NAME

WIDE_ADDRESS = 254


class AddressForm(forms.Form):
    """The first and only question: a mail address."""

    address = forms.EmailField(
        label=_("Your mail address"),
        max_length=WIDE_ADDRESS,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )

    def clean_address(self) -> str:
        """The address in the form that is kept, checked once more: folding may lengthen what is not plain ASCII."""
        return str(forms.EmailField(max_length=WIDE_ADDRESS).clean(folded(self.cleaned_data["address"])))


class CodeForm(forms.Form):
    """The six digits of the mail."""

    code = forms.CharField(
        label=_("The six digits of the code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}),
    )


class NameForm(forms.Form):
    """What a new person says: a name to show, and that they are fifteen."""

    name = forms.CharField(
        label=_("Name to show"),
        help_text=_("Public, beside what you write. Your own name or a pseudonym, as you like; never your mail address."),
        max_length=LONGEST_NAME,
        strip=True,
        widget=forms.TextInput(attrs={"autocomplete": "nickname", "spellcheck": "false"}),
    )
    is_fifteen = forms.BooleanField(label=_("I am 15 or older"))


class PasswordForm(forms.Form):
    """Signing in with a password, for those who set one."""

    address = AddressForm.base_fields["address"]
    password = forms.CharField(
        label=_("Password"), max_length=256, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


class SecondFactorForm(forms.Form):
    """The code of one's device, or one of the printed codes."""

    code = forms.CharField(
        label=_("Code of your device"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false"}),
    )


class SettingsForm(forms.Form):
    """How one appears, and in which language one is written to."""

    name = forms.CharField(
        label=_("Name to show"),
        help_text=_("It signs what you write from now on; what is already published keeps the name it bore."),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "nickname", "spellcheck": "false"}),
    )
    language = forms.ChoiceField(
        label=_("Language of the pages and messages"), choices=settings.LANGUAGES, widget=forms.RadioSelect
    )
    is_listed = forms.BooleanField(
        label=_("Show me among the participants"),
        help_text=_("Your name and your texts, on the participants' page. Never your votes."),
        required=False,
    )
    is_off_the_map = forms.BooleanField(
        label=_("Count my votes in the totals, but do not place me on the map of opinions"),
        help_text=_(
            "When a consultation closes, people who voted alike are shown together, without a name. With this box ticked your "
            "votes stay in every total, and you stand on no map and in no group of those computed from then on."
        ),
        required=False,
    )
    category = forms.ChoiceField(
        label=_("You take part as"),
        help_text=_("Used only in figures by groups of ten people or more. It changes no order and no count."),
        choices=[("", _("I prefer not to say")), *Category.choices],
        required=False,
    )
    territory = forms.CharField(
        label=_("Your territory"),
        help_text=_("Your municipality, department or region, overseas included. Used only in figures by groups of ten or more."),
        max_length=120,
        required=False,
    )


class NewPasswordForm(forms.Form):
    """A password, typed once, seen if one wishes by one's browser; the present one first when there is one."""

    present = forms.CharField(
        label=_("Present password"),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    password = forms.CharField(
        label=_("New password"),
        help_text=_("12 characters at least; a sentence is easier to remember."),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("New password, once more"),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, has_password: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_password:
            del self.fields["present"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("password") != cleaned.get("again"):
            self.add_error("again", _("The two passwords differ."))
        return cleaned


class OrganisationForm(forms.Form):
    """An organisation that one declares."""

    name = forms.CharField(label=_("Name of the organisation"), max_length=120)
    kind = forms.ChoiceField(label=_("It is"), choices=OrganisationKind.choices, widget=forms.RadioSelect)


class RenameForm(forms.Form):
    """Another name for an organisation whose name moderation hid."""

    name = forms.CharField(label=_("Another name for your organisation"), max_length=120)


class EvidenceForm(forms.Form):
    """What lets staff recognise an organisation."""

    evidence = forms.CharField(
        label=_("How can we recognise your organisation?"),
        help_text=_(
            "Its registration number, an official page that names you, your role in it. Read by those who decide, then destroyed."
        ),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class DecisionForm(forms.Form):
    """Staff's answer to a request for « Compte vérifié »."""

    decision = forms.ChoiceField(
        label=_("Your decision"),
        choices=[("accept", _("The identity is verified")), ("refuse", _("The identity is not verified"))],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Reason, sent to the person who asked"),
        help_text=_("Required for a refusal."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
