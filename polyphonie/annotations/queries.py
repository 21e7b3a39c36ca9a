"""What do pages ask of a commented text? Its version in force, its discussions in their place, what the next one integrates."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, F, Max, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from polyphonie.accounts.models import Account, Organisation
from polyphonie.annotations.anchoring import Passage, texts_of
from polyphonie.annotations.models import QUOTATION, Anchor, Annotation, Document, DocumentVersion

BY_PLACE, BY_DATE = "place", "date"
DISCUSSIONS_AT_ONCE = 25
"""As many on a page: the others are on the next ones."""
REPLIES_BESIDE = 10
"""As many of a discussion beside the text: the others are on its own page."""
REPLIES_AT_ONCE = 100
"""As many on a page of its own."""
Status = Annotation.Status


def current_version(document: Document) -> DocumentVersion | None:
    """The last published version; None before the first."""
    return DocumentVersion.objects.filter(document=document).order_by("-number").first()


def last_places(document: Document) -> list[Anchor]:
    """Where each discussion stood last: in the newest version where it was not detached."""
    standing = Anchor.objects.filter(annotation__document=document, is_detached=False)
    newest = dict(standing.order_by().values_list("annotation").annotate(Max("version__number")))
    anchors = standing.select_related("version", "annotation").order_by("annotation__number")
    return [anchor for anchor in anchors if newest[anchor.annotation_id] == anchor.version.number]


def version_numbered(document: Document, number: int | None) -> DocumentVersion | None:
    """The version of this number; the last one without a number, or when there is none of this number."""
    asked = DocumentVersion.objects.filter(document=document, number=number).first() if number else None
    return asked or current_version(document)


def said_before(
    document: Document,
    *,
    author: Account,
    speaks_for: Organisation | None,
    title: str,
    body: str,
    passage: Passage | None = None,
    discussion: Annotation | None = None,
) -> Annotation | None:
    """What this person says there already word for word, in the same name, and everyone sees; None when it is new."""
    same = Annotation.objects.filter(
        document=document,
        discussion=discussion,
        author=author,
        speaks_for=speaks_for,
        title=title,
        body=body,
        status=Status.PUBLISHED,
    )
    if passage is not None:
        place = {"block": passage.block, "start": passage.start, "end": passage.end}
        same = same.filter(pk__in=Anchor.objects.filter(version=F("annotation__written_on"), **place).values("annotation"))
    return same.order_by("number").first()


def take_part_in(discussion: Annotation) -> list[Account]:
    """Who wrote what is shown of a discussion: its opening, or replies."""
    shown = Annotation.objects.filter(Q(discussion=discussion) | Q(pk=discussion.pk), status=Status.PUBLISHED)
    return list(Account.objects.filter(pk__in=shown.values("author")).order_by("pk"))


def numbered(document: Document, number: int) -> Annotation:
    """The comment of this number, with all that its page prints; raises Annotation.DoesNotExist."""
    return _with_names(Annotation.objects.filter(document=document)).get(number=number)


def document_of(process: str, kind: str, slug: str) -> Document:
    """A text of a process that everyone may see; raises Document.DoesNotExist."""
    shown = Document.objects.select_related("process__log").filter(process__is_listed=True)
    return shown.get(process__slug=process, kind=kind, slug=slug)


@dataclass
class Standing:
    """Where a discussion stands in a version, and in the order asked; `replies` counts its replies, those not shown included."""

    pk: int
    number: int
    block: str
    start: int
    end: int
    is_detached: bool
    is_shown: bool
    is_answered: bool
    moved_at: datetime
    """When something was last said in it."""
    replies: int = 0
    position: int = 0
    before: int | None = None
    after: int | None = None


@dataclass
class Discussion:
    """A discussion as it is printed: its opening, where it stands, some of its replies."""

    opening: Annotation
    anchor: Anchor
    standing: Standing
    replies: list[Annotation] = field(default_factory=list)

    @property
    def number(self) -> int:
        return self.opening.number

    @property
    def position(self) -> int:
        return self.standing.position

    @property
    def before(self) -> int | None:
        return self.standing.before

    @property
    def after(self) -> int | None:
        return self.standing.after

    @property
    def is_detached(self) -> bool:
        return self.anchor.is_detached

    @property
    def passage(self) -> str:
        """The words it is about, a quotation shown by three dots; empty for a whole block."""
        return self.anchor.exact.replace(QUOTATION, "…")

    @property
    def other_replies(self) -> int:
        """How many of its replies are read elsewhere."""
        return self.standing.replies - len(self.replies)


@dataclass(frozen=True)
class Panel:
    """The discussions of a version in one order, those that lost their passage last: where all stand, and those of one page."""

    version: DocumentVersion
    order: str
    standing: tuple[Standing, ...]
    discussions: tuple[Discussion, ...]
    page: int = 1

    @property
    def total(self) -> int:
        return len(self.standing)

    @property
    def shown(self) -> int:
        """How many are there to be answered: their comment is shown."""
        return sum(one.is_shown for one in self.standing)

    @property
    def answered(self) -> int:
        return sum(one.is_shown and one.is_answered for one in self.standing)

    @property
    def pages(self) -> int:
        return pages_of(self.total, DISCUSSIONS_AT_ONCE)

    @property
    def attached(self) -> list[Discussion]:
        return [one for one in self.discussions if not one.is_detached]

    @property
    def detached(self) -> list[Discussion]:
        return [one for one in self.discussions if one.is_detached]

    def numbered(self, number: int) -> Discussion | None:
        return next((one for one in self.discussions if one.number == number), None)

    def standing_in(self, block: str) -> list[Standing]:
        """The discussions that a block marks, on whatever page they are."""
        return [one for one in self.standing if one.block == block and not one.is_detached]


def pages_of(count: int, at_once: int) -> int:
    return max(1, -(-count // at_once))


def panel_of(version: DocumentVersion, order: str = BY_PLACE, *, page: int = 1) -> Panel:
    """The discussions of a version, a page of them with their first replies: five queries. One whose author took it back stays
    only for the replies to it."""
    standing = _standing(version, order)
    page = min(page, pages_of(len(standing), DISCUSSIONS_AT_ONCE))
    first = (page - 1) * DISCUSSIONS_AT_ONCE
    shown = _told(version, standing[first : first + DISCUSSIONS_AT_ONCE], (1, REPLIES_BESIDE))
    return Panel(version, order, tuple(standing), tuple(shown), page)


def panel_around(version: DocumentVersion, number: int, order: str = BY_PLACE, *, page: int = 1) -> Panel:
    """The one discussion of this number among those of a version, with a page of its replies; without it when it is not shown."""
    standing = _standing(version, order)
    asked = [one for one in standing if one.number == number]
    page = min(page, pages_of(sum(one.replies for one in asked), REPLIES_AT_ONCE))
    first = (page - 1) * REPLIES_AT_ONCE
    told = _told(version, asked, (first + 1, first + REPLIES_AT_ONCE))
    return Panel(version, order, tuple(standing), tuple(told), page)


def page_of_reply(reply: Annotation) -> int:
    """On which page of its discussion a reply is read."""
    earlier = Annotation.objects.filter(discussion=reply.discussion_id, number__lt=reply.number).count()
    return earlier // REPLIES_AT_ONCE + 1


def to_answer(version: DocumentVersion, *, page: int = 1) -> Panel:
    """What rapporteurs answer: the discussions that are shown, those without an answer first, in the order of the text."""
    standing = [one for one in _standing(version, BY_PLACE) if one.is_shown]
    standing.sort(key=lambda one: one.is_answered)
    page = min(page, pages_of(len(standing), DISCUSSIONS_AT_ONCE))
    first = (page - 1) * DISCUSSIONS_AT_ONCE
    told = _told(version, standing[first : first + DISCUSSIONS_AT_ONCE], (1, REPLIES_BESIDE))
    return Panel(version, BY_PLACE, tuple(standing), tuple(told), page)


def _standing(version: DocumentVersion, order: str) -> list[Standing]:
    """Every discussion of a version that is shown, with the place of each and its neighbours; no words are read."""
    replies = Annotation.objects.filter(document=version.document_id, discussion__isnull=False).order_by()
    is_shown = Q(status=Status.PUBLISHED)
    counted = replies.values_list("discussion").annotate(
        every=Count("pk"), shown=Count("pk", filter=is_shown), last=Max("published_at", filter=is_shown)
    )
    told = {pk: (every, shown, last) for pk, every, shown, last in counted}
    names = ("annotation", "number", "block", "start", "end", "is_detached", "answer", "published_at", "status")
    rows = Anchor.objects.filter(version=version).order_by("annotation__number")
    found = []
    for row in rows.values_list(*(name if name in _OF_ANCHORS else f"annotation__{name}" for name in names)):
        pk, number, block, start, end, is_detached, answer, published_at, status = row
        every, shown, last = told.get(pk, (0, 0, None))
        if status != Status.WITHDRAWN or shown:
            moved_at = max(published_at, last or published_at)
            found.append(
                Standing(pk, number, block, start, end, is_detached, status == Status.PUBLISHED, bool(answer), moved_at, every)
            )
    return _in_order(found, version, order)


_OF_ANCHORS = ("annotation", "block", "start", "end", "is_detached")


def _in_order(standing: list[Standing], version: DocumentVersion, order: str) -> list[Standing]:
    if order == BY_DATE:
        standing.sort(key=lambda one: (-one.moved_at.timestamp(), one.number))
    else:
        ranks = {key: rank for rank, key in enumerate(texts_of(version.blocks))}
        standing.sort(key=lambda one: (one.is_detached, ranks.get(one.block, len(ranks)), *_place(one)))
    for rank, one in enumerate(standing):
        one.position = rank + 1
        one.before = standing[rank - 1].number if rank else None
        one.after = standing[rank + 1].number if rank + 1 < len(standing) else None
    return standing


def _place(one: Standing) -> tuple[bool, int, int, int]:
    """In a block: passages in the order of the text, then what is about the whole block."""
    return not one.end, one.start, one.end, one.number


def _told(version: DocumentVersion, standing: Sequence[Standing], ranks: tuple[int, int]) -> list[Discussion]:
    """These discussions with their words, and of each the replies of these ranks."""
    keys = [one.pk for one in standing]
    anchors = Anchor.objects.filter(version=version, annotation__in=keys).select_related(
        "annotation__author", "annotation__speaks_for", "annotation__answered_in"
    )
    by_key = {anchor.annotation_id: anchor for anchor in anchors}
    found = {one.pk: Discussion(by_key[one.pk].annotation, by_key[one.pk], one) for one in standing}
    in_turn = Window(RowNumber(), partition_by="discussion", order_by="number")
    some = Annotation.objects.filter(discussion__in=keys).annotate(rank=in_turn).filter(rank__range=ranks)
    for reply in _with_names(some).order_by("number"):
        found[reply.discussion_id or 0].replies.append(reply)
    return list(found.values())


def _with_names(annotations: QuerySet[Annotation]) -> QuerySet[Annotation]:
    return annotations.select_related("author", "speaks_for", "answered_in", "discussion", "document__process")


def unanswered_in(documents: Sequence[int]) -> dict[int, int]:
    """How many shown discussions have no answer, for each of these texts that has some; one query."""
    shown = Annotation.objects.filter(document__in=documents, discussion__isnull=True, status=Status.PUBLISHED, answer="")
    return dict(shown.order_by("document").values_list("document").annotate(count=Count("pk")))


def integrated_by_block(document: Document) -> dict[str, list[int]]:
    """The discussions that the next version says it integrates, by the block where each stands in the last one."""
    waiting = Annotation.objects.filter(answered_in=None, answer=Annotation.Answer.INTEGRATED, status=Status.PUBLISHED)
    anchors = Anchor.objects.filter(annotation__in=waiting, version=current_version(document), is_detached=False)
    found: dict[str, list[int]] = {}
    for block, number in anchors.order_by("annotation__number").values_list("block", "annotation__number"):
        found.setdefault(block, []).append(number)
    return found


def of_author(author_id: int) -> QuerySet[Annotation]:
    """Everything a person wrote under a text, the last first."""
    return _with_names(Annotation.objects.filter(author=author_id)).order_by("-published_at", "-pk")


def latest(document: Document, most: int) -> Sequence[Annotation]:
    """The last comments and replies that are shown."""
    shown = _with_names(Annotation.objects.filter(document=document, status=Status.PUBLISHED))
    return list(shown.order_by("-published_at", "-pk")[:most])
