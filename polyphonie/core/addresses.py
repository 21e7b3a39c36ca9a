"""What are the permanent addresses of things? French, never reused; a contract that any package may build links from."""

from urllib.parse import urlencode

from django.conf import settings
from django.utils.http import url_has_allowed_host_and_scheme

RESERVED_FIRST_WORDS = frozenset(
    {
        "mon-espace", "connexion", "aide", "accessibilite", "mentions-legales", "conditions", "confidentialite", "loyaute",
        ".well-known", "api", "admin", "static", "demo", "probleme", "nouvelle-concertation", "sante", "langue",
    }
)  # fmt: skip
"""No process can take these as its first word."""

PREVIEW = "apercu"
"""The word an organiser asks with, to see the page of a process with what is still in draft."""

API = "/api/v1/"
MY_SPACE = "/mon-espace/"
SIGN_IN = "/connexion/"
HELP = "/aide/"
CONTACT = "/aide/#contact"
ACCESSIBILITY = "/accessibilite/"
LEGAL_NOTICE = "/mentions-legales/"
TERMS = "/conditions/"
FAIRNESS = "/loyaute/"
PRIVACY = "/confidentialite/"
PROBLEMS = "/probleme/"
NEW_PROCESS = "/nouvelle-concertation/"
HEALTH = "/sante/"
DEMO = "/demo/"
DEMO_MAILS = f"{DEMO}courrier/"
VERIFICATIONS = f"{MY_SPACE}verifications/"
MY_CASES = f"{MY_SPACE}moderation/"
MY_VOTES = f"{MY_SPACE}avis/"
MY_RECEIPTS = f"{MY_SPACE}recus/"
MY_ORGANISATIONS = f"{MY_SPACE}organisations/"
MY_MESSAGES = f"{MY_SPACE}messages/"
MY_SETTINGS = f"{MY_SPACE}reglages/"
MY_SECURITY = f"{MY_SPACE}securite/"
MY_ARCHIVE = f"{MY_SPACE}archive/"
BRINGING = f"{MY_SPACE}reprendre/"
MY_AGREEMENTS = f"{MY_SPACE}accords/"
CLOSING = f"{MY_SPACE}fermer/"
SIGN_OUT = f"{SIGN_IN}sortir/"
SECOND_FACTOR = f"{SIGN_IN}second-facteur/"


def absolute(address: str) -> str:
    """The same address with the installation's scheme and host: for mails, feeds and exports."""
    return f"{settings.POLYPHONIE_BASE_URL}{address}"


def local(address: str, otherwise: str) -> str:
    """`address` when it stays on this site (« suite » of a form), else `otherwise`: nobody is sent elsewhere by a link."""
    is_local = address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if is_local else otherwise


def problem_address(page: str) -> str:
    """« Un problème sur cette page ? »: the form, told which page."""
    return f"{PROBLEMS}?{urlencode({'page': page})}"


def language_address(code: str, page: str) -> str:
    """The same page in another language."""
    return f"/langue/{code}/?{urlencode({'suite': page})}"


def my_case_address(case: int) -> str:
    """What moderation holds against a text of mine: the notice, my reply, the reasons, my appeal."""
    return f"{MY_CASES}{case}/"


def process_address(process: str) -> str:
    return f"/{process}/"


def consultation_address(process: str, consultation: str) -> str:
    return f"/{process}/consultations/{consultation}/"


def opinions_address(process: str, consultation: str) -> str:
    """« Donner mon avis »: one proposal at a time."""
    return f"/{process}/consultations/{consultation}/avis/"


def propose_address(process: str, consultation: str) -> str:
    return f"/{process}/consultations/{consultation}/proposer/"


def contribution_address(process: str, number: int) -> str:
    return f"/{process}/contributions/{number}/"


def revisions_address(process: str, number: int) -> str:
    """Every public revision of a contribution, and what changed."""
    return f"/{process}/contributions/{number}/revisions/"


def vote_address(process: str, number: int) -> str:
    """Where one gives one's position on a contribution (and signs in, the first time)."""
    return f"/{process}/contributions/{number}/avis/"


def take_back_address(process: str) -> str:
    """Where one takes that agreement back."""
    return f"/mon-espace/accords/{process}/"


def terms_address(version: str) -> str:
    """One version of the terms, by the day since which it holds."""
    return f"/conditions/{version}/"


def agreement_address(process: str) -> str:
    """Where one agrees, once, that a concertation uses one's opinions."""
    return f"/{process}/accord/"


def argue_address(process: str, number: int, side: str = "") -> str:
    """Where one writes an argument; `side` (`for` or `against`) chooses it beforehand."""
    sides = {"for": "pour", "against": "contre"}
    return f"/{process}/contributions/{number}/argument/" + (f"?sens={sides[side]}" if side else "")


def source_address(process: str, number: int) -> str:
    return f"/{process}/contributions/{number}/source/"


def complete_address(process: str, number: int) -> str:
    return f"/{process}/contributions/{number}/complement/"


