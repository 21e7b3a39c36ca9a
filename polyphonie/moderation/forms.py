"""What is asked of who flags, of moderators, of authors and of judges? Few fields, each with what becomes of it."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from polyphonie.core.plaintext import shortened
from polyphonie.moderation.models import Act, Appeal, Case, CharterReason, Flag, Ground
from polyphonie.moderation.reasons import CHARTER_GROUNDS, REASONS
from polyphonie.moderation.rules import REASON_LENGTH, REPLY_LENGTH, SENTENCE_LENGTH, WORDS_LENGTH
from polyphonie.processes.models import Consultation

TEXT, NAME = "text", "name"
NOTICE, CONFIRM = "notice", "confirm"
FIRST_WORDS = 80


def words_area(rows: int, most: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "maxlength": most})


class FlagForm(forms.Form):
    """What is the matter with a text, or with the name beside it."""

    about = forms.ChoiceField(
        label=_("What is the matter?"),
        choices=[(TEXT, _("The text")), (NAME, _("The name beside it"))],
        initial=TEXT,
        widget=forms.RadioSelect,
    )
    ground = forms.ChoiceField(
        label=_("Why?"),
        choices=[*Ground.choices, *Flag.Suggestion.choices],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say why, even roughly: a person looks at it.")},
    )
    words = forms.CharField(
        label=_("Tell us more, if you wish"),
        required=False,
        max_length=WORDS_LENGTH,
        widget=words_area(4, WORDS_LENGTH),
        help_text=_("Only moderators read it. It is destroyed a year after the case is over."),
    )

    def __init__(self, *arguments: Any, has_name: bool, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if not has_name:
            del self.fields["about"]


class FollowForm(forms.Form):
    code = forms.CharField(
        label=_("Your follow-up code"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        help_text=_("Sixteen letters and figures, given when you flagged a text."),
    )


class DecideForm(forms.Form):
    """One form for every act that is possible now."""

    act = forms.ChoiceField(label=_("What do you decide?"), widget=forms.RadioSelect)
    ground = forms.ChoiceField(label=_("Ground"), choices=Ground.choices, widget=forms.RadioSelect, required=False)
    passage = forms.CharField(
        label=_("The passage to mask, copied from the text"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    destination = forms.ModelChoiceField(
        label=_("To which consultation?"),
        queryset=Consultation.objects.none(),
        required=False,
        widget=forms.RadioSelect,
        blank=True,
    )
    facts = forms.CharField(
        label=_("The facts, in a sentence or two"),
        widget=words_area(4, REASON_LENGTH),
        max_length=REASON_LENGTH,
        help_text=_("The reason of the ground and its article are already written: say only what this text does."),
    )

    def __init__(self, *arguments: Any, acts: list[tuple[str, Any]], destinations: list[Consultation], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["act"].choices = acts  # type: ignore[attr-defined]  # a field of choices
        names = {value for value, _label in acts}
        if Act.MASKED not in names:
            del self.fields["passage"]
        if Act.MOVED not in names:
            del self.fields["destination"]
        else:
            field = self.fields["destination"]
            field.queryset = Consultation.objects.filter(pk__in=[item.pk for item in destinations])  # type: ignore[attr-defined]  # a field of choices
            field.empty_label = None  # type: ignore[attr-defined]  # a field of choices

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        act = cleaned.get("act", "")
        if act not in ("", Act.KEPT, Act.RESTORED, CONFIRM) and not cleaned.get("ground"):
            self.add_error("ground", _("Say on which ground: nothing is hidden without one."))
        if act == Act.MASKED and not cleaned.get("passage", "").strip():
            self.add_error("passage", _("Copy the passage to mask."))
        if act == Act.MOVED and cleaned.get("destination") is None:
            self.add_error("destination", _("Choose where it moves."))
        return cleaned


class CharterForm(forms.Form):
    """For each ground of the charter, its article and the sentence that authors read."""

    def __init__(self, *arguments: Any, articles: dict[int, str], ties: dict[str, CharterReason], **options: Any) -> None:
        super().__init__(*arguments, **options)
        choices: list[tuple[str, Any]] = [("", _("No article: the general words"))]
        choices += [(str(number), f"{number}. {words}"[:90]) for number, words in articles.items()]
        for ground in CHARTER_GROUNDS:
            tie = ties.get(ground)
            chosen = str(tie.article) if tie is not None and tie.article in articles else ""
            self.fields[f"article_{ground}"] = forms.ChoiceField(
                label=_("Article of the charter"), choices=choices, initial=chosen, required=False
            )
            self.fields[f"sentence_{ground}"] = forms.CharField(
                label=_("What its author reads, before the facts"),
                initial="" if tie is None else tie.sentence,
                required=False,
                max_length=SENTENCE_LENGTH,
            )

    def rows(self) -> list[tuple[Ground, Any, Any, Any]]:
        """Each ground with its two fields, and the sentence that stands where none is written."""
        return [
            (ground, self[f"article_{ground}"], self[f"sentence_{ground}"], REASONS[ground].sentence)
            for ground in CHARTER_GROUNDS
        ]


class FloodForm(forms.Form):
    """Volume spam: which texts, and the facts."""

    texts = forms.MultipleChoiceField(label=_("The texts to hide"), widget=forms.CheckboxSelectMultiple)
    facts = forms.CharField(
        label=_("The facts, in a sentence or two"), widget=words_area(3, REASON_LENGTH), max_length=REASON_LENGTH
    )

    def __init__(self, *arguments: Any, alike: list[Case], **options: Any) -> None:
        super().__init__(*arguments, **options)
        choices = [(one.object_name, _first_words(one)) for one in alike]
        self.fields["texts"].choices = choices  # type: ignore[attr-defined]  # a field of choices
        self.initial.setdefault("texts", [value for value, _label in choices])


def _first_words(item: Case) -> str:
    text = item.text
    assert text is not None
    number = f"#{text.number}" if item.kind == "contribution" else gettext("comment no. %(number)s") % {"number": text.number}
    return f"{number} {text.title or shortened(text.body, FIRST_WORDS)}"


class ReplyForm(forms.Form):
    reply = forms.CharField(
        label=_("Your reply"),
        widget=words_area(8, REPLY_LENGTH),
        max_length=REPLY_LENGTH,
        help_text=_("Moderators read it before they decide, and the appeal body if you contest. It is never published."),
    )


class AppealForm(forms.Form):
    words = forms.CharField(
        label=_("Why do you contest this decision?"), widget=words_area(6, WORDS_LENGTH), max_length=WORDS_LENGTH
    )


class JudgeForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("What do you decide?"),
        choices=[
            (Appeal.Outcome.OVERTURNED, _("I overturn the decision")),
            (Appeal.Outcome.UPHELD, _("I uphold the decision")),
        ],
        widget=forms.RadioSelect,
    )
    reasons = forms.CharField(
        label=_("Your reasons"),
        widget=words_area(6, REASON_LENGTH),
        max_length=REASON_LENGTH,
        help_text=_("The author reads them."),
    )
