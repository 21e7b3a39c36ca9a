"""What is a synthesis made of? Topics, statements and their citations; what was read; versions as they were published."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from polyphonie.accounts.models import Account
from polyphonie.annotations.models import Document, DocumentVersion
from polyphonie.contributions.models import Contribution
from polyphonie.processes.models import Consultation


class ColumnKind(models.TextChoices):
    """What the statements of a column claim."""

    AGREEMENT = "agreement", _("Points of agreement")
    DISAGREEMENT = "disagreement", _("Points of disagreement")
    CONTROVERSY = "controversy", _("Controversies")
    ACTION_LEAD = "action_lead", _("Action leads")


class Qualifier(models.TextChoices):
    """How a sentence cites: plainly, as what someone asserts, or as further reading."""

    PLAIN = "plain", _("plainly")
    PER = "per", _("according to")
    SEE_ALSO = "see_also", _("see also")


class Synthesis(models.Model):
    """The synthesis of one consultation; its desk opens with the consultation, only its publication waits for the closing."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Being written")
        REVIEWED = "reviewed", _("Read by a second person")
        PUBLISHED = "published", _("Published, open to comments")
        FINAL = "final", _("Final")

    consultation = models.OneToOneField(Consultation, on_delete=models.CASCADE, related_name="+")
    document = models.OneToOneField(Document, on_delete=models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    introduction = models.TextField(blank=True)
    columns = models.JSONField(default=list, help_text='in order: [{"kind": …, "label": …}]; empty for the four kinds')
    edition = models.PositiveIntegerField(default=1, help_text="counts the changes of its frame")
    reading_asked_at = models.DateTimeField(null=True, help_text="a second person was asked to read it, and has not yet")
    reading_asked_by = models.CharField(max_length=40, blank=True, help_text="role and number")

    class Meta:
        ordering = ["consultation"]

    def __str__(self) -> str:
        return str(self.consultation)

    @property
    def comments_close_at(self) -> datetime | None:
        """The first instant at which its comments are refused, once it is published."""
        return None if self.document is None else self.document.closes_at


class Writer(models.Model):
    """Someone who wrote in the draft, by role and number, even if nothing of it is left: they are not its second reader."""

    synthesis = models.ForeignKey(Synthesis, on_delete=models.CASCADE, related_name="writers")
    actor = models.CharField(max_length=40, help_text="role and number")

    class Meta:
        ordering = ["actor"]
        constraints = [models.UniqueConstraint(fields=["synthesis", "actor"], name="a_writer_is_named_once")]

    def __str__(self) -> str:
        return self.actor


class Topic(models.Model):
    """A row of the synthesis, and what contributions are sorted under while reading; its key outlives its label."""

    synthesis = models.ForeignKey(Synthesis, on_delete=models.CASCADE, related_name="topics")
    key = models.CharField(max_length=12)
    rank = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=200)

    class Meta:
        ordering = ["rank", "pk"]
        constraints = [models.UniqueConstraint(fields=["synthesis", "key"], name="topic_keys_are_unique")]

    def __str__(self) -> str:
        return self.label


class Statement(models.Model):
    """One claim with its citations, or a linking sentence that claims nothing. `text` is in the stored form of `wording`."""

    class Position(models.TextChoices):
        A = "a", _("Position A")
        B = "b", _("Position B")

    synthesis = models.ForeignKey(Synthesis, on_delete=models.CASCADE, related_name="statements")
    key = models.CharField(max_length=12, help_text="kept from version to version")
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, null=True, related_name="statements")
    column = models.CharField(max_length=16, choices=ColumnKind.choices)
    position = models.CharField(max_length=1, choices=Position.choices, blank=True, help_text="of a controversy: A or B, neutral")
    rank = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    is_linking = models.BooleanField(default=False)
    evidence = models.JSONField(
        default=dict, help_text="what its checks found in the cited texts when it was saved: `checks.evidence`"
    )
    edition = models.PositiveIntegerField(default=1, help_text="counts its changes: whoever saves names the one they read")
    edited_by = models.CharField(max_length=40, blank=True, help_text="role and number")
    edited_at = models.DateTimeField()

    class Meta:
        ordering = ["rank", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["synthesis", "key"], name="statement_keys_are_unique"),
            models.CheckConstraint(condition=Q(position="") | Q(column="controversy"), name="only_a_controversy_has_positions"),
        ]

    def __str__(self) -> str:
        return self.key


class PastStatement(models.Model):
    """What a statement said before it was changed or removed, so that nothing is lost; its quotations are references too."""

    synthesis = models.ForeignKey(Synthesis, on_delete=models.CASCADE, related_name="past_statements")
    key = models.CharField(max_length=12)
    edition = models.PositiveIntegerField()
    topic = models.CharField(max_length=12, blank=True, help_text="its key")
    column = models.CharField(max_length=16, choices=ColumnKind.choices)
    position = models.CharField(max_length=1, choices=Statement.Position.choices, blank=True)
    is_linking = models.BooleanField(default=False)
    text = models.TextField(blank=True)
    citations = models.JSONField(default=list, help_text="in the shape of `content`")
    is_removed = models.BooleanField(default=False, help_text="it was removed in this state")
    edited_by = models.CharField(max_length=40, blank=True, help_text="role and number")
    edited_at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["synthesis", "key", "-edition"])]

    def __str__(self) -> str:
        return f"{self.key} {self.edition}"


