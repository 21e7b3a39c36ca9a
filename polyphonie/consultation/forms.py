"""What do the forms ask, and when is an answer readable? Lengths and shapes are those of `contributions.rules`."""

from copy import deepcopy
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from polyphonie.accounts.models import Organisation
from polyphonie.accounts.queries import account_of, free_names_like, is_name_taken
from polyphonie.accounts.rules import LONGEST_NAME, name_refusal
from polyphonie.accounts.wordings import opinions_wording
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
    nature = forms.ChoiceField(label=_("What is it?"), choices=Nature.choices, required=False, widget=forms.RadioSelect)

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


class IdentityForm(forms.Form):
    """Who speaks, asked last: a mail address that a code will prove, and the name to show."""

    mail = forms.EmailField(
        label=_("Your mail address"),
        help_text=_("Never shown. We send you a code of six digits, valid for 15 minutes."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Give your mail address: a code will be sent to it."),
            "invalid": _("This mail address cannot be read: check it."),
        },
    )
    name = forms.CharField(
        label=_("The name to show beside your text"),
        help_text=_("Your name or a pseudonym. If you already have an account, its name is kept."),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
        error_messages={"required": _("Give the name to show: yours, or a pseudonym.")},
    )
    is_fifteen = forms.BooleanField(
        label=_("I am 15 or over, and I accept the terms"),
        error_messages={"required": _("One takes part online from the age of 15, and by accepting the terms.")},
    )

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        taken = is_name_taken(name) and account_of(self.cleaned_data.get("mail", "")) is None
        refusal = name_refusal(name, is_taken=taken, suggestions=free_names_like(name) if taken else ())
        if refusal is not None:
            raise forms.ValidationError(refusal)
        return name


class AgreementForm(forms.Form):
    """The box that one ticks once in a concertation whose legal basis is consent; never ticked beforehand."""

    agrees = forms.BooleanField(
        error_messages={"required": _("Tick this box to take part: without your agreement, your opinions are not used.")}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name_the_box(self)


def with_agreement(form: forms.Form, *, is_asked: bool) -> forms.Form:
    """The same form, with that box at its end when it is asked."""
    if is_asked:
        form.fields["agrees"] = deepcopy(AgreementForm.base_fields["agrees"])
        name_the_box(form)
    return form


def name_the_box(form: forms.Form) -> None:
    """Its words are those whose version and mark are kept as proof."""
    form.fields["agrees"].label = opinions_wording().text


class CodeForm(forms.Form):
    """The code that was sent."""

    code = forms.CharField(
        label=_("The code we sent you"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
        error_messages={"required": _("Type the six digits of the code.")},
    )

    def __init__(self, *args: Any, address: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = _("To %(address)s. It may take a minute; look among unwanted mail too.") % {
            "address": address
        }


class SpeakerForm(forms.Form):
    """In whose name: one's own, or an organisation one belongs to. Asked only of those who have a choice."""

    speaker = forms.ChoiceField(label=_("In whose name?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, organisations: list[Organisation | None], name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._organisations = {str(item.pk): item for item in organisations if item is not None}
        speaker = self.fields["speaker"]
        assert isinstance(speaker, forms.ChoiceField)
        speaker.choices = [("", name), *((key, item.name) for key, item in self._organisations.items())]
        speaker.required = False
        if not self._organisations:
            del self.fields["speaker"]

    def organisation(self) -> Organisation | None:
        return self._organisations.get(self.cleaned_data.get("speaker", ""))


FORMS: dict[str, type[TextForm]] = {
    Kind.PROPOSAL: ProposalForm,
    Kind.COMPLETION: CompletionForm,
    Kind.ARGUMENT: ArgumentForm,
    Kind.SOURCE: SourceForm,
}
