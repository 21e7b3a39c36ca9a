"""What do pages ask of a commented text? Its version in force, its discussions in their place, what the next one integrates."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, F, Max, Q, QuerySet

from polyphonie.accounts.models import Account, Organisation
from polyphonie.annotations.anchoring import Passage, texts_of
from polyphonie.annotations.drawing import Mark
from polyphonie.annotations.models import Anchor, Annotation, Document, DocumentVersion

BY_PLACE, BY_DATE = "place", "date"
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


def take_part_in(discussion: Annotation) -> list[Annotation]:
    """What is shown of a discussion, in its order: its opening, then the replies."""
    rows = Annotation.objects.filter(Q(discussion=discussion) | Q(pk=discussion.pk), status=Status.PUBLISHED)
    return list(rows.select_related("author").order_by("number"))


def numbered(document: Document, number: int) -> Annotation:
    """The comment of this number, with all that its page prints; raises Annotation.DoesNotExist."""
    return _with_names(Annotation.objects.filter(document=document)).get(number=number)


def document_of(process: str, kind: str, slug: str) -> Document:
    """A text of a process that everyone may see; raises Document.DoesNotExist."""
    shown = Document.objects.select_related("process__log").filter(process__is_listed=True)
    return shown.get(process__slug=process, kind=kind, slug=slug)


@dataclass
class Discussion:
    """A discussion as it is printed: its opening, where it stands, its replies, and its place in the order asked."""

    opening: Annotation
    anchor: Anchor
    replies: list[Annotation] = field(default_factory=list)
    position: int = 0
    before: int | None = None
    after: int | None = None

    @property
    def number(self) -> int:
        return self.opening.number

    @property
    def is_detached(self) -> bool:
        return self.anchor.is_detached

    @property
    def passage(self) -> str:
        """The words it is about, a quotation shown by three dots; empty for a whole block."""
        return self.anchor.exact.replace("\ufffc", "…")

    @property
    def moved_at(self) -> datetime:
        """When something was last said in it."""
        return max([self.opening.published_at, *(one.published_at for one in self.replies if one.is_visible)])


@dataclass(frozen=True)
class Panel:
    """The discussions of a version in one order, and those that lost their passage, which come last."""

    version: DocumentVersion
    order: str
    discussions: tuple[Discussion, ...]

    @property
    def total(self) -> int:
        return len(self.discussions)

    @property
    def attached(self) -> list[Discussion]:
        return [one for one in self.discussions if not one.is_detached]

    @property
    def detached(self) -> list[Discussion]:
        return [one for one in self.discussions if one.is_detached]

    def numbered(self, number: int) -> Discussion | None:
        return next((one for one in self.discussions if one.number == number), None)

    def marks(self, block: str) -> list[Mark]:
        """What `drawing.drawn_block` marks in a block."""
        here = (one for one in self.attached if one.anchor.block == block)
        return [Mark(one.number, one.anchor.start, one.anchor.end) for one in here]


def panel_of(version: DocumentVersion, order: str = BY_PLACE) -> Panel:
    """Every discussion of a version: two queries. One whose author took it back stays only for the replies to it."""
    anchors = Anchor.objects.filter(version=version).select_related(
        "annotation__author", "annotation__speaks_for", "annotation__answered_in"
    )
    found = {anchor.annotation_id: Discussion(anchor.annotation, anchor) for anchor in anchors}
    for reply in _with_names(Annotation.objects.filter(discussion__in=list(found))).order_by("number"):
        found[reply.discussion_id or 0].replies.append(reply)
    shown = [one for one in found.values() if one.opening.status != Status.WITHDRAWN or _has_replies(one)]
    return Panel(version, order, tuple(_in_order(shown, version, order)))


def _has_replies(discussion: Discussion) -> bool:
    return any(reply.is_visible for reply in discussion.replies)


def _in_order(discussions: list[Discussion], version: DocumentVersion, order: str) -> list[Discussion]:
    """Sorted, with the place of each and its neighbours."""
    if order == BY_DATE:
        discussions.sort(key=lambda one: (-one.moved_at.timestamp(), one.number))
    else:
        ranks = {key: rank for rank, key in enumerate(texts_of(version.blocks))}
        discussions.sort(key=lambda one: (one.is_detached, ranks.get(one.anchor.block, len(ranks)), *_place(one)))
    for rank, one in enumerate(discussions):
        one.position = rank + 1
        one.before = discussions[rank - 1].number if rank else None
        one.after = discussions[rank + 1].number if rank + 1 < len(discussions) else None
    return discussions


def _place(discussion: Discussion) -> tuple[bool, int, int, int]:
    """In a block: passages in the order of the text, then what is about the whole block."""
    anchor = discussion.anchor
    return not anchor.end, anchor.start, anchor.end, discussion.number


def _with_names(annotations: QuerySet[Annotation]) -> QuerySet[Annotation]:
    return annotations.select_related("author", "speaks_for", "answered_in", "discussion", "document__process")


def to_answer(version: DocumentVersion) -> list[Discussion]:
    """What rapporteurs answer: the discussions that are shown, those without an answer first, in the order of the text."""
    shown = [one for one in panel_of(version).discussions if one.opening.is_visible]
    return sorted(shown, key=lambda one: bool(one.opening.answer))


@dataclass(frozen=True)
class Counts:
    """How many discussions a text has, and how many have their answer."""

    discussions: int
    answered: int


def counts_of(document: Document) -> Counts:
    """What is shown of a text's discussions; one query."""
    shown = Annotation.objects.filter(document=document, discussion=None, status=Status.PUBLISHED)
    counted = shown.aggregate(all=Count("pk"), answered=Count("pk", filter=~Q(answer="")))
    return Counts(counted["all"], counted["answered"])


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
