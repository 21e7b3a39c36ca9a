"""What does one fill in to tell of a problem, and to answer one?"""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from polyphonie.accounts.forms import CodeForm
from polyphonie.portal.queries.receipts import receipts_in
from polyphonie.portal.rules import WORDS_LENGTH

RECEIPT_BYTES = 100_000


class ProblemForm(forms.Form):
    """« Un problème sur cette page ? »"""

    page = forms.CharField(label=_("The page"), max_length=300, required=False)
    words = forms.CharField(
        label=_("What went wrong?"),
        help_text=_("What were you trying to do, and what happened? Do not give personal data: your words become public."),
        widget=forms.Textarea(attrs={"rows": 6, "maxlength": WORDS_LENGTH}),
        error_messages={"required": _("Say in a few words what went wrong.")},
    )


class ReceiptForm(forms.Form):
    """A kept receipt, pasted or as its file."""

    words = forms.CharField(
        label=_("Your receipt"),
        help_text=_("Everything the file holds, from its first line to its last."),
        required=False,
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off"}),
    )
    file = forms.FileField(label=_("Or its file"), required=False, max_length=200)

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        sent = found.get("file")
        if sent is not None:
            found["words"] = sent.read(RECEIPT_BYTES).decode("utf-8", errors="replace")
        found["receipts"] = receipts_in(found.get("words") or "")
        if not self.errors and not found["receipts"]:
            self.add_error("words", _("There is no receipt in it: paste the whole file."))
        return found


class AnswerForm(forms.Form):
    """What the operator answers."""

    answer = forms.CharField(
        label=_("Your answer, for everyone"), widget=forms.Textarea(attrs={"rows": 6, "maxlength": WORDS_LENGTH})
    )


class BringingForm(forms.Form):
    """An archive made by « Vos données » on another site."""

    archive = forms.FileField(
        label=_("Your archive (zip)"),
        allow_empty_file=True,
        error_messages={"required": _("Choose the file that “Your data” gave you on the other site.")},
    )


class TakingBackForm(forms.Form):
    """One choice, when an agreement is taken back."""

    withdraws_votes = forms.BooleanField(
        label=_("Also take back all my votes in its consultations still open"),
        help_text=_("For good: they leave the totals together, at each close, and cannot be cast again before."),
        required=False,
    )


class ClosingForm(forms.Form):
    """How one leaves: what becomes of texts and of votes, and the code that proves the address once more."""

    texts = forms.ChoiceField(
        label=_("Your texts"),
        choices=[("keep", _("They stay, under « closed account »")), ("remove", _("They are removed; their numbers stay"))],
        initial="keep",
        widget=forms.RadioSelect,
    )
    votes = forms.ChoiceField(
        label=_("Your votes"),
        choices=[
            ("keep", _("They still count, and belong to nobody")),
            ("withdraw", _("They are withdrawn from the consultations still open, at their close")),
        ],
        initial="keep",
        widget=forms.RadioSelect,
    )
    code = CodeForm.base_fields["code"]


class ArchiveForm(forms.Form):
    """What opens one's archive: the code that proves the address once more."""

    code = CodeForm.base_fields["code"]
