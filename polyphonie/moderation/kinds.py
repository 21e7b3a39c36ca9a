"""What does moderation examine? Texts that people write, and names: one real key per kind, of which exactly one is set."""

from collections.abc import Sequence
from typing import Any, ClassVar, TypedDict

from django.db import models
from django.db.models import Q

from polyphonie.accounts.models import Account, Organisation
from polyphonie.annotations.models import Annotation
from polyphonie.contributions.models import Contribution

WRITTEN = ("contribution", "annotation")
"""The keys of `OnWriting`, one per kind of text that people write: moderators read each of them, and hide many at once."""
KEYS = (*WRITTEN, "account", "organisation")
"""The keys of `OnText`, one per kind of public text. A new kind adds its key here and in `Subject`, its field and its object name
in `OnWriting` (in `OnText` for a name); then its line in `queries.IS_SHOWN` and `queries.READ` (when it is written),
`showing.VERBS`, `messages.IN_WORDS` and `parts.html`."""


def exactly_one(keys: Sequence[str]) -> Q:
    """Of these columns one is filled and no other: the condition of a CHECK."""
    condition = Q()
    for filled in keys:
        condition |= Q(**{f"{key}__isnull": key != filled for key in keys})
    return condition


class Subject(TypedDict, total=False):
    """What a case is about, by keyword: one of `KEYS`."""

    contribution: Contribution
    annotation: Annotation
    account: Account
    organisation: Organisation


class OnWriting(models.Model):
    """What is about one text that someone wrote: one real key per kind of text, of which exactly one is set."""

    keys: ClassVar[tuple[str, ...]] = WRITTEN

    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, null=True, related_name="+")
    annotation = models.ForeignKey(Annotation, on_delete=models.CASCADE, null=True, related_name="+")

    class Meta:
        abstract = True

    @property
    def kind(self) -> str:
        """Which kind of text it is about: the key that is filled."""
        return next(key for key in self.keys if getattr(self, f"{key}_id") is not None)

    @property
    def subject(self) -> Any:
        """The text, or who bears the name."""
        return getattr(self, self.kind)

    @property
    def text(self) -> Contribution | Annotation | None:
        """The text that someone wrote; None for a name."""
        return next((getattr(self, key) for key in WRITTEN if getattr(self, f"{key}_id") is not None), None)

    @property
    def object_name(self) -> str:
        """How leaves and files name it."""
        if self.contribution is not None:
            return f"contribution/{self.contribution.number}"
        assert self.annotation is not None
        return self.annotation.object_name


class OnText(OnWriting):
    """What is about one public text, or about a name."""

    keys: ClassVar[tuple[str, ...]] = KEYS

    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True, related_name="+", help_text="for a display name")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, null=True, related_name="+", help_text="for the name of an organisation"
    )

    class Meta:
        abstract = True

    @property
    def object_name(self) -> str:
        """How leaves and files name it; a name that is examined is never written."""
        if self.text is not None:
            return super().object_name
        return "name" if self.organisation is None else "organisation"

    @property
    def authors(self) -> list[Account]:
        """Who is told, replies and contests: who wrote it, bears the name or may speak under it; at times nobody."""
        if self.organisation is not None:
            return list(Account.objects.filter(memberships__organisation=self.organisation).order_by("pk"))
        author = self.account if self.text is None else self.text.author
        return [] if author is None else [author]

    def is_authored_by(self, account: Account) -> bool:
        return any(author.pk == account.pk for author in self.authors)


def on(text: Any) -> Subject:
    """What this text, or who bears this name, is to a case: its key and itself, as `Case(**on(text))` takes it."""
    return next(Subject(**{key: text}) for key in KEYS if isinstance(text, _kept_as(key)))  # type: ignore[misc]  # one of its keys


def _kept_as(key: str) -> Any:
    return OnText._meta.get_field(key).related_model
