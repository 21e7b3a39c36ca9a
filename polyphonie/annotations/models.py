"""What is an annotated text made of? Documents, their versions in blocks, discussions and where each stands in a version."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from polyphonie.accounts.models import Account, Organisation
from polyphonie.processes.models import Process

QUOTATION = "\ufffc"
"""Stands in a block for the words of a quotation: they belong to their contribution, and go with it."""


class Document(models.Model):
    """A long text that the public may comment on between two instants; `closes_at` is the first refused one."""

    class Kind(models.TextChoices):
        SYNTHESIS = "synthesis", _("Synthesis")

    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    slug = models.SlugField(max_length=80)
    title = models.CharField(max_length=250)
    opens_at = models.DateTimeField(null=True)
    closes_at = models.DateTimeField(null=True)
    final_at = models.DateTimeField(null=True, help_text="its answers do not change any more")
    last_number = models.PositiveIntegerField(default=0, help_text="of its annotations")

    class Meta:
        ordering = ["process", "slug"]
        constraints = [
            models.UniqueConstraint(fields=["process", "slug"], name="a_document_has_one_name"),
            models.CheckConstraint(
                condition=Q(opens_at__isnull=True) | Q(closes_at__isnull=True) | Q(opens_at__lt=F("closes_at")),
                name="comments_close_after_they_open",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class DocumentVersion(models.Model):
    """A published state of the text: blocks in order, `[{"key": …, "text": …}]`, plain text with `QUOTATION` for each quotation.

    A block keeps its key from version to version.
    """

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    blocks = models.JSONField()
    published_at = models.DateTimeField()

    class Meta:
        ordering = ["document", "number"]
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="document_version_numbers_are_unique")]

    def __str__(self) -> str:
        return f"{self.document} v{self.number}"


class Annotation(models.Model):
    """A comment on a passage, or a reply in its discussion; the first of a discussion carries its anchor and its answer."""

    class Status(models.TextChoices):
        PUBLISHED = "published", _("Published")
        WITHDRAWN = "withdrawn", _("Withdrawn by its author")
        HIDDEN = "hidden", _("Hidden by moderation")
        REMOVED = "removed", _("Removed by moderation")

    class Answer(models.TextChoices):
        INTEGRATED = "integrated", _("Integrated")
        NOTED = "noted", _("Noted")
        DECLINED = "declined", _("Declined")

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="annotations")
    number = models.PositiveIntegerField(help_text="in its document, never reused")
    discussion = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="replies")
    written_on = models.ForeignKey(
        DocumentVersion, on_delete=models.CASCADE, related_name="+", help_text="the version then in force"
    )
    title = models.CharField(max_length=200, blank=True)
    body = models.TextField()
    author = models.ForeignKey(Account, on_delete=models.SET_NULL, null=True, related_name="+")
    speaks_for = models.ForeignKey(Organisation, on_delete=models.SET_NULL, null=True, related_name="+")
    author_name = models.CharField(max_length=160, blank=True, help_text="as it was printed at publication")
    hidden_author_name = models.CharField(max_length=160, blank=True, help_text="what `author_name` was before it was hidden")
    published_at = models.DateTimeField()
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.PUBLISHED)
    status_ground = models.CharField(max_length=40, blank=True)
    status_since = models.DateTimeField(null=True)
    masked_on = models.DateField(null=True, help_text="the day a passage of it was masked; empty once it is given back")
    answer = models.CharField(max_length=12, choices=Answer.choices, blank=True)
    answer_reason = models.TextField(blank=True)
    answered_by = models.CharField(max_length=40, blank=True, help_text="role and number")
    answered_at = models.DateTimeField(null=True)
    answered_in = models.ForeignKey(
        DocumentVersion, on_delete=models.SET_NULL, null=True, related_name="+", help_text="the version that answers it"
    )
    salt = models.BinaryField(max_length=32, null=True, help_text="erasing destroys it with the words")
    author_salt = models.BinaryField(max_length=32, null=True)
    leaf_hash = models.BinaryField(max_length=32)

    class Meta:
        ordering = ["document", "number"]
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="annotation_numbers_are_unique"),
            models.CheckConstraint(
                condition=Q(discussion__isnull=True) | Q(title="", answer=""), name="only_a_discussion_has_title_and_answer"
            ),
        ]
        indexes = [models.Index(fields=["discussion", "number"])]

    def __str__(self) -> str:
        return f"{self.document} {self.number}"

    @property
    def is_visible(self) -> bool:
        return self.status == self.Status.PUBLISHED

    @property
    def is_discussion(self) -> bool:
        """Whether it opens a discussion, rather than replies in one."""
        return self.discussion_id is None

    @property
    def opening(self) -> "Annotation":
        """The first of its discussion: itself, or the one it replies to."""
        return self if self.discussion is None else self.discussion

    @property
    def passage(self) -> str:
        """The words it was written about, a quotation shown by three dots; empty for a whole paragraph, or a reply."""
        first = self.anchors.filter(version=self.written_on_id).first()
        return "" if first is None else first.exact.replace(QUOTATION, "…")

    @property
    def object_name(self) -> str:
        """How leaves and files name it."""
        return f"annotation/{self.document.slug}/{self.number}"


class Anchor(models.Model):
    """Where a discussion stands in one version: characters `[start, end)` of a block, with its quote and what is around it.

    `[0, 0)` is the whole block. A detached one keeps the place it had last.
    """

    annotation = models.ForeignKey(Annotation, on_delete=models.CASCADE, related_name="anchors")
    version = models.ForeignKey(DocumentVersion, on_delete=models.CASCADE, related_name="+")
    block = models.CharField(max_length=40, blank=True, help_text="its key")
    start = models.PositiveIntegerField(default=0)
    end = models.PositiveIntegerField(default=0)
    exact = models.TextField(blank=True)
    prefix = models.CharField(max_length=64, blank=True)
    suffix = models.CharField(max_length=64, blank=True)
    is_detached = models.BooleanField(default=False)

    class Meta:
        ordering = ["version", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["annotation", "version"], name="a_discussion_stands_once_in_a_version"),
            models.CheckConstraint(condition=Q(start__lte=F("end")), name="an_anchor_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return f"{self.annotation} v{self.version_id}"


class SearchText(models.Model):
    """The stems (`opinion.texts.french`) under which a passage of the last version, or a comment that is shown, is found.

    SQLite mirrors this table in an FTS5 one by triggers, PostgreSQL in a generated tsvector column (migration 0002).
    """

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="+")
    annotation = models.OneToOneField(Annotation, on_delete=models.CASCADE, null=True, related_name="+")
    block = models.CharField(
        max_length=40, blank=True, help_text="its key; empty for what introduces the text, and for a comment"
    )
    rank = models.PositiveIntegerField(help_text="place of a passage in the text, number of a comment")
    words = models.TextField(blank=True, help_text="of a passage, three dots for a quotation")
    stems = models.TextField()

    class Meta:
        ordering = ["document", "rank"]

    def __str__(self) -> str:
        return f"{self.document_id} {self.rank}"
