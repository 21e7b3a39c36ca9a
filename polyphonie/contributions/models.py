"""What is a voice? One table for proposals, arguments, sources and completions, and the revisions of each."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from polyphonie.accounts.models import Account, Organisation
from polyphonie.processes.models import Consultation, Process


class Kind(models.TextChoices):
    PROPOSAL = "proposal", _("Proposal")
    ARGUMENT = "argument", _("Argument")
    SOURCE = "source", _("Source")
    COMPLETION = "completion", _("Completion")


class Nature(models.TextChoices):
    DIAGNOSIS = "diagnosis", _("Diagnosis")
    SOLUTION = "solution", _("Solution")


class Side(models.TextChoices):
    FOR = "for", _("For")
    AGAINST = "against", _("Against")


class Status(models.TextChoices):
    SUBMITTED = "submitted", _("Waiting for review")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn by its author")
    HIDDEN = "hidden", _("Hidden")
    REMOVED = "removed", _("Removed")
    ERASED = "erased", _("Erased")
    TEXT_UNAVAILABLE = "text_unavailable", _("Text unavailable")


class Origin(models.TextChoices):
    WEB = "web", _("On the site")
    WORKSHOP = "workshop", _("In a workshop")
    BOOTH = "booth", _("At a booth")
    PAPER = "paper", _("On paper")
    MAIL = "mail", _("By mail")
    PUBLIC_DEBATE = "public_debate", _("From the public debate")
    IMPORT = "import", _("Imported")


class SourceCategory(models.TextChoices):
    STUDY = "study", _("Study or report")
    LAW = "law", _("Law or regulation")
    PRESS = "press", _("Press")
    FIGURES = "data", _("Figures")
    EXPERIENCE = "experience", _("Experience elsewhere")
    OTHER = "other", _("Other")


class Outcome(models.TextChoices):
    """What became of a contribution; each with a reason."""

    RETAINED = "retained", _("Retained")
    PARTLY = "partly", _("Partly retained")
    MERGED = "merged", _("Joined to others")
    NOT_RETAINED = "not_retained", _("Not retained")
    OUT_OF_SCOPE = "out_of_scope", _("Out of scope")


UNDRAWN = 2**62
"""The place in the draw of a text that no draw has seen yet: after the others."""

NOT_RANKED = -1
"""The key of a text with too few votes for an order: after those it ranks."""


class Contribution(models.Model):
    """A numbered voice. Its counters are those of the last published batch, always equal to a recount."""

    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="+")
    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    nature = models.CharField(max_length=12, choices=Nature.choices, blank=True)
    section = models.CharField(max_length=300, blank=True)
    about = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="replies")
    about_kind = models.CharField(max_length=12, choices=Kind.choices, blank=True)
    side = models.CharField(max_length=8, choices=Side.choices, blank=True)
    title = models.CharField(max_length=300, blank=True)
    body = models.TextField(blank=True)
    url = models.CharField(max_length=1000, blank=True)
    category = models.CharField(max_length=12, choices=SourceCategory.choices, blank=True)
    author = models.ForeignKey(Account, on_delete=models.SET_NULL, null=True, related_name="+")
    speaks_for = models.ForeignKey(Organisation, on_delete=models.SET_NULL, null=True, related_name="+")
    author_name = models.CharField(max_length=160, blank=True, help_text="as it was printed at publication")
    hidden_author_name = models.CharField(max_length=160, blank=True, help_text="what `author_name` was before it was hidden")
    author_kind = models.CharField(max_length=24, blank=True)
    was_verified = models.BooleanField(default=False, help_text="as the source says of its organisation, in a copy")
    origin = models.CharField(max_length=16, choices=Origin.choices, default=Origin.WEB)
    origin_note = models.CharField(max_length=300, blank=True)
    origin_address = models.CharField(max_length=500, blank=True)
    published_at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=1)
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.PUBLISHED)
    status_ground = models.CharField(max_length=40, blank=True)
    status_since = models.DateTimeField(null=True)
    accepted_on = models.DateField(null=True, help_text="a completion that the author of the proposal accepted")
    fate = models.CharField(max_length=24, blank=True)
    fate_reason = models.TextField(blank=True)
    fate_address = models.CharField(max_length=300, blank=True)
    agree = models.PositiveIntegerField(default=0)
    mixed = models.PositiveIntegerField(default=0)
    disagree = models.PositiveIntegerField(default=0)
    imported_agree = models.PositiveIntegerField(default=0)
    imported_mixed = models.PositiveIntegerField(default=0)
    imported_disagree = models.PositiveIntegerField(default=0)
    declared_votes = models.PositiveIntegerField(null=True, help_text="a count the source states without its rows")
    arguments_for = models.PositiveIntegerField(default=0)
    arguments_against = models.PositiveIntegerField(default=0)
    sources = models.PositiveIntegerField(default=0)
    completions = models.PositiveIntegerField(default=0)
    order_voters = models.PositiveIntegerField(default=0, help_text="keys of the list orders: consultation.listing")
    order_draw = models.BigIntegerField(default=UNDRAWN)
    order_supported = models.PositiveIntegerField(default=0)
    order_divisive = models.IntegerField(default=NOT_RANKED)
    source_id = models.CharField(max_length=200, blank=True, help_text="its identifier in the import it comes from")

    class Meta:
        ordering = ["process", "number"]
        constraints = [
            models.UniqueConstraint(fields=["process", "number"], name="a_number_names_one_voice_for_ever"),
            models.CheckConstraint(
                name="each_kind_has_its_shape",
                condition=(
                    Q(kind="proposal", about__isnull=True, about_kind="", side="", url="", category="")
                    | Q(
                        kind="argument",
                        about__isnull=False,
                        side__in=["for", "against"],
                        nature="",
                        url="",
                        category="",
                        about_kind__in=["proposal", "completion"],
                    )
                    | Q(
                        kind="source",
                        about__isnull=False,
                        side="",
                        nature="",
                        about_kind__in=["proposal", "argument", "completion"],
                    )
                    | Q(
                        kind="completion",
                        about__isnull=False,
                        about_kind="proposal",
                        side="",
                        nature="",
                        url="",
                        category="",
                    )
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["consultation", "kind", "status", "number"]),
            models.Index(fields=["consultation", "kind", "status", "order_voters", "order_draw", "number"]),
            models.Index(fields=["consultation", "kind", "status", "-order_supported", "number"]),
            models.Index(fields=["consultation", "kind", "status", "-order_divisive", "number"]),
            models.Index(
                "consultation",
                "kind",
                "status",
                (F("arguments_for") + F("arguments_against")).desc(),
                "number",
                name="contribution_argued",
            ),
            models.Index(fields=["about", "kind", "side", "number"]),
            models.Index(fields=["author", "number"]),
            models.Index(fields=["speaks_for", "number"]),
        ]

    def __str__(self) -> str:
        return f"#{self.number}"

    @property
    def is_votable(self) -> bool:
        return self.kind in (Kind.PROPOSAL, Kind.COMPLETION)

    @property
    def is_visible(self) -> bool:
        return self.status == Status.PUBLISHED

    @property
    def is_verified(self) -> bool:
        """Whether it was said for an organisation whose identity was checked; gives no weight."""
        return self.was_verified or (self.speaks_for is not None and self.speaks_for.verified_on is not None)

    @property
    def votes(self) -> int:
        return self.agree + self.mixed + self.disagree

    @property
    def imported_votes(self) -> int:
        return self.imported_agree + self.imported_mixed + self.imported_disagree


class Revision(models.Model):
    """One public state of a text, with the salts of its two commitments; erasing destroys text and salt."""

    class Reason(models.TextChoices):
        AUTHOR = "author", _("By its author")
        TYPOGRAPHIC = "typographic", _("Typographic, by a moderator")
        MASKED = "masked", _("Passage masked by a moderator")
        UNMASKED = "unmasked", _("Masked passage given back")
        MOVED = "moved", _("Moved to another consultation by a moderator")

    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    reason = models.CharField(max_length=12, choices=Reason.choices, default=Reason.AUTHOR)
    title = models.CharField(max_length=300, blank=True)
    body = models.TextField(blank=True)
    url = models.CharField(max_length=1000, blank=True)
    category = models.CharField(max_length=12, blank=True)
    stood_in = models.CharField(max_length=80, blank=True, help_text="the word of its consultation, once the text left it")
    published_at = models.DateTimeField()
    salt = models.BinaryField(max_length=32, null=True)
    author_salt = models.BinaryField(max_length=32, null=True)
    leaf_hash = models.BinaryField(max_length=32)
    agree = models.PositiveIntegerField(default=0)
    mixed = models.PositiveIntegerField(default=0)
    disagree = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["contribution", "number"]
        constraints = [models.UniqueConstraint(fields=["contribution", "number"], name="revision_numbers_are_unique")]

    def __str__(self) -> str:
        return f"{self.contribution} r{self.number}"

    @property
    def is_readable(self) -> bool:
        """Whether its words are still there: those of a revision that was erased or masked are not."""
        return self.salt is not None


class Fate(models.Model):
    """What was decided about a voice, with its reason: one row each time it changes. The last is copied on the voice."""

    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="fates")
    number = models.PositiveIntegerField(help_text="of the decision, from 1")
    fate = models.CharField(max_length=24)
    reason = models.TextField()
    address = models.CharField(max_length=300, blank=True, help_text="where it was decided")
    decided_by = models.CharField(max_length=40, help_text="role and number")
    decided_at = models.DateTimeField()
    salt = models.BinaryField(max_length=32)
    leaf_hash = models.BinaryField(max_length=32)

    class Meta:
        ordering = ["contribution", "number"]
        constraints = [models.UniqueConstraint(fields=["contribution", "number"], name="fates_are_numbered")]

    def __str__(self) -> str:
        return f"{self.contribution} {self.fate}"


class SearchText(models.Model):
    """The stems under which a visible voice is found (`opinion.texts.french`): those of its title, and those of title and text.

    SQLite mirrors this table in an FTS5 one by triggers, PostgreSQL in a generated tsvector column (migration 0002).
    """

    contribution = models.OneToOneField(Contribution, on_delete=models.CASCADE, primary_key=True, related_name="+")
    title = models.TextField()
    text = models.TextField()

    def __str__(self) -> str:
        return f"{self.contribution_id}"
