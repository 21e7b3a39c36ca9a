"""How does one come to the pages that no address alone shows? By the steps of each errand, its mistakes and its refusals."""

from collections.abc import Callable
from datetime import date, timedelta
from errno import ENOSPC
from unittest.mock import patch

import pyotp
from django.core.exceptions import SuspiciousOperation
from django.db import OperationalError
from django.test import Client, override_settings
from django.utils import timezone

from polyphonie.accounts.actions import begin_second_factor, hide_name, restore_name
from polyphonie.accounts.actions.codes import draw_link
from polyphonie.accounts.actions.organisations import invite as invite_to_speak
from polyphonie.accounts.actions.organisations import request_verification
from polyphonie.accounts.actions.people import first_sign_in_purpose
from polyphonie.accounts.secrets import unwrapped
from polyphonie.consultation.actions import speaking
from polyphonie.consultation.actions.moderating import mask_passage
from polyphonie.contributions.actions import Text
from polyphonie.contributions.models import Contribution
from polyphonie.core.refusal import Refused
from polyphonie.core.serving import haste
from polyphonie.core.writing import writing
from polyphonie.moderation.models import Case, Ground
from polyphonie.notifications.messages import stop_token
from polyphonie.notifications.models import Topic
from polyphonie.opendata.models import Import
from polyphonie.outbox.models import Mail
from polyphonie.portal.actions import report_problem
from polyphonie.portal.demonstration.archive import load_archive
from polyphonie.portal.documents import Version
from polyphonie.processes.actions.frame import add_consultation, add_theme
from polyphonie.processes.actions.people import invite
from polyphonie.processes.models import Role
from tests.journeys.behind_desk import writing_a_synthesis
from tests.journeys.every_template import Witness
from tests.journeys.hands import last_code
from tests.people import ADMINISTRATOR, ANONYMOUS, AUTHOR, CITIZEN, Town, a_citizen, enter

WRITE, NEAR, PUBLISH = (
    "/demain/consultations/places/proposer/",
    "/demain/consultations/places/proposer/proches/",
    "/demain/publier/",
)
DESK = "/demain/organisation/"
WRONG_CODE = {"code": "000000"}
NEWCOMER = {"mail": "nora@exemple.fr", "name": "Nora", "is_fifteen": "on", "agrees": "on"}
KINDS = ("proposal", "argument", "source", "completion", "vote")
NONCES = ("A" * 22, "B" * 21 + "A")


def newcomer() -> Client:
    return Client(headers={"accept-language": "fr"})


def shown_long_ago() -> dict[str, str]:
    """The stamp of a form that a person took their time to fill."""
    return {haste.STAMP_FIELD: haste.stamp(timezone.now() - timedelta(minutes=1))}


def last_address() -> str:
    """The address of ours that the last mail leads to."""
    return next(word for word in reversed(Mail.objects.latest("pk").body.split()) if "/invitation/" in word).split("/", 3)[3]


def signing_in(town: Town, witness: Witness) -> None:
    """A code, a name the first time; each mistake on the way."""
    client, sign_in = newcomer(), "/connexion/"
    witness.post(client, sign_in, {"address": "nora"})
    witness.post(client, sign_in, {"address": "nora@exemple.fr"})
    witness.post(client, sign_in, {"address": "nora@exemple.fr", **shown_long_ago()})
    witness.get(client, "/connexion/code/")
    witness.post(client, "/connexion/code/", WRONG_CODE)
    witness.post(client, "/connexion/code/", {"again": "1"})
    witness.post(client, "/connexion/code/", {"code": last_code()})
    witness.get(client, "/connexion/nom/")
    witness.post(client, "/connexion/nom/", {"name": "Camille"})
    witness.post(newcomer(), "/connexion/mot-de-passe/", {"address": "nora@exemple.fr", "password": "faux"})
    with writing() as now:
        token = draw_link(first_sign_in_purpose(town.accounts[CITIZEN]), hours=1, now=now)
    witness.get(newcomer(), f"/connexion/lien/{town.accounts[CITIZEN].pk}/{token}/")
    witness.post(newcomer(), f"/connexion/lien/{town.accounts[CITIZEN].pk}/autre/")