class Spanned(models.Model):
    """What quotes: a contribution as it stood in a revision, and, where words are taken, characters `[start, end)` of a field."""

    class Field(models.TextChoices):
        TITLE = "title", _("title")
        BODY = "body", _("text")

    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="+")
    revision = models.PositiveIntegerField()
    field = models.CharField(max_length=8, choices=Field.choices, blank=True, help_text="empty when no words are quoted")
    start = models.PositiveIntegerField(null=True)
    end = models.PositiveIntegerField(null=True)

    class Meta:
        abstract = True

    @property
    def is_quotation(self) -> bool:
        return self.start is not None


SPANNED = Q(field="", start__isnull=True, end__isnull=True) | Q(field__in=["title", "body"], start__lt=F("end"))
"""Either no words are quoted, or a field and a span that is not empty."""


class Citation(Spanned):
    """What a statement being written rests on, in the order of its text; a quotation keeps no words, only where they are."""

    statement = models.ForeignKey(Statement, on_delete=models.CASCADE, related_name="citations")
    rank = models.PositiveSmallIntegerField()
    qualifier = models.CharField(max_length=8, choices=Qualifier.choices, default=Qualifier.PLAIN)
    is_repaired = models.BooleanField(default=False, help_text="the quoted words differed a little: the real ones stand")

    class Meta:
        ordering = ["statement", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["statement", "rank"], name="citations_are_in_order"),
            models.CheckConstraint(condition=SPANNED, name="a_citation_quotes_a_span_or_nothing"),
        ]

    def __str__(self) -> str:
        return f"{self.statement} → {self.contribution}"


class KeptPassage(Spanned):
    """A passage a rapporteur kept while reading, to quote it later."""

    synthesis = models.ForeignKey(Synthesis, on_delete=models.CASCADE, related_name="kept_passages")
    kept_by = models.CharField(max_length=40, help_text="role and number")
    kept_at = models.DateTimeField()

    class Meta:
        ordering = ["contribution", "pk"]
        constraints = [models.CheckConstraint(condition=SPANNED & Q(start__isnull=False), name="a_passage_is_a_span")]

    def __str__(self) -> str:
        return f"{self.contribution} {self.start}-{self.end}"


class Reading(models.Model):
    """A contribution read and sorted, for all rapporteurs: in which revision, under which topic, said already by which."""

    synthesis = models.ForeignKey(Synthesis, on_delete=models.CASCADE, related_name="readings")
    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="+")
    revision = models.PositiveIntegerField()
    replies = models.PositiveIntegerField(default=0, help_text="arguments, sources and completions it had then")
    topic = models.ForeignKey(Topic, on_delete=models.SET_NULL, null=True, related_name="+")
    same_as = models.ForeignKey(Contribution, on_delete=models.SET_NULL, null=True, related_name="+")
    read_by = models.CharField(max_length=40, help_text="role and number")
    read_at = models.DateTimeField()

    class Meta:
        ordering = ["contribution"]
        constraints = [models.UniqueConstraint(fields=["synthesis", "contribution"], name="a_contribution_is_read_once")]

    def __str__(self) -> str:
        return f"{self.contribution} r{self.revision}"


class PrivateNote(models.Model):
    """What a rapporteur notes for themselves beside a contribution; nobody else reads it."""

    synthesis = models.ForeignKey(Synthesis, on_delete=models.CASCADE, related_name="+")
    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    body = models.TextField()

    class Meta:
        ordering = ["contribution"]
        constraints = [models.UniqueConstraint(fields=["account", "contribution"], name="one_private_note_each")]

    def __str__(self) -> str:
        return f"{self.contribution}"


class DeskVisit(models.Model):
    """Since when a rapporteur has seen everything at the desk: what came or changed after it is shown first.

    A visit lasts while one act follows another within `VISIT`; at the next one, `seen_at` becomes the last act of the one before.
    """

    synthesis = models.ForeignKey(Synthesis, on_delete=models.CASCADE, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()
    last_at = models.DateTimeField(help_text="last act of the present visit")
    at_number = models.PositiveBigIntegerField(null=True, help_text="where the reading stopped")

    class Meta:
        ordering = ["synthesis", "account"]
        constraints = [models.UniqueConstraint(fields=["synthesis", "account"], name="one_place_each_at_the_desk")]

    def __str__(self) -> str:
        return f"{self.synthesis} {self.seen_at}"


class SettledDoubt(models.Model):
    """Amber marks of one kind settled together, with one reason, by a named role: a line of the public trail."""

    synthesis = models.ForeignKey(Synthesis, on_delete=models.CASCADE, related_name="settled_doubts")
    check_name = models.CharField(max_length=8, help_text="V2 to V7")
    marks = models.JSONField(help_text='what was settled: [{"statement": key, "mark": words}]')
    reason = models.TextField()
    settled_by = models.CharField(max_length=40, help_text="role and number")
    settled_at = models.DateTimeField()

    class Meta:
        ordering = ["settled_at", "pk"]

    def __str__(self) -> str:
        return f"{self.check_name} {self.reason}"


class UncitedReason(models.Model):
    """Why a contribution is not cited, as it will be published: its first fate, written on it when the synthesis appears."""

    synthesis = models.ForeignKey(Synthesis, on_delete=models.CASCADE, related_name="uncited_reasons")
    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="+")
    fate = models.CharField(max_length=24)
    reason = models.TextField()
    given_by = models.CharField(max_length=40, help_text="role and number")
    given_at = models.DateTimeField()

    class Meta:
        ordering = ["contribution"]
        constraints = [models.UniqueConstraint(fields=["synthesis", "contribution"], name="one_reason_for_each_uncited")]

    def __str__(self) -> str:
        return f"{self.contribution} {self.fate}"


