"""Has this person said this already? What is sent twice is published once."""

from polyphonie.accounts.models import Account, Organisation
from polyphonie.contributions.actions import Text
from polyphonie.contributions.models import Contribution, Status
from polyphonie.processes.models import Consultation


def said_before(
    consultation: Consultation,
    kind: str,
    text: Text,
    *,
    author: Account,
    speaks_for: Organisation | None,
    about: Contribution | None,
    side: str,
) -> Contribution | None:
    """What they say here already word for word, in the same name, about the same text; None when it is new."""
    words = text.cleaned()
    same = Contribution.objects.select_related("process").filter(
        consultation=consultation,
        kind=kind,
        about=about,
        side=side,
        author=author,
        speaks_for=speaks_for,
        title=words.title,
        body=words.body,
        url=words.url,
        status__in=(Status.PUBLISHED, Status.SUBMITTED),
    )
    return same.order_by("number").first()
