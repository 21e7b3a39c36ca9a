"""What do sign-up facts suggest to a moderator who looks at a case? Days, mail providers and bursts; never a position.

A clue is words beside a case, and a list that one asks for: it hides nothing, sorts nothing, opens no case. It reads accounts and
who wrote texts; votes are not in reach.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polyphonie.accounts.models import Account
from polyphonie.contributions.models import Contribution, Status
from polyphonie.core.printing import day
from polyphonie.moderation.models import Case
from polyphonie.processes.models import Process

BURST = 10
"""Authors of one concertation whose accounts date from one day: more is a burst."""
SAME_DOMAIN = 5
WITHIN = timedelta(days=7)
"""Authors whose addresses share a domain few people use, and whose accounts date from one week."""
WIDESPREAD = frozenset({
    "aol", "bbox", "free", "gmail", "gmx", "googlemail", "hey", "hotmail", "icloud", "laposte", "libertysurf", "live", "mac",
    "mail", "mailo", "me", "msn", "neuf", "numericable", "orange", "outlook", "posteo", "proton", "protonmail", "sfr", "tutanota",
    "voila", "wanadoo", "yahoo", "ymail", "zaclys", "zoho",
})  # fmt: skip
"""The names of the providers that everybody uses: sharing one says nothing."""
SHOWN = 50


@dataclass(frozen=True)
class Group:
    """Authors that one sign-up fact brings together: what it is, how many they are, which texts are theirs."""

    words: str
    authors: frozenset[int]
    texts: tuple[int, ...]


def groups(process: Process) -> list[Group]:
    """Bursts of one day, then addresses of one domain within a week; the largest first. One query."""
    written: dict[int, list[int]] = defaultdict(list)
    joined: dict[int, date] = {}
    domains: dict[str, set[int]] = defaultdict(set)
    days: dict[date, set[int]] = defaultdict(set)
    rows = _written(process).values_list("number", "author", "author__joined_on", "author__email")
    for number, author, joined_on, email in rows:
        written[author].append(number)
        joined[author] = joined_on
        days[joined_on].add(author)
        if email and not is_widespread(domain := email.rpartition("@")[2]):
            domains[domain].add(author)
    bursts = [_group(_day_in_words(on, len(people)), people, written) for on, people in days.items() if len(people) >= BURST]
    alike = [
        _group(_domain_in_words(domain, close), close, written)
        for domain, people in domains.items()
        if len(close := _within_a_week(people, joined)) >= SAME_DOMAIN
    ]
    return sorted(bursts + alike, key=lambda group: (-len(group.authors), group.words))


def clues_about(case: Case) -> list[str]:
    """What sign-up facts say beside a case: its author's account is as new as the text, or is of one of the groups."""
    authors = case.authors
    if not authors:
        return []
    texts = Contribution.objects.filter(author__in=authors, process=case.process_id).values_list("published_at", flat=True)
    first = min((timezone.localdate(at) for at in texts), default=timezone.localdate(case.opened_at))
    told = [
        _("The account dates from the day of its first text here, %(day)s.") % {"day": day(author.joined_on)}
        for author in authors
        if author.joined_on == first
    ]
    keys = {author.pk for author in authors}
    return told + [group.words for group in groups(case.process) if group.authors & keys]


def is_widespread(domain: str) -> bool:
    """Whether a mail domain is that of a provider everybody uses."""
    return not domain or domain.split(".", maxsplit=1)[0].lower() in WIDESPREAD


def people_in(found: list[Group]) -> list[Account]:
    """The accounts that a list of groups tells something of."""
    keys = frozenset().union(*(group.authors for group in found)) if found else frozenset()
    return list(Account.objects.filter(pk__in=keys).order_by("pk"))


def _written(process: Process) -> QuerySet[Contribution]:
    texts = Contribution.objects.filter(process=process, author__closed_on=None, author__isnull=False)
    return texts.exclude(status__in=(Status.WITHDRAWN, Status.ERASED)).order_by("number")


def _within_a_week(people: set[int], joined: dict[int, date]) -> frozenset[int]:
    """The most of these people whose accounts date from one week."""
    weeks = (frozenset(one for one in people if joined[first] <= joined[one] < joined[first] + WITHIN) for first in people)
    return max(weeks, key=len, default=frozenset())


def _group(words: str, people: set[int] | frozenset[int], written: dict[int, list[int]]) -> Group:
    numbers = sorted(number for author in people for number in written[author])
    return Group(words, frozenset(people), tuple(numbers[:SHOWN]))


def _day_in_words(on: date, count: int) -> str:
    return ngettext(
        "%(count)s author here opened their account on %(day)s.",
        "%(count)s authors here opened their accounts on %(day)s.",
        count,
    ) % {"count": count, "day": day(on)}


def _domain_in_words(domain: str, people: frozenset[int]) -> str:
    return ngettext(
        "%(count)s author here has an address at %(domain)s and opened their account within one week.",
        "%(count)s authors here have addresses at %(domain)s and opened their accounts within one week.",
        len(people),
    ) % {"count": len(people), "domain": domain}