class Review(models.Model):
    """A second person's reading: of which content exactly, and what they answered to the neutrality checklist."""

    synthesis = models.ForeignKey(Synthesis, on_delete=models.CASCADE, related_name="reviews")
    account = models.ForeignKey(Account, on_delete=models.SET_NULL, null=True, related_name="+")
    reviewer = models.CharField(max_length=40, help_text="role and number")
    body = models.CharField(max_length=200, blank=True, help_text="another public body they belong to")
    content_hash = models.BinaryField(max_length=32)
    checklist = models.JSONField(help_text="question key → true, false or words")
    remarks = models.TextField(blank=True)
    is_favourable = models.BooleanField()
    reviewed_at = models.DateTimeField()

    class Meta:
        ordering = ["reviewed_at", "pk"]

    def __str__(self) -> str:
        return f"{self.reviewer} {self.reviewed_at}"


class Measure(models.Model):
    """What the last background job found for the text being written: near-duplicates among the proposals (`nearness`), topics to
    suggest (`topics`), phrases to name those that stand (`phrases`), or what voters find of theirs (`representation`, once the
    consultation is closed)."""

    class Kind(models.TextChoices):
        NEARNESS = "nearness", _("near-duplicates")
        REPRESENTATION = "representation", _("what voters find of theirs")
        TOPICS = "topics", _("topics, key phrases and extracts")
        PHRASES = "phrases", _("key phrases of the topics that stand")

    synthesis = models.ForeignKey(Synthesis, on_delete=models.CASCADE, related_name="measures")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    basis = models.CharField(max_length=64, help_text="hash of what it was computed from: the same, and nothing is computed")
    result = models.JSONField(default=dict, help_text="empty when the computation failed")
    read_at = models.DateTimeField(help_text="when what it tells was last seen to be so")

    class Meta:
        ordering = ["synthesis", "kind"]
        constraints = [models.UniqueConstraint(fields=["synthesis", "kind"], name="one_last_measure_of_each_kind")]

    def __str__(self) -> str:
        return f"{self.synthesis} {self.kind}"


class SynthesisVersion(models.Model):
    """A published state of the synthesis: content (its shape is in `content.py`), coverage, the leaf that commits to both."""

    synthesis = models.ForeignKey(Synthesis, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    content_hash = models.BinaryField(max_length=32)
    coverage = models.JSONField(default=dict)
    representation = models.JSONField(
        default=dict, help_text="what voters find of theirs in it, computed once by the job: empty until then"
    )
    changes = models.JSONField(
        default=list, help_text='since the version before: [{"statement": key, "change": …, "because": [annotation numbers]}]'
    )
    document_version = models.OneToOneField(DocumentVersion, on_delete=models.CASCADE, related_name="+")
    published_by = models.CharField(max_length=40, help_text="role and number")
    published_at = models.DateTimeField()
    told_up_to = models.BigIntegerField(null=True, default=0, help_text="the last account told of it; empty once all were")
    leaf_hash = models.BinaryField(max_length=32)

    class Meta:
        ordering = ["synthesis", "number"]
        constraints = [models.UniqueConstraint(fields=["synthesis", "number"], name="synthesis_version_numbers_are_unique")]

    def __str__(self) -> str:
        return f"{self.synthesis} v{self.number}"


class PublishedCitation(Spanned):
    """A citation of a published version: what the page of a contribution asks to say where it is cited."""

    version = models.ForeignKey(SynthesisVersion, on_delete=models.CASCADE, related_name="citations")
    statement = models.CharField(max_length=12, help_text="its key")
    rank = models.PositiveSmallIntegerField()
    qualifier = models.CharField(max_length=8, choices=Qualifier.choices, default=Qualifier.PLAIN)

    class Meta:
        ordering = ["version", "statement", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["version", "statement", "rank"], name="published_citations_are_in_order"),
            models.CheckConstraint(condition=SPANNED, name="a_published_citation_quotes_a_span_or_nothing"),
        ]
        indexes = [models.Index(fields=["contribution", "version"])]

    def __str__(self) -> str:
        return f"{self.version} {self.statement} → {self.contribution}"
