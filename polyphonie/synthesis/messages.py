"""What do people read of a synthesis? Those who may read it again, that it waits for them; when it appears, what became of their
contributions, and until when one may comment."""

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polyphonie.accounts.models import Account
from polyphonie.contributions.fates import fate_in_words
from polyphonie.core.addresses import absolute, second_reading_address, synthesis_address
from polyphonie.core.printing import last_minute
from polyphonie.core.templating import typographic
from polyphonie.ledger.canonical import b64
from polyphonie.notifications.messages import foot, stop_address
from polyphonie.notifications.queries import contribution_quote
from polyphonie.outbox.actions import queue_mail
from polyphonie.synthesis.models import Review, Synthesis, SynthesisVersion
from polyphonie.synthesis.queries.telling import Told

LINES_AT_MOST = 20


def queue_synthesis_mail(version: SynthesisVersion, account: Account, told: Told, *, now: datetime) -> bool:
    """Leave the one mail of this person about this version; False when it was left before, or says nothing."""
    if not told.topics or not account.email:
        return False
    process = version.synthesis.consultation.process.slug
    with translation.override(account.language):
        subject, body = typographic(_subject(version, told)), typographic(_body(version, account, told))
    return queue_mail(
        f"synthesis/{version.pk}/to/{account.pk}",
        account.email,
        subject,
        body,
        now=now,
        quotes=[contribution_quote(process, number) for number, _fate, _reason in told.left_out],
        unsubscribe=stop_address(account, *told.topics),
    )


def queue_reading_mail(synthesis: Synthesis, account: Account, hashed: bytes, *, now: datetime) -> bool:
    """Ask this person, once about this very content, to be its second reader. A mail of their role: like the others, it cannot
    be turned off."""
    if not account.email:
        return False
    consultation = synthesis.consultation
    with translation.override(account.language):
        subject = _("%(process)s: a synthesis waits for your second reading") % {"process": consultation.process.title}
        body = _(
            "Hello,\n\nThe synthesis of « %(title)s » waits for a second person, who wrote nothing of it, to read it again: you "
            "may be this person. You open its citations, answer a short list of questions, and say whether it is neutral. What "
            "you answer is published, by role and number.\n\n%(address)s\n\nOthers were asked too: one reading is enough."
        ) % {
            "title": consultation.title,
            "address": absolute(second_reading_address(consultation.process.slug, consultation.slug)),
        }
        subject, body = typographic(subject), typographic(body)
    key = f"second-reading/{synthesis.pk}/{b64(hashed)}/to/{account.pk}"
    return queue_mail(key, account.email, subject, body, now=now)


def queue_read_mail(review: Review, account: Account, *, now: datetime) -> bool:
    """Tell those who write it what their second reader found, and what is to be changed. A mail of their role."""
    if not account.email or account.pk == review.account_id:
        return False
    consultation = review.synthesis.consultation
    process = consultation.process
    with translation.override(account.language):
        if review.is_favourable:
            subject = _("%(process)s: your synthesis was found neutral") % {"process": process.title}
            words = _(
                "Hello,\n\nA second person read the synthesis of « %(title)s » and found it neutral: it can "
                "be published as it is."
            )
        else:
            subject = _("%(process)s: the second reading asks for a change") % {"process": process.title}
            words = _("Hello,\n\nA second person read the synthesis of « %(title)s » and asks for a change:")
        address = absolute(second_reading_address(process.slug, consultation.slug))
        paragraphs = [words % {"title": consultation.title}, review.remarks, address]
        subject, body = typographic(subject), typographic("\n\n".join(filter(None, paragraphs)))
    return queue_mail(
        f"second-reading/{review.synthesis_id}/found/{review.pk}/to/{account.pk}", account.email, subject, body, now=now
    )


def _subject(version: SynthesisVersion, told: Told) -> str:
    if len(told.cited) == 1:
        number, times = told.cited[0]
        words = ngettext(
            "Your contribution #%(number)s is cited %(count)s time in the synthesis",
            "Your contribution #%(number)s is cited %(count)s times in the synthesis",
            times,
        )
        return words % {"number": number, "count": times}
    if told.cited:
        return _("%(count)s of your contributions are cited in the synthesis") % {"count": len(told.cited)}
    if len(told.left_out) == 1:
        return _("Your contribution #%(number)s is not cited in the synthesis: here is why") % {"number": told.left_out[0][0]}
    if told.left_out:
        return _("%(count)s of your contributions are not cited in the synthesis: here is why") % {"count": len(told.left_out)}
    return _("The synthesis of « %(title)s » is published") % {"title": version.synthesis.consultation.title}


def _body(version: SynthesisVersion, account: Account, told: Told) -> str:
    consultation = version.synthesis.consultation
    address = absolute(synthesis_address(consultation.process.slug, consultation.slug))
    opening = _("The synthesis of « %(title)s » is published, in its version %(number)s:\n%(address)s") % {
        "title": consultation.title,
        "number": version.number,
        "address": address,
    }
    paragraphs = [_("Hello,"), opening]
    lines = [*(_cited_line(cited, address) for cited in told.cited), *map(_left_out_line, told.left_out)]
    if lines:
        paragraphs.append("\n".join(lines[:LINES_AT_MOST]))
    if len(lines) > LINES_AT_MOST:
        more = len(lines) - LINES_AT_MOST
        words = ngettext(
            "And %(count)s more, on the page of each contribution.", "And %(count)s more, on the page of each contribution.", more
        )
        paragraphs.append(words % {"count": more})
    if told.closes_at is not None:
        paragraphs.append(
            _("You can comment on each passage until %(moment)s: each discussion gets an answer.")
            % {"moment": last_minute(told.closes_at)}
        )
    return "\n\n".join([*paragraphs, foot(account, *told.topics)])


def _cited_line(cited: tuple[int, int], address: str) -> str:
    """How many times, and where it is read first."""
    number, times = cited
    words = ngettext(
        "• #%(number)s is cited %(count)s time: %(place)s", "• #%(number)s is cited %(count)s times: %(place)s", times
    )
    return words % {"number": number, "count": times, "place": f"{address}#cite-{number}"}


def _left_out_line(left_out: tuple[int, str, str]) -> str:
    number, fate, reason = left_out
    return _("• #%(number)s is not cited (%(fate)s): %(reason)s") % {
        "number": number,
        "fate": fate_in_words(fate).lower(),
        "reason": reason,
    }
