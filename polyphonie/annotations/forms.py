"""What do the forms ask? Lengths and shapes are those of `rules`."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from polyphonie.accounts.models import Account, Organisation
from polyphonie.accounts.queries import speaking_names
from polyphonie.annotations.models import Annotation
from polyphonie.annotations.rules import BODY_LENGTH, REASON_LENGTH, TITLE_LENGTH, words_refusal
from polyphonie.consultation.forms import SpeakerForm, with_agreement
from polyphonie.core.plaintext import cleaned

PASSAGE_LENGTH = 1_000


class WordsForm(SpeakerForm):
    """A comment or a reply, in one's own name or an organisation's; who is not signed in yet is asked their name later."""

    title = forms.CharField(
        label=_("Title of your comment"),
        max_length=TITLE_LENGTH,
        error_messages={"required": _("Give your comment a title.")},
    )
    passage = forms.CharField(
        label=_("The words you comment on"),
        help_text=_("Copy them from the paragraph above. Leave this empty to comment on the whole paragraph."),
        max_length=PASSAGE_LENGTH,
        required=False,
    )
    body = forms.CharField(
        label=_("Your comment"),
        max_length=BODY_LENGTH,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": _("Write your comment.")},
    )

    def __init__(
        self, *args: Any, account: Account | None, asks_title: bool, asks_passage: bool, asks_agreement: bool, **kwargs: Any
    ) -> None:
        names: list[Organisation | None] = [None] if account is None else speaking_names(account)
        super().__init__(*args, organisations=names, name="" if account is None else account.display_name, **kwargs)
        self.asks_title = asks_title
        if not asks_title:
            del self.fields["title"]
        if not asks_passage:
            del self.fields["passage"]
        with_agreement(self, is_asked=asks_agreement)
        self.order_fields(["passage", "title", "body", "speaker", "agrees"])

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        for name in ("title", "body", "passage"):
            answers[name] = cleaned(answers.get(name) or "")
        if not self.errors:
            refusal = words_refusal(title=answers["title"], body=answers["body"], asks_title=self.asks_title)
            if refusal is not None:
                raise forms.ValidationError(refusal)
        return answers


class AnswerForm(forms.Form):
    """What the rapporteurs answer to a discussion."""

    answer = forms.ChoiceField(
        label=_("Your answer"),
        help_text=_(
            "Integrated: the next version changes. Noted: it is read, and the text stays as it is. Declined: you say why."
        ),
        choices=Annotation.Answer.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether the comment is integrated, noted or declined.")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Public. Required when the comment is declined."),
        max_length=REASON_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        answers["reason"] = cleaned(answers.get("reason") or "")
        if answers.get("answer") == Annotation.Answer.DECLINED and not answers["reason"]:
            self.add_error("reason", str(_("Say why it is declined: everyone will read it.")))
        return answers