def accept_address(process: str, number: int) -> str:
    """Where the author of a proposal says that this completion belongs to it."""
    return f"/{process}/contributions/{number}/accepter/"


def edit_address(process: str, number: int) -> str:
    """Where its author changes or withdraws a text."""
    return f"/{process}/contributions/{number}/modifier/"


def withdraw_address(process: str, number: int) -> str:
    """Where its author takes a text back."""
    return f"/{process}/contributions/{number}/retirer/"


def typographic_address(process: str, number: int) -> str:
    """Where a moderator says that the last change of a text was typographic."""
    return f"/{process}/contributions/{number}/typographie/"


def flag_address(process: str, number: int) -> str:
    return f"/{process}/contributions/{number}/signaler/"


def progress_address(process: str) -> str:
    return f"/{process}/suivi/"


def participants_address(process: str, slug: str = "") -> str:
    return f"/{process}/participants/{slug}/" if slug else f"/{process}/participants/"


def figures_address(process: str) -> str:
    return f"/{process}/chiffres/"


def syntheses_address(process: str) -> str:
    """The published syntheses of a concertation."""
    return f"/{process}/syntheses/"


def synthesis_address(process: str, consultation: str) -> str:
    """The synthesis of a consultation, in its last version, with its citations and discussions."""
    return f"/{process}/syntheses/{consultation}/"


def discussion_address(process: str, consultation: str, number: int) -> str:
    """One discussion of a synthesis."""
    return f"/{process}/syntheses/{consultation}/discussions/{number}/"


def answering_address(process: str, consultation: str) -> str:
    """Where rapporteurs answer the discussions of a synthesis."""
    return f"/{process}/redaction/{consultation}/discussions/"


def opinion_groups_address(process: str, consultation: str) -> str:
    """The map of opinions of a consultation: groups, consensus, controversies."""
    return f"/{process}/consultations/{consultation}/opinions/"


def writing_address(process: str, consultation: str = "") -> str:
    """The rapporteurs' desk."""
    return f"/{process}/redaction/{consultation}/" if consultation else f"/{process}/redaction/"


def search_address(process: str) -> str:
    return f"/{process}/recherche/"


def timeline_address(process: str) -> str:
    return f"/{process}/chronologie/"


def data_address(process: str) -> str:
    return f"/{process}/donnees/"


def register_address(process: str) -> str:
    return f"/{process}/registre/"


def integrity_address(process: str) -> str:
    return f"/{process}/registre/integrite/"


def receipt_lookup_address(process: str) -> str:
    """Where one shows a kept receipt, to see what the register holds of it."""
    return f"/{process}/registre/recu/"


def recount_address(process: str, number: int) -> str:
    """« Recompter »: the totals of a text, counted again from the published votes."""
    return f"/{process}/contributions/{number}/recompter/"


def hand_over_address(process: str) -> str:
    """Where an administrator of the site names an organiser of a concertation that has none."""
    return f"{NEW_PROCESS}reprise/?concertation={process}"


def organisation_address(process: str) -> str:
    return f"/{process}/organisation/"


def charter_reasons_address(process: str) -> str:
    """Which article of the charter each reason of moderation rests on, said by organisers."""
    return f"/{process}/organisation/motifs/"


def verifications_address(process: str) -> str:
    """The requests for « Compte vérifié », decided by organisers."""
    return f"/{process}/organisation/verifications/"


def week_address(process: str) -> str:
    """Where the point of the week is drafted from the record and the published texts."""
    return f"{organisation_address(process)}points/semaine/"


def preview_address(process: str) -> str:
    return f"{process_address(process)}?{PREVIEW}"


def seeding_address(process: str, consultation: str) -> str:
    """Where organisers enter proposals from the public debate, before the opening."""
    return f"{organisation_address(process)}consultations/{consultation}/debat-public/"


def second_reading_address(process: str, consultation: str) -> str:
    """Where a second person reads the draft of a synthesis."""
    return f"/{process}/redaction/{consultation}/relecture/"


def review_address(process: str, consultation: str) -> str:
    """Where organisers and moderators have texts read before they appear."""
    return f"{organisation_address(process)}consultations/{consultation}/relecture/"


def moderation_address(process: str) -> str:
    return f"/{process}/moderation/"


def appeals_address(process: str) -> str:
    """The page of those who judge appeals: that right alone."""
    return f"/{process}/moderation/recours/"


def moderation_register_address(process: str) -> str:
    """Every decision of moderation in coded fields, and its figures, for everyone."""
    return f"/{process}/registre/moderation/"


def follow_flag_address(process: str) -> str:
    """Where the code given to who flagged leads to the answer."""
    return f"/{process}/signaler/suivi/"


def process_feed_address(process: str) -> str:
    return f"/{process}/flux.atom"


def data_feed_address(process: str) -> str:
    return f"/{process}/donnees/flux.atom"


def progress_feed_address(process: str) -> str:
    return f"/{process}/suivi/flux.atom"


def consultation_feed_address(process: str, consultation: str) -> str:
    return f"/{process}/consultations/{consultation}/flux.atom"
