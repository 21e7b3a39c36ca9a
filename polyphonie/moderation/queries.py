"""What do moderators, authors and everyone look at? The desk in its order, where a case stands, what was decided on a text."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value

from polyphonie.accounts.models import Account, Membership
from polyphonie.annotations.models import Annotation
from polyphonie.contributions.models import Contribution, Status
from polyphonie.moderation.kinds import on
from polyphonie.moderation.models import (
    RESTRICTIONS,
    STILL_OPEN,
    Act,
    Appeal,
    Case,
    Claim,
    Decision,
    Hearing,
    Reading,
    SealedText,
    State,
)
from polyphonie.moderation.rules import ACTS_ON, Standing, is_appeal_late
from polyphonie.processes.models import Consultation, Process, Role, RoleAssignment
from polyphonie.processes.queries.people import standing_roles

PAGE = 30
SIMILAR = 5
HISTORY = 10
MOST_ALIKE = 200
NAMED = ("contribution", "annotation__document", "account", "organisation")
"""What a line about a decision names."""
REREAD_AGO = ("consultation", "about", "author", "speaks_for")


def is_shown(item: Case | Decision) -> bool:
    """Whether the text of a case, or the name, is shown to everyone."""
    return IS_SHOWN[item.kind](item.subject)


IS_SHOWN: dict[str, Callable[[Any], bool]] = {
    "contribution": lambda text: text.status in (Status.PUBLISHED, Status.TEXT_UNAVAILABLE),
    "annotation": lambda annotation: annotation.is_visible,
    "account": lambda account: account.closed_on is None and not account.has_hidden_name,
    "organisation": lambda organisation: not organisation.has_hidden_name,
}
"""For each kind of text, whether it is shown to everyone."""


def hearing_of(case: Case) -> Hearing | None:
    return Hearing.objects.filter(case=case).first()


def about(item: Case | Decision) -> Q:
    """The rows about the same text, or the same name."""
    return Q(**{item.kind: getattr(item, f"{item.kind}_id")})


def authored_by(accounts: list[Account]) -> Q:
    """The rows about what these people wrote, or about the names they bear."""
    spoken_for = Membership.objects.filter(account__in=accounts).values("organisation")
    texts = Q(contribution__author__in=accounts) | Q(annotation__author__in=accounts)
    return texts | Q(account__in=accounts) | Q(organisation__in=spoken_for)


def urgent_on(item: Case | Decision) -> Decision | None:
    """The one urgent hiding of this text, in force or not."""
    return Decision.objects.filter(about(item), act=Act.HIDDEN_URGENTLY).first()


def urgent_comments(document: int) -> QuerySet[Decision]:
    """The urgent hidings in force of the comments on a text, by its key."""
    return Decision.objects.filter(annotation__document=document, act=Act.HIDDEN_URGENTLY, ended_at=None)


def standing_of(case: Case) -> Standing:
    """What the rules look at: a few queries."""
    urgent, overturned = urgent_on(case), Appeal.objects.filter(decision__case=case.pk, outcome=Appeal.Outcome.OVERTURNED)
    return Standing(
        is_shown=is_shown(case),
        urgent=urgent if urgent is not None and urgent.ended_at is None else None,
        was_urgent=urgent is not None,
        is_submitted=case.contribution is not None and case.contribution.status == Status.SUBMITTED,
        hearing=hearing_of(case),
        acts=ACTS_ON.get(case.kind, (Act.HIDDEN,)),
        authors=authors_of(case),
        overturned=frozenset(filter(None, overturned.values_list("first_decider", flat=True).order_by())),
    )


def authors_of(item: Case) -> frozenset[int]:
    """The keys of who wrote a text, or bears a name."""
    return frozenset(author.pk for author in item.authors)


def case_numbered(process: str, number: int) -> Case:
    """The case of this number, with all that its pages print; raises Case.DoesNotExist."""
    return _with_texts(Case.objects.filter(process__slug=process)).get(number=number)


def open_case_on(item: Case) -> Case | None:
    """The open case of this text, if any."""
    return Case.objects.filter(about(item), process=item.process, state__in=STILL_OPEN).first()


def named(process: str, number: int, text: str = "") -> Case:
    """A contribution by its number, or the comment of this number on the text of this name, as a case would name it, saved or
    not; raises Contribution.DoesNotExist or Annotation.DoesNotExist."""
    if not text:
        contribution = Contribution.objects.select_related(*REREAD_AGO, "process__log").get(process__slug=process, number=number)
        return Case(process=contribution.process, contribution=contribution)
    annotation = Annotation.objects.select_related(*READ["annotation"].printed, "document__process__log").get(
        document__process__slug=process, document__slug=text, number=number
    )
    return Case(process=annotation.document.process, annotation=annotation)


def _with_texts(cases: QuerySet[Case]) -> QuerySet[Case]:
    return cases.select_related(
        "process", "account", "organisation", "contribution__consultation", "contribution__about", "contribution__author",
        "contribution__speaks_for", "contribution__process", "annotation__document__process", "annotation__author",
        "annotation__speaks_for", "annotation__written_on", "annotation__discussion", "hearing", "claim__moderator",
    )  # fmt: skip


@dataclass(frozen=True)
class WaitingAppeal:
    """An appeal that nobody has judged, and how many people may."""

    appeal: Appeal
    judges: int
    is_late: bool


@dataclass(frozen=True)
class Desk:
    """What the desk shows, each list in its order."""

    waiting: list[Case]
    heard_later: list[Case]
    urgent: list[Decision]
    appeals: list[WaitingAppeal]
    to_read: int
    hidden: list[Case]


def desk(process: Process, reader: RoleAssignment, *, now: datetime) -> Desk:
    """Flagged cases by severity and age, those whose author may still reply, urgent hidings that wait for a second person."""
    cases = _with_texts(Case.objects.filter(process=process, state__in=STILL_OPEN)).order_by("-severity", "opened_at", "pk")
    later = Q(state=State.HEARING, hearing__due_at__gt=now, hearing__replied_at=None)
    return Desk(
        waiting=list(cases.exclude(later)[:PAGE]),
        heard_later=list(cases.filter(later)[:PAGE]),
        urgent=urgent_waiting(process),
        appeals=waiting_appeals(process, now=now),
        to_read=left_to_read(process, reader),
        hidden=hidden_texts(process),
    )


def cases_to_take(process: Process, *, now: datetime) -> QuerySet[Case]:
    """The cases that nobody looks at, in the order of the desk."""
    later = Q(state=State.HEARING, hearing__due_at__gt=now, hearing__replied_at=None)
    cases = Case.objects.filter(process=process, state__in=STILL_OPEN).exclude(later)
    return cases.exclude(claim__expires_at__gt=now).order_by("-severity", "opened_at", "pk")


def urgent_waiting(process: Process) -> list[Decision]:
    """Urgent hidings in force that no second person has confirmed, the nearest end first; unlawful ones may be late."""
    urgent = Decision.objects.filter(case__process=process, act=Act.HIDDEN_URGENTLY, ended_at=None, confirmed_at=None)
    return list(urgent.select_related(*NAMED, "case").order_by("confirm_before", "pk"))


def open_appeals(process: Process) -> QuerySet[Appeal]:
    appeals = Appeal.objects.filter(decision__case__process=process, outcome="")
    return appeals.select_related("decision__case", *(f"decision__{name}" for name in NAMED), "decision__statement")


def waiting_appeals(process: Process, *, now: datetime) -> list[WaitingAppeal]:
    """The appeals that wait, the oldest first, with the people who had no part in the case and may judge."""
    waiting = list(open_appeals(process))
    body = appeal_people(process) if waiting else []
    may_judge = body or list(standing_roles(process).filter(role=Role.MODERATOR) if waiting else [])
    return [WaitingAppeal(appeal, _judges(appeal, may_judge), is_appeal_late(appeal, now)) for appeal in waiting]


def _judges(appeal: Appeal, may_judge: list[RoleAssignment]) -> int:
    return len({role.account_id for role in may_judge} - involved(appeal.decision.case))


def stuck_appeals(process: Process, *, now: datetime) -> list[WaitingAppeal]:
    """The appeals that nobody here can judge: someone has to be invited."""
    return [waiting for waiting in waiting_appeals(process, now=now) if not waiting.judges]


@dataclass(frozen=True)
class Readable:
    """How one kind of text that people write comes before moderators."""

    of_process: str
    """The path from the text to its process."""
    where: Q
    """Which texts are read: those written here, not taken over from elsewhere."""
    revision: Any
    """In a subquery, which revision stands now; 0 for a kind that never changes."""
    printed: tuple[str, ...]
    """What the page prints of it."""
    waits: str = ""
    """The status of those that wait for their review before they appear."""

    def in_process(self, model: Any, process: Process) -> QuerySet[Any]:
        return model.objects.filter(**{self.of_process: process.pk}).filter(self.where)


READ: dict[str, Readable] = {
    "contribution": Readable(
        "process", Q(consultation__is_imported=False), F("revision"), (*REREAD_AGO, "process"), waits=Status.SUBMITTED
    ),
    "annotation": Readable(
        "document__process",
        Q(document__process__copied_from=""),
        Value(0),
        ("author", "speaks_for", "document__process", "discussion", "written_on"),
    ),
}
"""Each kind of text that moderators read one by one."""
SHOWN_STATUS = "published"
HIDDEN_STATUS = "hidden"
GONE = (Status.WITHDRAWN, Status.ERASED, Status.REMOVED)


def model_of(kind: str) -> Any:
    """The model of one kind of text."""
    return Case._meta.get_field(kind).related_model


def _unread(process: Process, kind: str) -> QuerySet[Any]:
    """Of one kind, the texts that wait for their review, then those whose present revision no moderator has read; the oldest
    first."""
    how = READ[kind]
    read = Reading.objects.filter(**{kind: OuterRef("pk")}, revision=OuterRef("standing"))
    texts = how.in_process(model_of(kind), process).filter(status__in={how.waits or SHOWN_STATUS, SHOWN_STATUS})
    unread = texts.annotate(standing=how.revision).filter(~Exists(read))
    return unread.annotate(waits=Q(status=how.waits)).order_by("-waits", "published_at", "number", "pk")


def _rank(text: Any) -> tuple[bool, datetime]:
    """What waits for its review comes first, then the oldest."""
    return not text.waits, text.published_at


def _first_where(process: Process, condition: Callable[[str], Any]) -> Any | None:
    """The text to read first, of any kind, among those that meet a condition."""
    found = (_unread(process, kind).filter(condition(kind)).select_related(*how.printed).first() for kind, how in READ.items())
    return min((text for text in found if text is not None), key=_rank, default=None)


def to_read(process: Process) -> list[Any]:
    """Every text, of any kind, that no moderator has read as it is now, in the order in which they are read."""
    texts = [text for kind in READ for text in _unread(process, kind)]
    return sorted(texts, key=_rank)


def left_to_read(process: Process, reader: RoleAssignment) -> int:
    """How many this moderator may read: all but their own."""
    return sum(_unread(process, kind).exclude(author=reader.account_id).count() for kind in READ)


def to_read_by(process: Process, moderator: RoleAssignment, *, now: datetime) -> Any | None:
    """The oldest text that this moderator has taken to read, or that nobody looks at; never their own."""
    others = Claim.objects.filter(expires_at__gt=now).exclude(moderator=moderator)
    own = Q(author=moderator.account_id, author__isnull=False)
    return _first_where(process, lambda kind: ~Exists(others.filter(**{kind: OuterRef("pk")})) & ~own)


def claimed_text(process: Process, moderator: RoleAssignment, *, now: datetime) -> Any | None:
    """The text that this moderator took to read and has not done with."""
    mine = Claim.objects.filter(expires_at__gt=now, moderator=moderator)
    return _first_where(process, lambda kind: Exists(mine.filter(**{kind: OuterRef("pk")})))


def hidden_texts(process: Process) -> list[Case]:
    """The texts hidden by a decision, the newest decision first, each as a case would name it."""
    found: list[Any] = []
    for kind, how in READ.items():
        hidden = model_of(kind).objects.filter(**{how.of_process: process.pk}, status=HIDDEN_STATUS)
        found += hidden.select_related(*how.printed).order_by("-status_since", "-number")[:PAGE]
    found.sort(key=lambda text: text.status_since.timestamp() if text.status_since else 0.0, reverse=True)
    return [Case(process=process, **on(text)) for text in found[:PAGE]]


def decisions_on(item: Case | Decision) -> list[Decision]:
    """Everything decided on the same text, the last first."""
    return list(Decision.objects.filter(about(item)).select_related("statement", "appeal", "case", "sealed__consultation"))


def in_force(item: Case | Decision) -> Decision | None:
    """The restriction that this text is under, if any."""
    return Decision.objects.filter(about(item), act__in=RESTRICTIONS, ended_at=None).first()


def involved(case: Case) -> frozenset[int]:
    """Whose text or name it is, and everyone who decided or confirmed something of a case as a moderator: none of them judges its
    appeal. Who judged the appeal against an urgent hiding may judge the one against what is decided later: another question."""
    decided = Decision.objects.filter(case=case).exclude(actor__startswith="appeal/")
    pairs = decided.values_list("decider", "confirmer")
    return authors_of(case) | {person for pair in pairs.order_by() for person in pair if person is not None}


def history_of(authors: list[Account], process: Process, *, except_case: int) -> list[Decision]:
    """What was decided before of the same authors' texts here."""
    if not authors:
        return []
    theirs = Decision.objects.filter(authored_by(authors), case__process=process)
    return list(theirs.exclude(case=except_case).select_related(*NAMED)[:HISTORY])


