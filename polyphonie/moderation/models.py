"""What does moderation keep? Flags, one open case a text, the hearing of its author, decisions with their reasons, appeals."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from polyphonie.accounts.models import Account
from polyphonie.moderation.kinds import KEYS, WRITTEN, OnText, OnWriting, exactly_one
from polyphonie.processes.models import Consultation, Process, RoleAssignment


class Ground(models.TextChoices):
    """The grounds of a restriction: two kinds, never mixed, the law's and the charter's."""

    UNLAWFUL_THREAT = "unlawful_threat", _("Contrary to the law: threats or incitement to violence")
    UNLAWFUL_HATRED = "unlawful_hatred", _("Contrary to the law: incitement to hatred or discrimination")
    UNLAWFUL_INSULT = "unlawful_insult", _("Contrary to the law: insult or defamation")
    UNLAWFUL_DATA = "unlawful_data", _("Contrary to the law: personal data of someone else")
    CHARTER_ABUSE = "charter_abuse", _("Contrary to the charter: personal attack")
    CHARTER_OFF_TOPIC = "charter_off_topic", _("Contrary to the charter: without any relation to the consultation")
    CHARTER_ADVERTISING = "charter_advertising", _("Contrary to the charter: advertising")
    CHARTER_FLOOD = "charter_flood", _("Contrary to the charter: the same text posted again and again")
    CHARTER_PASSING_FOR = "charter_passing_for", _("Contrary to the charter: passing for someone else")

    @property
    def is_unlawful(self) -> bool:
        """Whether it is the law's; else the charter's."""
        return self.value.startswith("unlawful_")


class State(models.TextChoices):
    """Where a case has come to."""

    OPEN = "open", _("Waiting for a moderator")
    HEARING = "hearing", _("Its author is being heard")
    HEARD = "heard", _("Its author was heard: to be decided")
    DECIDED = "decided", _("Decided")
    APPEALED = "appealed", _("Under appeal")
    SETTLED = "settled", _("Settled on appeal")


class Act(models.TextChoices):
    """What is decided of a text, or of a name."""

    KEPT = "kept", _("kept as it is")
    MASKED = "masked", _("passage masked")
    MOVED = "moved", _("moved to another consultation")
    HIDDEN = "hidden", _("hidden")
    HIDDEN_URGENTLY = "hidden_urgently", _("hidden urgently")
    REMOVED = "removed", _("removed")
    REFUSED = "refused", _("not published after review")
    RESTORED = "restored", _("shown again")
    LAPSED = "lapsed", _("urgent hiding lapsed, shown again")
    MOOT = "moot", _("closed: its author withdrew it")
    UNMASKED = "unmasked", _("passage given back")
    MOVED_BACK = "moved_back", _("moved back")
    NOT_UNDONE = "not_undone", _("overturned, though the text cannot be put back as it was")


STILL_OPEN = (State.OPEN, State.HEARING, State.HEARD)
AFTER_HEARING = (Act.MASKED, Act.MOVED, Act.HIDDEN, Act.REMOVED)
RESTRICTIONS = (*AFTER_HEARING, Act.HIDDEN_URGENTLY, Act.REFUSED)


class Case(OnText):
    """What moderators examine: one text, or one name; a thousand flags of it make one case and have one answer."""

    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField(help_text="in its process; published, so that the rows of one case are told together")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    severity = models.PositiveSmallIntegerField(default=0, help_text="of the gravest ground suggested: sorts the desk")
    flags = models.PositiveIntegerField(default=0)
    revision = models.PositiveIntegerField(default=0, help_text="of the text, when the case was opened")
    opened_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    words_forgotten_on = models.DateField(null=True, help_text="the day the words of its file were destroyed")

    class Meta:
        ordering = ["-severity", "opened_at", "pk"]
        indexes = [models.Index(fields=["process", "state", "-severity", "opened_at"], name="cases_on_the_desk")]
        constraints = [
            models.CheckConstraint(condition=exactly_one(KEYS), name="a_case_is_about_one_text"),
            models.UniqueConstraint(fields=["process", "number"], name="a_number_names_one_case"),
            *(
                models.UniqueConstraint(
                    fields=["process", key], condition=Q(state__in=STILL_OPEN), name=f"one_open_case_of_each_{key}"
                )
                for key in KEYS
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.state}"

    @property
    def is_awaiting_reply(self) -> bool:
        """Whether its author was told and may still reply."""
        hearing: Hearing | None = getattr(self, "hearing", None)
        return self.state in STILL_OPEN and hearing is not None and hearing.replied_at is None


class CaseSeries(models.Model):
    """The last number given to a case of a process."""

    process = models.OneToOneField(Process, on_delete=models.CASCADE, primary_key=True, related_name="+")
    last_number = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.process} {self.last_number}"


class Flag(models.Model):
    """Someone says that a text is a problem: no account, no address; its code alone leads back to the answer."""

    class Suggestion(models.TextChoices):
        OTHER = "other", _("Something else")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="flagged")
    ground = models.CharField(max_length=24, choices=[*Ground.choices, *Suggestion.choices])
    words = models.TextField(blank=True)
    code_hash = models.CharField(max_length=64, unique=True)
    flagged_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.ground


class Claim(OnWriting):
    """What a moderator is looking at, a few minutes at most, so that two of them never meet."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, null=True, related_name="claim")
    moderator = models.ForeignKey(RoleAssignment, on_delete=models.CASCADE, related_name="+")
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=exactly_one(("case", *WRITTEN)), name="a_claim_is_of_one_item"),
            *(models.UniqueConstraint(fields=[key], name=f"one_claim_of_each_{key}") for key in WRITTEN),
        ]

    def __str__(self) -> str:
        return f"{self.moderator} {self.expires_at}"


