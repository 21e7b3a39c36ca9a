"""Who takes part? Accounts (people), the organisations they may speak for, and the short-lived proofs of signing in."""

import unicodedata

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from polyphonie.ledger.models import RandomKeyField

ADMINISTRATOR = "administrator"
"""How the administrator of the installation signs where staff sign by role and number."""


class Category(models.TextChoices):
    """How people describe themselves, if they wish (inventory 59); never in any ranking."""

    CITIZEN = "citizen", _("Citizen")
    BUSINESS = "business", _("Business")
    UNION = "union", _("Union or federation")
    ASSOCIATION = "association", _("Association")
    RESEARCHER = "researcher", _("Researcher")
    ADMINISTRATION = "administration", _("Administration")
    LOCAL_AUTHORITY = "local_authority", _("Local authority")
    STUDENT_GROUP = "student_group", _("Student group")


class OrganisationKind(models.TextChoices):
    PUBLIC = "public_organisation", _("Public organisation")
    PRIVATE = "private_organisation", _("Private organisation")


def folded(text: str) -> str:
    """NFKC, case folded, single spaces: the form under which mail addresses are compared."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def name_key(name: str) -> str:
    """The form under which names are unique: folded, without the marks that nobody sees (joiners, selectors)."""
    visible = "".join(mark for mark in folded(name) if unicodedata.category(mark) != "Cf" and mark not in _SELECTORS)
    return " ".join(visible.split())


_SELECTORS = frozenset(chr(point) for point in (*range(0xFE00, 0xFE10), 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0))
"""Marks that show nothing though Unicode does not class them as format marks: variation selectors, blank fillers."""


class AccountManager(BaseUserManager["Account"]):
    def get_by_natural_key(self, email: str | None) -> "Account":
        return self.get(email=folded(email or ""))


class Account(AbstractBaseUser):
    """A person's account. People vote; organisations speak through them. Dates are kept to the day."""

    email = models.EmailField(unique=True, null=True)
    display_name = models.CharField(max_length=80)
    display_key = models.CharField(max_length=240, unique=True)
    slug = models.SlugField(max_length=100, unique=True)
    category = models.CharField(max_length=20, choices=Category.choices, blank=True)
    territory = models.CharField(max_length=120, blank=True)
    is_listed = models.BooleanField(default=False)
    language = models.CharField(max_length=8, default="fr")
    off_the_map_on = models.DateField(null=True, help_text="asked that their votes be counted and placed on no map of opinions")
    joined_on = models.DateField()
    confirmed_on = models.DateField(null=True)
    last_seen_on = models.DateField(null=True)
    suspended_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    warned_on = models.DateField(null=True, help_text="told that this unused account will close")
    name_hidden_on = models.DateField(null=True, help_text="until another name is chosen, or moderation shows it again")
    name_ground = models.CharField(max_length=40, blank=True)
    hidden_name = models.CharField(max_length=80, blank=True, help_text="the public name that moderation hid")
    hidden_key = models.CharField(max_length=240, blank=True, help_text="its compared form: nobody takes this name")
    wrapped_secret = models.BinaryField(null=True)
    is_administrator = models.BooleanField(default=False)
    needs_second_factor = models.BooleanField(default=False)
    wrapped_totp = models.BinaryField(null=True)
    spent_totp = models.BinaryField(max_length=16, null=True, help_text="keyed mark of the last code used: no date")
    has_second_factor = models.BooleanField(default=False)
    last_login = None

    USERNAME_FIELD = "email"
    objects = AccountManager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.display_name

    @property
    def has_hidden_name(self) -> bool:
        return self.name_hidden_on is not None

    @property
    def is_active(self) -> bool:  # type: ignore[override]  # a class attribute in AbstractBaseUser, read only by Django
        return self.closed_on is None

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_on is not None


class SuspendedAddress(models.Model):
    """Someone suspended closed their account: a keyed mark of their address, so that they do not come back unsuspended."""

    mark = models.CharField(max_length=64, unique=True, help_text="keyed: names no address")
    suspended_on = models.DateField()
    until_on = models.DateField(help_text="the day this mark is destroyed")

    def __str__(self) -> str:
        return f"{self.suspended_on}"


class Organisation(models.Model):
    """A body that speaks under its own name; `verified_on` says that staff checked who it is, and gives no weight."""

    name = models.CharField(max_length=120)
    name_key = models.CharField(max_length=360, unique=True)
    slug = models.SlugField(max_length=140, unique=True)
    kind = models.CharField(max_length=24, choices=OrganisationKind.choices)
    verified_on = models.DateField(null=True)
    created_on = models.DateField()
    name_hidden_on = models.DateField(null=True, help_text="until another name is chosen, or moderation shows it again")
    name_ground = models.CharField(max_length=40, blank=True)
    hidden_name = models.CharField(max_length=120, blank=True, help_text="the name that moderation hid")
    hidden_key = models.CharField(max_length=360, blank=True, help_text="its compared form: nobody takes this name")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def has_hidden_name(self) -> bool:
        return self.name_hidden_on is not None