def similar_decisions(process: Process, grounds: Iterable[str], *, except_case: int) -> list[Decision]:
    """The last decisions here on the same grounds, restrictions and texts kept alike, so that like cases end alike."""
    asked = list(grounds)
    alike = Q(ground__in=asked) | Q(act=Act.KEPT, case__flagged__ground__in=asked)
    found = Decision.objects.filter(alike, case__process=process).exclude(case=except_case)
    return list(found.select_related(*NAMED).distinct()[:SIMILAR])


def appeal_people(process: Process) -> list[RoleAssignment]:
    """Who holds the right to judge appeals today."""
    return list(standing_roles(process).filter(role=Role.APPEAL).select_related("account"))


def cases_of(author: Account) -> list[Case]:
    """The cases about what this person wrote that they were told of, the last first."""
    mine = _with_texts(Case.objects.filter(authored_by([author])))
    told = mine.filter(Q(hearing__isnull=False) | Exists(Decision.objects.filter(case=OuterRef("pk"), act__in=RESTRICTIONS)))
    return list(told.order_by("-opened_at", "-pk")[:PAGE])


def open_consultations(contribution: Contribution) -> list[Consultation]:
    """Where a text may be moved: the other consultations of its process that are open."""
    others = Consultation.objects.filter(process=contribution.process_id, state=Consultation.State.OPEN)
    return list(others.exclude(pk=contribution.consultation_id).order_by("rank", "pk"))


