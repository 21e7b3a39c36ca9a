"""What do the forms ask, and when is an answer readable? Lengths and shapes are those of `contributions.rules`."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from polyphonie.contributions.models import Kind, Nature, Side, SourceCategory
from polyphonie.contributions.rules import BODY_LENGTH, TITLE_LENGTH, text_refusal
from polyphonie.core.plaintext import cleaned


class TextForm(forms.Form):
    """A text of one kind; subclasses say which fields it has. The rule speaks last, so that form and action agree."""

    kind = Kind.PROPOSAL

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        for name in ("title", "body"):
            answers[name] = cleaned(answers.get(name) or "")
        if not self.errors:
            refusal = text_refusal(self.kind, title=answers["title"], body=answers["body"], url=answers.get("url", ""))
            if refusal is not None:
                raise forms.ValidationError(refusal)
        return answers


class ProposalForm(TextForm):
    title = forms.CharField(
        label=_("Your proposal in one sentence"),
        max_length=TITLE_LENGTH,
        error_messages={"required": _("Give your proposal a title: one sentence that says what you want.")},
    )
    body = forms.CharField(
        label=_("Explain it"),
        max_length=BODY_LENGTH[Kind.PROPOSAL],
        widget=forms.Textarea,
        error_messages={"required": _("Explain your proposal, in a few lines or more.")},
    )
    nature = forms.ChoiceField(label=_("What is it?"), choices=Nature.choices, required=False)

    def __init__(self, *args: Any, asks_nature: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if asks_nature:
            self.fields["nature"].required = True
        else:
            del self.fields["nature"]


class CompletionForm(ProposalForm):
    kind = Kind.COMPLETION


class ArgumentForm(TextForm):
    kind = Kind.ARGUMENT
    side = forms.ChoiceField(
        label=_("This argument is"),
        choices=Side.choices,
        error_messages={"required": _("Say whether your argument is for or against.")},
    )
    body = forms.CharField(
        label=_("Your argument"),
        max_length=BODY_LENGTH[Kind.ARGUMENT],
        widget=forms.Textarea,
        error_messages={"required": _("Write your argument.")},
    )


class SourceForm(TextForm):
    kind = Kind.SOURCE
    title = forms.CharField(
        label=_("Title of the source"), max_length=TITLE_LENGTH, error_messages={"required": _("Give the title of the source.")}
    )
    url = forms.CharField(label=_("Its address"), max_length=1000, required=False)
    category = forms.ChoiceField(
        label=_("What is it?"), choices=SourceCategory.choices, error_messages={"required": _("Say what kind of source it is.")}
    )
    body = forms.CharField(
        label=_("What does it show?"), max_length=BODY_LENGTH[Kind.SOURCE], widget=forms.Textarea, required=False
    )


FORMS: dict[str, type[TextForm]] = {
    Kind.PROPOSAL: ProposalForm,
    Kind.COMPLETION: CompletionForm,
    Kind.ARGUMENT: ArgumentForm,
    Kind.SOURCE: SourceForm,
}
