"""Who takes part? Accounts (people), the organisations they may speak for, and the short-lived proofs of signing in."""

import unicodedata

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _


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


def folded(name: str) -> str:
    """The form under which names are unique: NFKC, case folded, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


class AccountManager(BaseUserManager["Account"]):
    def get_by_natural_key(self, email: str | None) -> "Account":
        return self.get(email=folded(email or ""))


class Account(AbstractBaseUser):
    """A person's account. People vote; organisations speak through them. Dates are kept to the day."""

    email = models.EmailField(unique=True, null=True)
    display_name = models.CharField(max_length=80)
    display_key = models.CharField(max_length=120, unique=True)
    slug = models.SlugField(max_length=100, unique=True)
    category = models.CharField(max_length=20, choices=Category.choices, blank=True)
    territory = models.CharField(max_length=120, blank=True)
    is_listed = models.BooleanField(default=False)
    language = models.CharField(max_length=8, default="fr")
    joined_on = models.DateField()
    confirmed_on = models.DateField(null=True)
    last_seen_on = models.DateField(null=True)
    suspended_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    wrapped_secret = models.BinaryField(null=True)
    is_administrator = models.BooleanField(default=False)
    needs_second_factor = models.BooleanField(default=False)
    wrapped_totp = models.BinaryField(null=True)
    has_second_factor = models.BooleanField(default=False)
    last_login = None

    USERNAME_FIELD = "email"
    objects = AccountManager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.display_name

    @property
    def is_active(self) -> bool:
        return self.closed_on is None

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_on is not None


class Organisation(models.Model):
    """A body that speaks under its own name; `verified_on` says that staff checked who it is, and gives no weight."""

    name = models.CharField(max_length=120)
    name_key = models.CharField(max_length=160, unique=True)
    slug = models.SlugField(max_length=140, unique=True)
    kind = models.CharField(max_length=24, choices=OrganisationKind.choices)
    verified_on = models.DateField(null=True)
    created_on = models.DateField()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


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

    def __str__(self) -> str:
        return f"{self.organisation}: {self.state}"


class SignInCode(models.Model):
    """A six-digit code sent by mail: kept hashed, used once, bound to an address and a purpose."""

    address_key = models.CharField(max_length=64, db_index=True)
    purpose = models.CharField(max_length=24)
    code_hash = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.purpose


class RecoveryCode(models.Model):
    """One of the printed codes that replace a lost second factor, each used once."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField(max_length=128)
    used_on = models.DateField(null=True)

    def __str__(self) -> str:
        return f"{self.account_id}"