def locking_one_s_account(town: Town, witness: Witness) -> None:
    """A password; a second factor, its codes shown once; the second step at the next sign-in."""
    account = a_citizen("Sacha")
    client = newcomer()
    enter(client, account)
    password, setup = "/mon-espace/securite/mot-de-passe/", "/mon-espace/securite/second-facteur/"
    witness.post(client, password, {"password": "court", "again": "autre"})
    witness.post(client, password, {"password": "une phrase assez longue", "again": "une phrase assez longue"})
    witness.get(client, password)
    with writing():
        begin_second_factor(account)
    witness.get(client, setup)
    witness.post(client, setup, WRONG_CODE)
    account.refresh_from_db()
    code = pyotp.TOTP(unwrapped(bytes(account.wrapped_totp or b""), account.pk)).now()
    witness.post(client, setup, {"code": code})
    witness.get(client, setup)
    witness.get(client, "/mon-espace/securite/")
    back = newcomer()
    enter(back, account, has_second_factor=False)
    witness.get(back, "/connexion/second-facteur/")
    witness.post(back, "/connexion/second-facteur/", WRONG_CODE)


def publishing(town: Town, witness: Witness) -> None:
    """The three screens, by someone new and by someone known; each kind of text; each mistake."""
    proposal = {"title": "Planter des tilleuls et des érables", "body": "Il fait trop chaud l’été sur la place."}
    client = newcomer()
    witness.post(client, WRITE, {})
    witness.post(client, WRITE, proposal)
    witness.get(client, NEAR)
    witness.post(client, NEAR)
    witness.get(client, PUBLISH)
    witness.post(client, PUBLISH, {"mail": "nora"})
    witness.post(client, PUBLISH, NEWCOMER)
    witness.post(client, PUBLISH, {**NEWCOMER, **shown_long_ago()})
    witness.get(client, PUBLISH)
    witness.post(client, PUBLISH, WRONG_CODE)
    author = town.visit(AUTHOR)
    author.post(WRITE, {"title": "Une fontaine", "body": "De l’eau."})
    author.post(NEAR)
    witness.get(author, PUBLISH)
    author.post(PUBLISH)
    witness.get(author, f"/demain/contributions/{Contribution.objects.latest('pk').number}/publiee/")
    witness.post(author, f"/demain/contributions/{town.proposal.number}/modifier/", {})
    for kind in ("argument", "source", "complement"):
        witness.post(newcomer(), f"/demain/contributions/{town.proposal.number}/{kind}/", {"title": ""})
    witness.post(newcomer(), "/demain/consultations/rues/proposer/", proposal)


def voting(town: Town, witness: Witness) -> None:
    """A vote, its receipt; a vote on a text that changed meanwhile, and one sent from two windows."""
    client, number = town.visit(CITIZEN), town.proposal.number
    vote = {"number": number, "position": "agree", "n": NONCES[0], "after": 0, "revision": town.proposal.revision}
    witness.post(client, "/demain/voter/", {**vote, "revision": "9"})
    client.post("/demain/voter/", vote)
    for address in ("/mon-espace/avis/", "/demain/consultations/places/"):
        witness.get(client, address)
    for page in ("", "avis/", "recu/"):
        witness.get(client, f"/demain/contributions/{number}/{page}")
    witness.post(client, "/demain/voter/", {**vote, "position": "disagree", "n": NONCES[1]})
    with writing(lock=town.consultation, shared=True) as now:
        changed = Text("Planter des tilleuls et des bancs", "Il fait trop chaud l’été, et nul ne s’assied.")
        speaking.revise(town.proposal, changed, account=town.accounts[AUTHOR], now=now)
    witness.post(client, "/demain/voter/", {**vote, "after": 1, "n": NONCES[1]})
    for page in ("", "avis/", "revisions/"):
        witness.get(client, f"/demain/contributions/{number}/{page}")
    witness.get(client, "/demain/consultations/places/avis/?vues=10")
    witness.get(newcomer(), "/demain/consultations/places/avis/?vues=10")