class Reading(OnWriting):
    """A text that a moderator read, in this revision, and found nothing against."""

    revision = models.PositiveIntegerField(help_text="of the text; 0 for a kind that never changes")
    moderator = models.ForeignKey(RoleAssignment, on_delete=models.SET_NULL, null=True, related_name="+")
    read_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=exactly_one(WRITTEN), name="a_reading_is_of_one_text"),
            *(
                models.UniqueConstraint(fields=[key, "revision"], name=f"a_revision_of_each_{key}_is_read_once")
                for key in WRITTEN
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} r{self.revision}"


class Hearing(models.Model):
    """The author is told what is held against the text, and answers, or 48 hours pass."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="hearing")
    ground = models.CharField(max_length=24, choices=Ground.choices)
    facts = models.TextField(blank=True)
    notified_at = models.DateTimeField()
    due_at = models.DateTimeField()
    reply = models.TextField(blank=True)
    replied_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.case} {self.due_at}"


class StatementOfReasons(models.Model):
    """What the author of a restricted text reads: the facts, the ground with its article, and until when to contest it."""

    ground = models.CharField(max_length=24, choices=Ground.choices)
    article = models.CharField(max_length=400, blank=True, help_text="of the charter as it was; empty: the general words")
    sentence = models.CharField(max_length=400, blank=True, help_text="as it was written for this concertation")
    facts = models.TextField(blank=True)
    forgotten_on = models.DateField(null=True, help_text="the day its facts were destroyed, a year after the end of the case")
    made_at = models.DateTimeField()
    contest_until = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(ground="") & (~Q(facts="") | Q(forgotten_on__isnull=False)), name="reasons_say_ground_and_facts"
            )
        ]

    def __str__(self) -> str:
        return self.ground


class CharterReason(models.Model):
    """To which article of its charter a concertation ties a ground, and the sentence that its authors read."""

    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="+")
    ground = models.CharField(max_length=24, choices=Ground.choices)
    article = models.PositiveSmallIntegerField(null=True, help_text="its number in the charter; none: the general words")
    sentence = models.CharField(max_length=400, blank=True, help_text="instead of the general one")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["process", "ground"], name="a_ground_is_tied_once"),
            models.CheckConstraint(condition=Q(ground__startswith="charter_"), name="the_law_is_not_reworded"),
        ]

    def __str__(self) -> str:
        return f"{self.ground} {self.article}"


class Decision(OnText):
    """What was decided of a text: never a restriction without its reasons, nor one before the hearing but in urgency or bulk."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="decisions")
    act = models.CharField(max_length=16, choices=Act.choices)
    ground = models.CharField(max_length=24, choices=Ground.choices, blank=True)
    statement = models.OneToOneField(StatementOfReasons, on_delete=models.PROTECT, null=True, related_name="decision")
    hearing = models.ForeignKey(Hearing, on_delete=models.RESTRICT, null=True, related_name="+")
    is_bulk = models.BooleanField(default=False, help_text="volume spam: one decision for many texts, without hearing")
    words = models.TextField(blank=True, help_text="why it is kept or shown again, for the parties")
    actor = models.CharField(max_length=24, help_text="by role and number: moderator/2; or clock")
    decider = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField()
    confirm_before = models.DateTimeField(null=True, help_text="an urgent hiding: until when a second person has to look at it")
    confirmed_at = models.DateTimeField(null=True)
    confirmer = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True, help_text="the restriction stopped being in force")

    class Meta:
        ordering = ["-decided_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=exactly_one(KEYS), name="a_decision_is_about_one_text"),
            models.CheckConstraint(
                condition=~Q(act__in=RESTRICTIONS) | (Q(statement__isnull=False) & ~Q(ground="")),
                name="every_restriction_has_its_reasons",
            ),
            models.CheckConstraint(
                condition=~Q(act__in=AFTER_HEARING) | Q(hearing__isnull=False) | Q(is_bulk=True, act=Act.HIDDEN),
                name="no_restriction_before_the_hearing",
            ),
            models.CheckConstraint(
                condition=Q(confirmer__isnull=True) | Q(decider__isnull=True) | ~Q(confirmer=F("decider")),
                name="a_second_person_confirms",
            ),
            *(
                models.UniqueConstraint(
                    fields=[key], condition=Q(act=Act.HIDDEN_URGENTLY), name=f"one_urgent_hiding_of_each_{key}"
                )
                for key in KEYS
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.act}"

    @property
    def sealed_or_none(self) -> "SealedText | None":
        """What the text was before, while it is kept."""
        return getattr(self, "sealed", None)

    @property
    def is_restriction(self) -> bool:
        return self.act in RESTRICTIONS


class SealedText(models.Model):
    """What a text was before a decision changed it: kept from everyone but its judges until nobody can contest any more."""

    decision = models.OneToOneField(Decision, on_delete=models.CASCADE, related_name="sealed")
    consultation = models.ForeignKey(
        Consultation, on_delete=models.CASCADE, null=True, related_name="+", help_text="where it stood; none for a comment"
    )
    title = models.CharField(max_length=300, blank=True)
    body = models.TextField(blank=True)
    url = models.CharField(max_length=1000, blank=True)
    category = models.CharField(max_length=12, blank=True)
    taken = models.JSONField(
        default=list, help_text="what the mask took and has not given back: field, words, mask, what was before and after it"
    )

    def __str__(self) -> str:
        return str(self.decision)


class Appeal(models.Model):
    """Someone contests a decision; someone else than whoever took it decides again."""

    class Party(models.TextChoices):
        AUTHOR = "author", _("the author")
        FLAGGER = "flagger", _("someone who flagged it")

    class Outcome(models.TextChoices):
        UPHELD = "upheld", _("decision upheld")
        OVERTURNED = "overturned", _("decision overturned")
        MOOT = "moot", _("without object any more")

    JUDGMENTS = (Outcome.UPHELD, Outcome.OVERTURNED)

    decision = models.OneToOneField(Decision, on_delete=models.CASCADE, related_name="appeal")
    party = models.CharField(max_length=8, choices=Party.choices)
    words = models.TextField(blank=True)
    lodged_at = models.DateTimeField()
    first_decider = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    reasons = models.TextField(blank=True)
    judge = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    actor = models.CharField(max_length=24, blank=True, help_text="by role and number: appeal/1")
    judged_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["lodged_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(judge__isnull=True) | Q(first_decider__isnull=True) | ~Q(judge=F("first_decider")),
                name="the_judge_of_an_appeal_is_someone_else",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", judged_at__isnull=True, judge__isnull=True)
                | Q(outcome="moot", judged_at__isnull=False, judge__isnull=True)
                | Q(outcome__in=["upheld", "overturned"], judged_at__isnull=False, judge__isnull=False),
                name="an_appeal_is_judged_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decision} {self.outcome}"