class Membership(models.Model):
    """A person who may speak for an organisation."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    since_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "organisation"], name="one_membership_each")]

    def __str__(self) -> str:
        return f"{self.account} · {self.organisation}"


class VerificationRequest(models.Model):
    """A request for « Compte vérifié »; its evidence is destroyed when it is decided."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        ACCEPTED = "accepted", _("Accepted")
        REFUSED = "refused", _("Refused")

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="requests")
    requested_by = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    evidence = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    reason = models.TextField(blank=True)
    requested_on = models.DateField()
    decided_on = models.DateField(null=True)
    decided_by_role = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["requested_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], condition=models.Q(state="waiting"), name="one_waiting_request_an_organisation"
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.state}"


class SignInCode(models.Model):
    """A proof that serves once before it expires: a six-digit code sent to an address, or the secret part of a link."""

    address_key = models.CharField(max_length=64, blank=True, db_index=True, help_text="keyed: names no address")
    purpose = models.CharField(max_length=40)
    code_hash = models.CharField(max_length=64, db_index=True)
    expires_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.purpose


class RecoveryCode(models.Model):
    """One of the printed codes that replace a lost second factor, each used once."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField(max_length=64)
    used_on = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "code_hash"], name="a_recovery_code_is_drawn_once")]

    def __str__(self) -> str:
        return f"{self.account_id}"


class SecurityEvent(models.Model):
    """What happened to the locks of an account: kept so that its owner, and who audits the installation, can read it."""

    class Kind(models.TextChoices):
        ADMINISTRATOR_MADE = "administrator_made", _("Made administrator from the command line")
        SIGN_IN_LINK = "sign_in_link", _("Signed in by a link drawn on the command line")
        PASSWORD_SET = "password_set", _("Password set")
        PASSWORD_REMOVED = "password_removed", _("Password removed")
        SECOND_FACTOR_SET = "second_factor_set", _("Second factor set up")
        SECOND_FACTOR_REMOVED = "second_factor_removed", _("Second factor removed by its owner")
        SECOND_FACTOR_RESET = "second_factor_reset", _("Second factor reset from the command line")
        RECOVERY_CODE_USED = "recovery_code_used", _("Recovery code used")
        RECOVERY_CODES_DRAWN = "recovery_codes_drawn", _("New recovery codes drawn")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="security_events")
    kind = models.CharField(max_length=24, choices=Kind.choices)
    reason = models.CharField(max_length=300, blank=True)
    happened_on = models.DateField()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.happened_on}"


class Consent(models.Model):
    """What a person agreed to, in which words and on which day: the proof of it, kept with the day they took it back.

    `subject` is « terms », or « process/<slug> » for the use of one's opinions in a concertation.
    """

    id = RandomKeyField()
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="consents")
    subject = models.CharField(max_length=100)
    wording = models.CharField(max_length=20, help_text="the version of the words that were shown")
    wording_hash = models.CharField(max_length=64, help_text="SHA-256 of these very words")
    language = models.CharField(max_length=8)
    given_on = models.DateField()
    withdrawn_on = models.DateField(null=True)

    class Meta:
        ordering = ["given_on", "subject", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "subject", "wording"],
                condition=models.Q(withdrawn_on=None),
                name="one_standing_consent_each",
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.given_on}"


class StaffAccess(models.Model):
    """Someone of the staff saw what a person has not made public: kept, once a day and role, so that this person reads it."""

    class What(models.TextChoices):
        EVIDENCE = "evidence", _("Your name, and the evidence you gave for an organisation")
        MODERATION_FILE = "moderation_file", _("The file of one of your texts, with your name")
        MODERATION_LIST = "moderation_list", _("That one of your texts, or your name, is examined")
        SIGN_UP = "sign_up", _("The day of your sign-up and the provider of your address, beside those of others")
        ROLE = "role", _("Your name, beside the role you hold")
        ADDRESS = "address", _("Your mail address, to which a role was offered")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="accesses")
    what = models.CharField(max_length=20, choices=What.choices)
    by = models.CharField(max_length=40, help_text="by role and number: moderator/2")
    process = models.CharField(max_length=80, blank=True, help_text="slug of the concertation, if in one")
    seen_on = models.DateField()

    class Meta:
        ordering = ["-seen_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["account", "what", "by", "process", "seen_on"], name="an_access_is_noted_once_a_day")
        ]
        indexes = [models.Index(fields=["seen_on"])]

    def __str__(self) -> str:
        return f"{self.what} {self.by} {self.seen_on}"

    @property
    def why(self) -> str:
        """What staff needed it for."""
        return str(WHY_SEEN[StaffAccess.What(self.what)])


WHY_SEEN = {
    StaffAccess.What.EVIDENCE: _("to decide whether the organisation is who it says"),
    StaffAccess.What.MODERATION_FILE: _("to decide on a text that was reported or read again"),
    StaffAccess.What.MODERATION_LIST: _("to choose the next case to decide on"),
    StaffAccess.What.SIGN_UP: _("to see accounts opened together, as a clue"),
    StaffAccess.What.ROLE: _("to share the work between the people in charge"),
    StaffAccess.What.ADDRESS: _("to follow the offers that wait for an answer"),
}
