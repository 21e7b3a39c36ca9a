"""What is a concertation made of? A referral, a process, themes, consultations with their calendar, roles, progress points."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from polyphonie.accounts.models import Account
from polyphonie.ledger.models import Log


class Process(models.Model):
    """A concertation: from the letter that asks for it to what comes out of it."""

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=200)
    tagline = models.CharField(max_length=300, blank=True)
    introduction = models.TextField(blank=True)
    hashtag = models.CharField(max_length=60, blank=True)
    initiative = models.CharField(max_length=200, blank=True, help_text="in full words, when no letter asked for it")
    organiser = models.CharField(max_length=200)
    licence = models.CharField(max_length=80, default="Licence Ouverte 2.0")
    charter = models.TextField(blank=True)
    who_decides = models.TextField(blank=True)
    what_becomes = models.TextField(blank=True)
    feedback_due_on = models.DateField(null=True, blank=True)
    feedback_given_on = models.DateField(null=True, blank=True)
    legal_basis = models.TextField(blank=True)
    asks_consent = models.BooleanField(default=True, help_text="the legal basis is explicit consent, asked of each person once")
    synthesis_planned = models.TextField(blank=True)
    appeal_body = models.CharField(max_length=200, blank=True)
    is_demonstration = models.BooleanField(default=False)
    is_archive = models.BooleanField(default=False, help_text="public facts of a concertation held elsewhere")
    is_taken_over = models.BooleanField(default=False, help_text="everything in it took place on another site")
    key_lost_on = models.DateField(null=True, help_text="the day another key began to sign its register, unsigned by the first")
    copied_from = models.CharField(max_length=300, blank=True, help_text="the register it was rebuilt from, when it is a copy")
    is_listed = models.BooleanField(default=False)
    last_number = models.PositiveBigIntegerField(default=0)
    syntheses = models.PositiveIntegerField(default=0, help_text="how many are published")
    version = models.PositiveIntegerField(default=1, help_text="counts the changes by organisers")
    log = models.OneToOneField(Log, on_delete=models.PROTECT, related_name="+")
    created_on = models.DateField()
    incident_on = models.DateField(null=True, blank=True, help_text="day of the last restore that accepted a loss")
    incident_from_at = models.DateTimeField(null=True, blank=True, help_text="what was written after this instant was lost")

    class Meta:
        ordering = ["-created_on", "slug"]

    def __str__(self) -> str:
        return self.title


class Referral(models.Model):
    """The letter that asks for the concertation; a process may have none."""

    class Kind(models.TextChoices):
        GOVERNMENT = "government", _("Referral by the government")
        AUTHORITY = "authority", _("Referral by a local authority")
        PARLIAMENTARY = "parliamentary", _("Referral by parliament")
        CITIZEN = "citizen", _("Referral by citizens")
        OWN_INITIATIVE = "own_initiative", _("Own initiative")

    process = models.OneToOneField(Process, on_delete=models.CASCADE, related_name="referral")
    kind = models.CharField(max_length=16, choices=Kind.choices, default=Kind.OWN_INITIATIVE)
    number = models.CharField(max_length=40, blank=True)
    issuer = models.CharField(max_length=200, blank=True)
    addressee = models.CharField(max_length=200, blank=True)
    received_on = models.DateField(null=True, blank=True)
    deadline_on = models.DateField(null=True, blank=True)
    text = models.TextField(blank=True)
    questions = models.TextField(blank=True, help_text="one question a line")
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}".strip()


class Milestone(models.Model):
    """A dated fact of a concertation that this site did not witness: from day to day, to the month, or about then."""

    class Precision(models.TextChoices):
        DAY = "day", _("To the day")
        MONTH = "month", _("To the month")
        ABOUT = "about", _("Approximate")

    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="milestones")
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True, help_text="its last day, or its last month")
    precision = models.CharField(max_length=8, choices=Precision.choices, default=Precision.DAY)
    title = models.CharField(max_length=250)

    class Meta:
        ordering = ["from_on", "pk"]

    def __str__(self) -> str:
        return self.title


class Theme(models.Model):
    """A part of a process that groups consultations; optional."""

    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="themes")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    presentation = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["process", "number"], name="theme_numbers_are_unique")]

    def __str__(self) -> str:
        return self.title


class Consultation(models.Model):
    """One question put to the public, between two instants; `closes_at` is the first refused one."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ANNOUNCED = "announced", _("Announced")
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="consultations")
    theme = models.ForeignKey(Theme, on_delete=models.SET_NULL, null=True, blank=True, related_name="consultations")
    slug = models.SlugField(max_length=80)
    rank = models.PositiveSmallIntegerField(default=0)
    title = models.CharField(max_length=250)
    presentation = models.TextField(blank=True)
    questions = models.TextField(blank=True)
    has_diagnoses = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    opens_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    is_under_crpa = models.BooleanField(default=False)
    deadline_derogation = models.TextField(blank=True)
    closing_told_for = models.DateTimeField(null=True, editable=False, help_text="the closing instant its followers were told of")
    is_imported = models.BooleanField(default=False)
    review_until = models.DateTimeField(null=True, blank=True, help_text="texts are read before they appear, until this instant")
    review_reason = models.TextField(blank=True, help_text="published")
    config_leaf = models.BinaryField(max_length=32, null=True)
    version = models.PositiveIntegerField(default=1, help_text="counts the changes by organisers")
    drawn_on = models.DateField(null=True, blank=True, help_text="day of the draw that the lists show")
    proposals = models.PositiveIntegerField(default=0)
    texts = models.PositiveIntegerField(default=0)
    votes = models.PositiveIntegerField(default=0)
    voters = models.PositiveIntegerField(default=0)
    synthesis_version = models.PositiveIntegerField(default=0, help_text="the last published version of its synthesis")
    new_voters = models.PositiveIntegerField(
        null=True, help_text="voters whose account dates from its last 7 days, counted once after the close; 0 under 10"
    )

    class Meta:
        ordering = ["theme__number", "rank", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["process", "slug"], name="consultation_slugs_are_unique"),
            models.CheckConstraint(
                condition=Q(opens_at__isnull=True) | Q(closes_at__isnull=True) | Q(opens_at__lt=F("closes_at")),
                name="a_consultation_closes_after_it_opens",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class RulesInForce(models.Model):
    """The rules of a consultation as announced, and each later set: the document that a `config` leaf commits to."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="rules")
    document = models.TextField(help_text="canonical JSON")
    salt = models.BinaryField(max_length=32)
    leaf_hash = models.BinaryField(max_length=32)
    since_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.consultation} {self.since_at}"


class Extension(models.Model):
    """A later closing date, with the reason that was published."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="extensions")
    previous_closes_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    reason = models.TextField()
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ["decided_at"]

    def __str__(self) -> str:
        return self.reason


class Role(models.TextChoices):
    """What someone is charged with in a process."""

    ORGANISER = "organiser", _("Organiser")
    MODERATOR = "moderator", _("Moderator")
    RAPPORTEUR = "rapporteur", _("Rapporteur")
    APPEAL = "appeal", _("Appeal body")
    AUTHORITY = "authority", _("Authority")


class RoleAssignment(models.Model):
    """A role held by a person in a process, from a day until another; staff appear publicly by role and number."""

    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="roles")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=16, choices=Role.choices)
    number = models.PositiveSmallIntegerField()
    body = models.CharField(max_length=200, blank=True, help_text="another public body this person belongs to")
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True, help_text="the first day it is no longer held")

    class Meta:
        ordering = ["role", "number"]
        constraints = [
            models.UniqueConstraint(fields=["process", "role", "number"], name="role_numbers_are_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.number}"


class Invitation(models.Model):
    """A role offered by mail: whoever signs in with this address may accept it once, until it expires."""

    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(blank=True, help_text="erased once the offer is over")
    role = models.CharField(max_length=16, choices=Role.choices)
    body = models.CharField(max_length=200, blank=True)
    until_on = models.DateField(null=True, blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.CharField(max_length=40, help_text="role and number")
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.get_role_display()}"


class CreationRight(models.Model):
    """Someone whom an administrator lets start concertations on this installation, in the name of a public body."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="+")
    body = models.CharField(max_length=200)
    granted_on = models.DateField()

    class Meta:
        ordering = ["body", "pk"]

    def __str__(self) -> str:
        return self.body


class ActKind(models.TextChoices):
    """What organisers, or the clock, do to a concertation: each act has a leaf in the register and a line in the journal."""

    CREATED = "created", _("Concertation created")
    EDITED = "edited", _("Presentation changed")
    METHOD = "method", _("Method changed")
    REFERRAL = "referral", _("Referral recorded")
    THEMES = "themes", _("Themes changed")
    CONSULTATION = "consultation", _("Consultation prepared")
    CALENDAR = "calendar", _("Calendar changed")
    DEROGATION = "derogation", _("Deadline of the referral passed over")
    REMOVED = "draft_removed", _("Draft removed")
    ANNOUNCED = "announced", _("Consultation announced")
    OPENED = "open", _("Consultation opened")
    EXTENDED = "extended", _("Consultation extended")
    CLOSED = "closed", _("Consultation closed")
    REVIEW = "review", _("Review before publication")
    REASONS = "mod_reasons", _("Reasons of moderation changed")
    SEEDED = "seeded", _("Proposals from the public debate entered")
    INVITED = "invited", _("Role offered")
    ROLE_TAKEN = "role_taken", _("Role taken up")
    ROLE_ENDED = "role_ended", _("Role ended")
    PROGRESS = "progress", _("Progress point published")
    FEEDBACK = "feedback", _("Promised answer given")
    DOUBTS = "doubts_settled", _("Doubts of a synthesis settled")
    REVIEWED = "syn_reviewed", _("Synthesis read by a second person")
    SYNTHESIS = "syn_published", _("Synthesis published")
    COMMENTS = "text_comments", _("Comments on a synthesis opened, or extended")
    ANSWERED = "text_answered", _("Discussion of a synthesis answered")
    CARRIED = "text_carried", _("Discussions of a synthesis carried along to a new version")
    FINAL = "syn_final", _("Synthesis final")


class Act(models.Model):
    """A line of the public journal: what was done, when, by which role; `document` opens the commitment of its leaf."""

    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="acts")
    consultation = models.ForeignKey(Consultation, on_delete=models.SET_NULL, null=True, related_name="acts")
    kind = models.CharField(max_length=16, choices=ActKind.choices)
    actor = models.CharField(max_length=40, help_text="organiser/1, or clock")
    document = models.TextField(help_text="canonical JSON: the facts of the act, all public")
    salt = models.BinaryField(max_length=32)
    leaf_hash = models.BinaryField(max_length=32)
    happened_at = models.DateTimeField()

    class Meta:
        ordering = ["-happened_at", "-pk"]
        indexes = [models.Index(fields=["process", "-happened_at"])]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}"


class ProgressUpdate(models.Model):
    """A dated progress point by the organiser or the authority, with what the counters said that day."""

    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="progress_updates")
    title = models.CharField(max_length=200)
    body = models.TextField()
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.ORGANISER)
    number = models.PositiveSmallIntegerField(default=1, help_text="of the role")
    is_feedback = models.BooleanField(default=False)
    texts = models.PositiveIntegerField(default=0)
    votes = models.PositiveIntegerField(default=0)
    published_at = models.DateTimeField()

    class Meta:
        ordering = ["-published_at", "-pk"]

    def __str__(self) -> str:
        return self.title