def counted(town: Town, witness: Witness) -> None:
    """Totals, once a batch has been published; a completion accepted; lists by each order, searches with and without results."""
    Contribution.objects.filter(pk=town.proposal.pk).update(agree=31, mixed=12, disagree=9)
    Contribution.objects.filter(pk=town.others_proposal.pk).update(agree=3, mixed=40, disagree=1)
    author = town.visit(AUTHOR)
    author.post(f"/demain/contributions/{town.completion.number}/accepter/")
    for client, who in ((author, AUTHOR), (newcomer(), ANONYMOUS)):
        witness.get(client, "/demain/consultations/places/", who)
        witness.get(client, f"/demain/contributions/{town.proposal.number}/", who)
    for query in ("q=tilleuls", "q=zzz", "q=", "q=tilleuls&genre=proposal"):
        witness.get(newcomer(), f"/demain/recherche/?{query}")
    for order in ("recentes", "soutenues", "divisent", "argumentees"):
        witness.get(newcomer(), f"/demain/consultations/places/?ordre={order}")
    witness.get(newcomer(), "/demain/chiffres/")


def leaving(town: Town, witness: Witness) -> None:
    """One's archive and one's departure, each behind a code; the link that stops a kind of message."""
    account = a_citizen("Alix")
    client = newcomer()
    enter(client, account)
    witness.get(client, f"/mon-espace/messages/arreter/{stop_token(account, Topic.REACTIONS)}/")
    witness.post(client, f"/mon-espace/messages/arreter/{stop_token(account, Topic.REACTIONS)}/")
    witness.get(client, "/mon-espace/messages/")
    for address in ("/mon-espace/archive/", "/mon-espace/fermer/"):
        witness.post(client, address, {"send": "1"})
        witness.post(client, address, {"texts": "keep", "votes": "keep", **WRONG_CODE})
    witness.post(client, "/mon-espace/fermer/", {"texts": "keep", "votes": "keep", "code": last_code()})


def speaking_for_others(town: Town, witness: Witness) -> None:
    """An organisation: declared twice, verified, joined with an invitation."""
    author, address = town.visit(AUTHOR), f"/mon-espace/organisations/{town.organisation.slug}/"
    witness.post(author, "/mon-espace/organisations/", {"name": "Les Amis du marché", "kind": "private_organisation"})
    witness.post(author, address, {"evidence": ""})
    witness.post(author, address, {"invite": "1"})
    with writing() as now:
        token = invite_to_speak(town.organisation, by=town.accounts[AUTHOR], now=now)
        asked = request_verification(town.organisation, by=town.accounts[AUTHOR], evidence="Récépissé W123", now=now)
    witness.get(author, address)
    witness.get(town.visit(CITIZEN), f"{address}rejoindre/{token}/")
    author.post(WRITE, {"title": "Un kiosque", "body": "Pour la musique."})
    author.post(NEAR)
    witness.get(author, PUBLISH)
    organiser = town.visit(Role.ORGANISER.value)
    witness.get(organiser, f"{DESK}verifications/")
    witness.post(organiser, f"{DESK}verifications/", {"request": str(asked.pk), "decision": "refuse", "reason": ""})
    administrator = town.visit(ADMINISTRATOR)
    witness.get(administrator, "/mon-espace/verifications/")
    fields = {"request": str(asked.pk), "decision": "accept", "reason": "Récépissé lu."}
    organiser.post(f"{DESK}verifications/", fields)
    witness.get(organiser, f"{DESK}verifications/?fait")
    witness.get(author, address)


