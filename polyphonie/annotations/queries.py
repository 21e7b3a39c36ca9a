"""What do pages ask of a commented text? Its version in force, where its discussions stand, what changed between versions."""

from django.db.models import Max

from polyphonie.annotations.models import Anchor, Annotation, Document, DocumentVersion


def current_version(document: Document) -> DocumentVersion | None:
    """The last published version; None before the first."""
    return DocumentVersion.objects.filter(document=document).order_by("-number").first()


def last_places(document: Document) -> list[Anchor]:
    """Where each discussion stood last: in the newest version where it was not detached."""
    standing = Anchor.objects.filter(annotation__document=document, is_detached=False)
    newest = dict(standing.order_by().values_list("annotation").annotate(Max("version__number")))
    anchors = standing.select_related("version").order_by("annotation__number")
    return [anchor for anchor in anchors if newest[anchor.annotation_id] == anchor.version.number]


def take_part_in(discussion: Annotation) -> list[Annotation]:
    """What is shown of a discussion, in its order: its opening, then the replies."""
    rows = Annotation.objects.filter(discussion=discussion) | Annotation.objects.filter(pk=discussion.pk)
    shown = rows.filter(status=Annotation.Status.PUBLISHED).select_related("author")
    return list(shown.order_by("number"))
