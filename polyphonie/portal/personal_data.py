"""What is kept of people, field by field: of which nature, why, until when, in their archive or not, and how it goes?

Every field of every model has its place in one row (a test holds it); the table of « Données personnelles » is made from here.
"""

from dataclasses import dataclass
from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from polyphonie.portal.retention import figures


class Nature(Enum):
    PUBLIC = "public"
    PERSONAL = "personal"
    SECRET = "secret"  # noqa: S105  (a word, not a password)


@dataclass(frozen=True)
class Kept:
    """One kind of data: its fields (`app.Model: field field…`), and what becomes of it. `what` is empty when it is nobody's."""

    nature: Nature
    fields: tuple[str, ...]
    what: str | Promise = ""
    why: str | Promise = ""
    until: str | Promise = ""
    erased: str | Promise = ""
    in_archive: bool = False
    terms: tuple[str, ...] = ()
    """What ends it by itself: names of `retention.TERMS`."""

    def until_in_words(self) -> str:
        """Until when, with the periods that the jobs read."""
        return str(self.until) % figures() if self.terms else str(self.until)

    def names(self) -> list[str]:
        """Each field as `app.Model.field`."""
        pairs = [line.partition(": ") for line in self.fields]
        return [f"{model}.{field}" for model, _colon, fields in pairs for field in fields.split()]


CLOSING = gettext_lazy("closing of the account")
DESTROYED = gettext_lazy("destroyed")
ONLINE = gettext_lazy("as long as the concertation is online")