def organising(town: Town, witness: Witness) -> None:
    """A theme, a calendar, a role offered and accepted, a point before it is published; someone who wrote meanwhile."""
    organiser = town.visit(Role.ORGANISER.value)
    with writing(lock=town.process) as now:
        add_theme(town.process, {"title": "Les places", "number": 1}, actor="organiser/1", now=now)
        add_consultation(town.process, {"title": "Nos quais", "questions": "Que faire ?"}, actor="organiser/1", now=now)
    for page in ("", "themes/", "themes/1/", "consultations/nos-quais/", "consultations/nos-quais/calendrier/", "annoncer/"):
        witness.get(organiser, f"{DESK}{page}")
    witness.get(organiser, f"{DESK}consultations/nos-quais/annoncer/")
    witness.get(organiser, "/demain/consultations/nos-quais/")
    for page in ("presentation/", "methode/", "saisine/", "themes/", "consultations/nouvelle/", "roles/", "points/", "tableur/"):
        witness.post(organiser, f"{DESK}{page}", {})
    days = {"opens_on": "2030-05-01", "closes_on": "2030-04-01"}
    for page in ("calendrier/", "consultations/nos-quais/calendrier/"):
        witness.post(organiser, f"{DESK}{page}", days)
    witness.post(organiser, f"{DESK}consultations/places/prolonger/", {})
    witness.post(organiser, f"{DESK}consultations/places/debat-public/", {})
    witness.post(organiser, f"{DESK}tableur/", {"table": "Thème\tConsultation\nVille\tNos rues\n", "pasted": "x\ty\n"})
    presentation = {
        "title": "Demain, nos places",
        "organiser": "Une autre commune",
        "licence": "Licence Ouverte 2.0",
        "version": "0",
    }
    witness.post(organiser, f"{DESK}presentation/", presentation)
    point = {"title": "Une semaine", "body": f"Nous avons lu #{town.proposal.number}."}
    witness.post(organiser, f"{DESK}points/", point)
    organiser.post(f"{DESK}points/", {**point, "publish": "1"})
    witness.get(organiser, f"{DESK}points/")
    witness.get(newcomer(), "/demain/suivi/")
    with writing(lock=town.process) as now:
        invite(town.process, email="camille@exemple.fr", role=Role.MODERATOR, actor="organiser/1", now=now)
    witness.get(organiser, f"{DESK}roles/")
    citizen, offer = town.visit(CITIZEN), "/" + last_address()
    witness.get(town.visit(AUTHOR), offer)
    witness.get(citizen, offer)
    witness.post(citizen, offer)


def moderating(town: Town, witness: Witness) -> None:
    """The pages of a text, hidden or not, and a decision without its reason; a text flagged."""
    flagging = f"/demain/contributions/{town.others_proposal.number}/signaler/"
    witness.post(newcomer(), flagging, {"ground": ""})
    witness.post(newcomer(), flagging, {"about": "text", "ground": Ground.CHARTER_ADVERTISING, **shown_long_ago()})
    witness.post(newcomer(), "/demain/signaler/suivi/", {"code": "inconnu"})
    flagged = Case.objects.latest("pk")
    for page in ("", "recours/", "relire/", f"dossiers/{flagged.number}/", f"{town.proposal.number}/volume/"):
        witness.get(town.visit(Role.MODERATOR.value), f"/demain/moderation/{page}")
    moderator = town.visit(Role.MODERATOR.value)
    for number in (town.proposal.number, town.hidden.number):
        witness.get(moderator, f"/demain/moderation/{number}/")
        witness.post(moderator, f"/demain/moderation/{number}/", {"facts": " "})