def public_decisions(process: Process) -> QuerySet[Decision]:
    """Every decision in the order it was taken, with what its public row prints."""
    decisions = Decision.objects.filter(case__process=process).order_by("decided_at", "pk")
    return decisions.select_related(
        "contribution", "annotation__document", "organisation", "case", "case__hearing", "appeal"
    ).annotate(flags=F("case__flags"))


def alike(item: Case) -> list[Case]:
    """The texts of any kind still shown here of the same author, or with the very same words: what volume spam looks like."""
    text = item.text
    if text is None:
        return []
    same = Q(body=text.body) & ~Q(body="")
    if text.author_id is not None:
        same |= Q(author=text.author_id)
    found: list[Any] = []
    for kind, how in READ.items():
        texts = model_of(kind).objects.filter(same, **{how.of_process: item.process.pk}, status=SHOWN_STATUS)
        found += texts.select_related(*how.printed).order_by("number")[: MOST_ALIKE - len(found)]
    return [Case(process=item.process, **on(one)) for one in found]


def removed_for_good(now: datetime) -> QuerySet[Decision]:
    """Removals in force whose text still stands sealed, and that nobody can contest any more."""
    hidden = Q(contribution__status=Status.HIDDEN) | Q(annotation__status=Annotation.Status.HIDDEN)
    removals = Decision.objects.filter(hidden, act=Act.REMOVED, ended_at=None)
    over = Q(appeal__isnull=True, statement__contest_until__lte=now) | Q(appeal__outcome=Appeal.Outcome.UPHELD)
    return removals.filter(over).order_by("pk")


def unsealable(now: datetime) -> QuerySet[SealedText]:
    """What was kept to undo a decision that nobody can contest any more, or that is undone, or whose text has left; a passage
    that an undone mask could not put back stays six months, for its author."""
    is_undone, is_past = Q(decision__ended_at__isnull=False), Q(decision__statement__contest_until__lte=now)
    over = Q(decision__appeal__outcome=Appeal.Outcome.UPHELD) | Q(decision__appeal__isnull=True) & is_past
    left = Q(decision__contribution__status__in=GONE) | Q(decision__annotation__status__in=GONE)
    return SealedText.objects.filter(over | left | is_undone & (Q(taken=[]) | is_past)).order_by("pk")


def moved_from(decision: Decision | None) -> Consultation | None:
    """Where a text that was moved goes back to if that is undone."""
    sealed = SealedText.objects.select_related("consultation").filter(decision=decision, decision__act=Act.MOVED).first()
    return None if sealed is None else sealed.consultation