KEPT = (
    Kept(
        Nature.PERSONAL,
        ("accounts.Account: email",),
        gettext_lazy("Mail address"),
        gettext_lazy("to identify you by a code, to write to you"),
        gettext_lazy(
            "closing of the account; by itself %(idle_months)s months after your last visit and the last close of what you could "
            "take part in, with a warning %(warning)s days before"
        ),
        DESTROYED,
        in_archive=True,
        terms=("idle", "warning"),
    ),
    Kept(
        Nature.PERSONAL,
        (
            "accounts.Account: display_name display_key slug hidden_name hidden_key name_hidden_on name_ground",
            "contributions.Contribution: author_name hidden_author_name",
        ),
        gettext_lazy("Name shown (a pseudonym is fine)"),
        gettext_lazy("to sign your texts; public there"),
        CLOSING,
        gettext_lazy("destroyed, on your texts too; an organisation’s name stays"),
        in_archive=True,
    ),
    Kept(
        Nature.PERSONAL,
        ("accounts.Account: category territory is_listed language",),
        gettext_lazy("Settings: category and territory if you give them, language, place among participants"),
        gettext_lazy("overall figures, never a ranking; to write to you in your language"),
        CLOSING,
        DESTROYED,
        in_archive=True,
    ),
    Kept(
        Nature.PERSONAL,
        ("accounts.Account: id joined_on confirmed_on suspended_on closed_on",),
        gettext_lazy("Days on which your account was opened and closed"),
        gettext_lazy("right totals"),
        ONLINE,
        gettext_lazy("kept on a row without a name"),
        in_archive=True,
    ),
    Kept(
        Nature.PERSONAL,
        ("accounts.Account: last_seen_on warned_on",),
        gettext_lazy("Day of your last visit, and of the warning when an unused account will close"),
        gettext_lazy("to know unused accounts"),
        CLOSING,
        DESTROYED,
        in_archive=True,
    ),
    Kept(
        Nature.PERSONAL,
        (
            "contributions.Contribution: author title body url category origin_note published_at",
            "contributions.Revision: title body url category published_at",
            "contributions.SearchText: contribution title text",
        ),
        gettext_lazy("Your texts and their versions"),
        gettext_lazy("this is what a concertation is for: they are public"),
        gettext_lazy("as long as the concertation is online, unless you withdraw them"),
        gettext_lazy("withdrawn by you, or kept under « closed account »"),
        in_archive=True,
    ),
    Kept(
        Nature.PERSONAL,
        ("annotations.Annotation: author title body author_name hidden_author_name published_at",),
        gettext_lazy("Your comments on syntheses"),
        gettext_lazy("so that rapporteurs answer them: they are public"),
        gettext_lazy("as long as the concertation is online, unless you withdraw them"),
        gettext_lazy("withdrawn by you, or kept under « closed account »"),
        in_archive=True,
    ),
    Kept(
        Nature.PERSONAL,
        (
            "synthesis.PrivateNote: id synthesis contribution account body",
            "synthesis.DeskVisit: id synthesis account seen_at at_number",
            "synthesis.Review: account",
        ),
        gettext_lazy("A rapporteur’s own notes and place at the desk"),
        gettext_lazy("to write a synthesis; nobody else reads them"),
        CLOSING,
        DESTROYED,
        in_archive=True,
    ),
    Kept(
        Nature.SECRET,
        (
            "consultation.Vote: id consultation contribution voter seq position revision leaf_revision salt nonce leaf_hash "
            "is_waiting waits_for_close published_seq published_position published_revision published_leaf_revision "
            "published_salt published_nonce published_leaf_hash",
            "ledger.WaitingEntry: id log series kind leaf leaf_hash",
        ),
        gettext_lazy("Your votes"),
        gettext_lazy("to count them; published without a name, under a pseudonym computed with a key kept apart"),
        ONLINE,
        gettext_lazy("left without an owner, or withdrawn where it is still open"),
        in_archive=True,
    ),
    Kept(
        Nature.SECRET,
        ("accounts.Account: wrapped_secret",),
        gettext_lazy("The secret that ties your votes to you, encrypted"),
        gettext_lazy("one vote per account; to show you your votes"),
        CLOSING,
        DESTROYED,
    ),
    Kept(
        Nature.SECRET,
        ("consultation.Departure: id consultation mark",),
        gettext_lazy("Mark of the address of a closed account that voted"),
        gettext_lazy("nobody votes twice by closing an account"),
        gettext_lazy("close of the consultation"),
        DESTROYED,
    ),
    Kept(
        Nature.SECRET,
        ("accounts.SuspendedAddress: id mark suspended_on until_on",),
        gettext_lazy("Mark of the address of a closed account that was suspended"),
        gettext_lazy("nobody lifts a suspension by closing an account"),
        gettext_lazy("%(suspensions_months)s months after the closing"),
        gettext_lazy("made then"),
        terms=("suspensions",),
    ),
    Kept(
        Nature.SECRET,
        (
            "accounts.Account: password wrapped_totp spent_totp has_second_factor needs_second_factor",
            "accounts.RecoveryCode: id account code_hash used_on",
            "accounts.SecurityEvent: id account kind reason happened_on",
        ),
        gettext_lazy("Password, second factor, printed codes, if you have them, and what happened to them"),
        gettext_lazy("to lock your account"),
        CLOSING,
        DESTROYED,
    ),
    Kept(
        Nature.SECRET,
        (
            "accounts.SignInCode: id address_key purpose code_hash expires_at attempts used_at",
            "sessions.Session: session_key session_data expire_date",
        ),
        gettext_lazy("Sign-in codes and sessions"),
        gettext_lazy("to recognise you from one page to the next"),
        gettext_lazy("%(codes)s day for codes; %(sessions)s days for sessions, %(unconfirmed)s if you do not finish signing up"),
        DESTROYED,
        terms=("codes", "sessions", "unconfirmed"),
    ),
    Kept(
        Nature.PERSONAL,
        (
            "accounts.Membership: id account organisation since_on",
            "accounts.VerificationRequest: id organisation requested_by state reason requested_on decided_on decided_by_role",
        ),
        gettext_lazy("Organisations you speak for"),
        gettext_lazy("to let you speak under their name"),
        CLOSING,
        gettext_lazy("destroyed; the decisions on the organisation stay"),
        in_archive=True,
    ),
    Kept(
        Nature.PERSONAL,
        ("accounts.VerificationRequest: evidence",),
        gettext_lazy("Evidence of an organisation"),
        gettext_lazy("to check its identity"),
        gettext_lazy("the decision"),
        DESTROYED,
        in_archive=True,
    ),
    Kept(
        Nature.PERSONAL,
        (
            "processes.RoleAssignment: id process account role number body from_on until_on",
            "processes.CreationRight: id account body granted_on",
            "processes.Invitation: id process email role body until_on token_hash invited_by expires_at accepted_at withdrawn_at",
            "accounts.Account: is_administrator",
        ),
        gettext_lazy("Roles you hold or are offered"),
        gettext_lazy("to give access; shown by role and number"),
        ONLINE,
        gettext_lazy("ended; role and number stay, without a name"),
        in_archive=True,
    ),
    Kept(
        Nature.PERSONAL,
        (
            "notifications.Follow: id account subject",
            "notifications.Refusal: id account topic",
            "notifications.Event: id account topic key line address quotes happened_on told_on told_in",
            "outbox.Mail: id key to subject body quotes unsubscribe_address queued_at due_on_or_after worthless_after "
            "claimed_until attempts sent_at given_up_at last_error",
        ),
        gettext_lazy("What you follow and refuse, messages on their way"),
        gettext_lazy("to tell you what you asked for"),
        gettext_lazy(
            "messages: destroyed once sent, %(told)s days for the lines of digests, %(mail_keys)s for the mark that keeps them "
            "from leaving twice; the rest: closing of the account"
        ),
        DESTROYED,
        in_archive=True,
        terms=("told", "mail_keys"),
    ),
    Kept(
        Nature.PERSONAL,
        ("accounts.Consent: id account subject wording wording_hash language given_on withdrawn_on",),
        gettext_lazy("What you agreed to: the terms, the use of your opinions in a concertation, in which words, on which day"),
        gettext_lazy("proof of your agreement"),
        CLOSING,
        DESTROYED,
        in_archive=True,
    ),
    Kept(
        Nature.PERSONAL,
        ("portal.TakenText: id account kind title body url origin taken_on",),
        gettext_lazy("Drafts of the texts you brought from another site"),
        gettext_lazy("so that you publish them here if you wish"),
        CLOSING,
        DESTROYED,
        in_archive=True,
    ),
    Kept(
        Nature.PERSONAL,
        ("accounts.StaffAccess: id account what by process seen_on",),
        gettext_lazy("Which staff saw your data, by role, and why"),
        gettext_lazy("so that you know"),
        gettext_lazy("%(accesses_months)s months"),
        DESTROYED,
        in_archive=True,
        terms=("accesses",),
    ),
    Kept(
        Nature.PERSONAL,
        (
            "moderation.Flag: words",
            "moderation.Hearing: facts reply",
            "moderation.StatementOfReasons: facts",
            "moderation.Decision: words",
            "moderation.Appeal: words reasons",
        ),
        gettext_lazy("What was flagged, replied, decided and contested about one of your texts"),
        gettext_lazy("to hear its author, to give reasons, to judge an appeal"),
        gettext_lazy("%(moderation_months)s months after the end of the case"),
        gettext_lazy("destroyed; what is coded stays in the register of moderation"),
        in_archive=True,
        terms=("moderation",),
    ),
    Kept(
        Nature.SECRET,
        ("moderation.Flag: code_hash",),
        gettext_lazy("Mark of the follow-up code of a flag"),
        gettext_lazy("to give its answer to who flagged, and to nobody else"),
        gettext_lazy("as long as the case is kept"),
        gettext_lazy("names nobody"),
    ),
    Kept(
        Nature.PERSONAL,
        (
            "moderation.Case: account",
            "moderation.Decision: account decider confirmer",
            "moderation.Appeal: first_decider judge",
            "moderation.Claim: id case contribution moderator expires_at",
            "moderation.Reading: id contribution revision moderator read_at",
        ),
        gettext_lazy("Who decided of which text, among staff; whose display name was examined"),
        gettext_lazy("nobody judges what they decided; public by role and number only"),
        ONLINE,
        gettext_lazy("kept on a row without a name"),
    ),
    Kept(
        Nature.PERSONAL,
        ("portal.ProblemReport: id page words reported_at answer answered_at",),
        gettext_lazy("The problems you tell of, without your name"),
        gettext_lazy("to answer them; public once answered"),
        gettext_lazy("%(problems_months)s months after the answer, or without one"),
        gettext_lazy("tied to no account: write to us"),
        terms=("problems",),
    ),
    Kept(
        Nature.PUBLIC,
        (
            "accounts.Organisation: id name name_key slug kind verified_on created_on",
            "opendata.Import: id process number format source_name source_sha256 votes_sha256 state first_number last_number "
            "leaf_hash is_public report started_at finished_at",
            "figures.StatedFigure: id process key rank value qualifier label definition source",
            "moderation.Case: id process contribution state severity flags revision opened_at decided_at words_forgotten_on",
            "moderation.Flag: id case ground flagged_at",
            "moderation.Hearing: id case ground notified_at due_at replied_at",
            "moderation.StatementOfReasons: id ground forgotten_on made_at contest_until",
            "moderation.Decision: id case contribution act ground statement hearing is_bulk actor decided_at confirm_before "
            "confirmed_at ended_at",
            "moderation.Appeal: id decision party lodged_at outcome actor judged_at",
            "consultation.Batch: id consultation number sealed_at voters leaves is_small",
            "consultation.ImportedVote: id import_number line contribution voter revision position source_key",
            "consultation.Opening: id contribution leaf_position revision position salt nonce_hash",
            "opendata.Copy: id process document",
            "opendata.KeptFile: id process name content",
            "contributions.Contribution: id process consultation number kind nature section about about_kind side speaks_for "
            "author_kind was_verified origin origin_address revision status status_ground status_since accepted_on fate "
            "fate_reason fate_address agree mixed disagree imported_agree imported_mixed imported_disagree declared_votes "
            "arguments_for arguments_against sources completions order_voters order_draw order_supported order_divisive "
            "source_id",
            "contributions.Revision: id contribution number reason stood_in salt author_salt leaf_hash agree mixed disagree",
            "processes.Process: id slug title tagline introduction hashtag initiative organiser licence charter who_decides "
            "what_becomes feedback_due_on feedback_given_on legal_basis asks_consent synthesis_planned appeal_body "
            "is_demonstration is_archive is_taken_over copied_from key_lost_on is_listed last_number version log created_on "
            "incident_on incident_from_at",
            "processes.Referral: id process kind number issuer addressee received_on deadline_on text questions version",
            "processes.Milestone: id process from_on until_on precision title",
            "processes.Theme: id process number title presentation version",
            "processes.Consultation: id process theme slug rank title presentation questions has_diagnoses state opens_at "
            "closes_at is_under_crpa deadline_derogation closing_told_for is_imported "
            "review_until review_reason config_leaf version drawn_on "
            "proposals "
            "texts votes voters new_voters",
            "processes.RulesInForce: id consultation document salt leaf_hash since_at",
            "processes.Extension: id consultation previous_closes_at closes_at reason decided_at",
            "annotations.Document: id process kind slug title opens_at closes_at last_number",
            "annotations.DocumentVersion: id document number blocks published_at",
            "annotations.Annotation: id document number discussion speaks_for status status_ground status_since answer answer_reason "
            "answered_by answered_at answered_in salt leaf_hash",
            "annotations.Anchor: id annotation version block start end exact prefix suffix is_detached",
            "synthesis.Synthesis: id consultation document state introduction columns edition",
            "synthesis.Topic: id synthesis key rank label",
            "synthesis.Statement: id synthesis key topic column position rank text is_linking edition edited_by edited_at",
            "synthesis.Citation: id statement contribution revision field start end rank qualifier is_repaired",
            "synthesis.KeptPassage: id synthesis contribution revision field start end kept_by kept_at",
            "synthesis.Reading: id synthesis contribution revision topic same_as read_by read_at",
            "synthesis.SettledDoubt: id synthesis check_name marks reason settled_by settled_at",
            "synthesis.UncitedReason: id synthesis contribution fate reason given_by given_at",
            "synthesis.Review: id synthesis reviewer body content_hash checklist remarks is_favourable reviewed_at",
            "synthesis.SynthesisVersion: id synthesis number content content_hash coverage changes document_version published_by "
            "published_at leaf_hash",
            "synthesis.PublishedCitation: id version contribution revision field start end statement rank qualifier",
            "processes.Act: id process consultation kind actor document salt leaf_hash happened_at",
            "processes.ProgressUpdate: id process title body role number is_feedback texts votes published_at",
            "ledger.Log: id origin size frontier is_copy",
            "ledger.Entry: id log kind leaf leaf_hash position",
            "ledger.Checkpoint: id log size root note sealed_at is_close",
            "ledger.KeyFingerprint: id name fingerprint",
            "auth.Permission: id name content_type codename",
            "auth.Group: id name",
            "contenttypes.ContentType: id app_label model",
        ),
    ),
)


def table() -> str:
    """The table of the privacy page, in Markdown: what is someone's, row by row."""
    heads = [_("What"), _("Why"), _("Until when"), _("When you close your account"), _("In your archive")]
    rows: list[list[object]] = [
        [kept.what, kept.why, kept.until_in_words(), kept.erased, _("yes") if kept.in_archive else _("no")]
        for kept in KEPT
        if kept.what
    ]
    lines: list[list[object]] = [[*heads], ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(str(cell) for cell in row)} |" for row in lines)