def annotating(town: Town, witness: Witness) -> None:
    """A passage commented on, wrongly then rightly; a reply; a comment flagged, examined, taken back; answers of rapporteurs."""
    synthesis = f"/demain/syntheses/{town.closed.slug}/"
    form = f"{synthesis}annoter/?bloc=trottoirs"
    for page in (form, f"{form}&de=3&a=12", f"{synthesis}annoter/?bloc=parti", synthesis, f"{synthesis}?ordre=date"):
        witness.get(newcomer(), page)
    citizen = town.visit(CITIZEN)
    witness.post(citizen, form, {"title": "", "body": ""})
    witness.post(citizen, form, {"title": "Ici ?", "body": "Où ?", "passage": "ailleurs"})
    witness.post(citizen, form, {"title": "Ici ?", "body": "Où ?"})
    for number in town.discussions.values():
        discussion = f"{synthesis}discussions/{number}/"
        for page in ("", "repondre/", "signaler/"):
            witness.get(newcomer(), f"{discussion}{page}")
        witness.get(town.visit(AUTHOR), f"{discussion}retirer/")
    flagging = f"{synthesis}discussions/{town.discussions['open']}/signaler/"
    witness.post(newcomer(), flagging, {"about": "text", "ground": Ground.CHARTER_ABUSE, **shown_long_ago()})
    moderator = town.visit(Role.MODERATOR.value)
    witness.get(moderator, f"/demain/moderation/dossiers/{Case.objects.latest('pk').number}/")
    witness.get(moderator, "/demain/moderation/")
    rapporteur, answers = town.visit(Role.RAPPORTEUR.value), f"/demain/redaction/{town.closed.slug}/discussions/"
    witness.get(rapporteur, f"/demain/redaction/{town.closed.slug}/cahier/", "rapporteur")
    witness.post(rapporteur, answers, {"discussion": str(town.discussions["open"]), "answer": "declined"})
    witness.get(rapporteur, answers)
    witness.get(town.visit(AUTHOR), "/mon-espace/")


def reading_before(town: Town, witness: Witness) -> None:
    """Texts read before they appear: begun, a text received, waiting for its author and for others, read late; a version masked,
    one that may be called typographic, a name hidden."""
    review = f"{DESK}consultations/{town.consultation.slug}/relecture/"
    moderator, author = town.visit(Role.MODERATOR.value), town.visit(AUTHOR)
    versions = f"/demain/contributions/{town.proposal.number}/revisions/"
    with writing(lock=town.consultation) as now:
        speaking.revise(
            _again(town.proposal),
            Text("Planter des tilleuls", "Joindre Paul : 06 12 34 56 78."),
            account=town.accounts[AUTHOR],
            now=now,
        )
    witness.get(moderator, versions)
    with writing(lock=town.consultation) as now:
        mask_passage(town.proposal, passages=["06 12 34 56 78"], ground="unlawful_data", actor="moderator/1", now=now)
    witness.get(newcomer(), versions)
    witness.get(moderator, review)
    witness.post(moderator, review, {"act": "begin", "reason": ""})
    moderator.post(review, {"act": "begin", "reason": "Une rafale de messages publicitaires."})
    witness.get(newcomer(), f"/demain/consultations/{town.consultation.slug}/")
    author.post(WRITE, {"title": "Un abri pour les vélos", "body": "Devant la gare."})
    author.post(NEAR)
    witness.get(author, PUBLISH)
    author.post(PUBLISH)
    waiting = Contribution.objects.latest("pk")
    page = f"/demain/contributions/{waiting.number}/"
    Contribution.objects.filter(pk=waiting.pk).update(published_at=waiting.published_at - timedelta(hours=80))
    for address in (page, f"{page}publiee/", f"{page}retirer/", "/mon-espace/"):
        witness.get(author, address)
    witness.get(newcomer(), page)
    witness.get(moderator, review)
    witness.get(town.visit(Role.ORGANISER.value), review)
    moderator.post(review, {"act": "end"})
    with writing() as now:
        hide_name(town.accounts[CITIZEN], ground="charter_abuse", now=now)
    witness.get(town.visit(CITIZEN), "/mon-espace/")
    with writing() as now:
        restore_name(town.accounts[CITIZEN], now=now)


def _again(text: Contribution) -> Contribution:
    return Contribution.objects.select_related("process", "consultation", "about").get(pk=text.pk)


def administering(town: Town, witness: Witness) -> None:
    """Forms of the administrator sent empty, a problem told and answered."""
    administrator = town.visit(ADMINISTRATOR)
    for page in ("partir-de/une-question/", "fichier/", "droits/", "reprise/"):
        witness.post(administrator, f"/nouvelle-concertation/{page}", {})
    witness.post(newcomer(), "/probleme/", {})
    with writing() as now:
        told = report_problem("/demain/", "Le bouton ne fait rien.", now=now)
    witness.get(newcomer(), "/probleme/?merci=1")
    witness.get(administrator, "/probleme/")
    witness.get(administrator, f"/probleme/{told.pk}/repondre/")
    witness.post(administrator, f"/probleme/{told.pk}/repondre/", {"answer": " "})


def the_house(town: Town, witness: Witness) -> None:
    """What changes with the installation: several concertations, an archive, new terms, the demonstration."""
    with writing() as now:
        load_archive(now=now)
    copied = {
        "origin": "exemple.fr",
        "leaves": 12,
        "created": dict.fromkeys(KINDS, 3),
        "checkpoint": "exemple.fr\n12",
        "files": [],
    }
    Import.objects.filter(process=town.process).update(format="polyphonie", report=copied)
    witness.get(newcomer(), "/demain/donnees/imports/1/")
    for page in ("/", "/ambition-numerique/", "/ambition-numerique/chiffres/", "/ambition-numerique/chronologie/"):
        witness.get(newcomer(), page)
    texts = [(date(2031, 1, 1), "Chacun parle.\n\nNul ne crie."), (date(2030, 1, 1), "Chacun parle bas.")]
    texts += [(date(2020, 1, 1), "Chacun écoute."), (date(2019, 1, 1), "Chacun se tait.")]
    versions = [Version(*text) for text in texts]
    with patch("polyphonie.portal.views.house.terms_versions", return_value=versions):
        witness.get(newcomer(), "/conditions/")
        for day in ("2031-01-01", "2019-01-01"):
            witness.get(newcomer(), f"/conditions/{day}/")
        witness.get(newcomer(), "/conditions/2031-01-01/changements/")
    with override_settings(POLYPHONIE_DEMO=True):
        for page in ("/demo/", "/demo/courrier/", "/demain/"):
            witness.get(newcomer(), page)


def refused(town: Town, witness: Witness) -> None:
    """400, 403, 404, 409, 410, 422, 429, 500 and 503, each with its sentence."""
    witness.get(newcomer(), "/nulle-part/")
    witness.get(town.visit(CITIZEN), DESK)
    witness.post(Client(enforce_csrf_checks=True, headers={"accept-language": "fr"}), "/connexion/", {"address": "x"})
    vote = {"number": town.settled.number, "position": "agree", "n": NONCES[0], "after": 0, "revision": 1}
    witness.post(town.visit(CITIZEN), "/demain/voter/", vote)
    for error in (
        SuspiciousOperation("x"),
        RuntimeError("x"),
        OperationalError("x"),
        OSError(ENOSPC, "x"),
        Refused("Trop de demandes.", status=429),
    ):
        with patch("polyphonie.portal.views.house.document", side_effect=error):
            witness.get(newcomer(), "/aide/")


ERRANDS: list[Callable[[Town, Witness], None]] = [
    signing_in,
    locking_one_s_account,
    publishing,
    voting,
    counted,
    speaking_for_others,
    leaving,
    organising,
    moderating,
    annotating,
    writing_a_synthesis,
    reading_before,
    administering,
    the_house,
    refused,
]
"""In this order, in one town: some change it for those that follow."""
