"""I4, the back office: what can those in charge alter through the pages of the product? Nothing that leaves no leaf.

There is no other back office: no page edits a row (decision 0006); whoever opens a shell or the database is the column « SQL ».
Each attempt is posted by someone signed in with their second factor and every role they hold, with forged fields beside those of
the form. After it, either nothing that the register covers has changed, or the register has a leaf more that says who did it, and
the export still verifies. What nothing signs (decision 0034: whether an organisation is verified…) is outside, and said there.
"""

from collections.abc import Iterator

import pytest
from django.db import connection

from polyphonie.consultation.models import Opening, Vote
from polyphonie.contributions.models import Contribution, Revision
from polyphonie.ledger.models import Entry
from polyphonie.moderation.models import Case, Decision, Ground
from polyphonie.opendata import verify
from polyphonie.opendata.export import export
from polyphonie.processes.models import (
    Consultation,
    Extension,
    Process,
    ProgressUpdate,
    Referral,
    RoleAssignment,
    RulesInForce,
    Theme,
)
from tests.people import ADMINISTRATOR, Town, a_town
from tests.undone import undone

pytestmark = [pytest.mark.django_db]
AT_LEAST = 30
MODERATOR, ORGANISER, JUDGE, AUTHORITY, RAPPORTEUR = "moderator", "organiser", "appeal", "authority", "rapporteur"
FORGED = {
    "title": "Autre titre", "body": "Autre texte", "agree": "999", "disagree": "0", "votes": "999", "position": "1",
    "status": "published", "author_name": "Quelqu’un", "number": "1", "state": "open", "closes_at": "2020-01-01", "revision": "9",
    "seq": "9", "origin": "web",
}  # fmt: skip
WHY = {"facts": "Une insulte.", "ground": Ground.CHARTER_ABUSE.value, "passage": "tilleuls"}
PUBLIC = (Contribution, Revision, Vote, Opening, Consultation, Process, Referral, Theme, RulesInForce, Extension, ProgressUpdate)
APART = {Consultation: ("version",), Process: ("version", "last_number")}
DESK, MODERATION = "/demain/organisation/", "/demain/moderation/"


def attempts(town: Town) -> Iterator[tuple[str, str, str, dict[str, str]]]:
    """What is tried, by whom, where, with what; each body also holds every forged field it does not name."""
    hidden = Case.objects.get(contribution=town.hidden)
    number, appeal = town.proposal.number, f"{MODERATION}recours/{town.appeal.pk}/"
    flagged = f"{MODERATION}dossiers/{_a_case(town).number}/"
    urgent, place = f"{MODERATION}dossiers/{hidden.number}/", f"{DESK}consultations/places/"
    for act in ("hidden", "removed", "masked", "moved", "refused", "restored", "notice", "kept", "hidden_urgently", "confirm"):
        yield f"{act} on a case that was flagged", MODERATOR, flagged, {"act": act, **WHY, "destination": str(town.closed.pk)}
    for act in ("confirm", "kept", "hidden", "masked", "hidden_urgently"):
        yield f"{act} on an urgent hiding", MODERATOR, urgent, {"act": act, **WHY}
    yield "an act that does not exist", MODERATOR, flagged, {"act": "rewritten", **WHY}
    yield "a text seen", MODERATOR, f"{MODERATION}relire/", {"act": "seen", "number": str(number)}
    yield "a case opened", MODERATOR, f"{MODERATION}{number}/", {}
    yield (
        "volume spam of two texts",
        MODERATOR,
        f"{MODERATION}{number}/volume/",
        {"facts": "Deux.", "texts": str(town.proposal.pk)},
    )
    yield "a change called typographic", MODERATOR, f"/demain/contributions/{number}/typographie/", {}
    yield "review begun", MODERATOR, f"{place}relecture/", {"act": "begin", "reason": "Une rafale."}
    for outcome in ("overturned", "upheld", "moot"):
        yield f"an appeal {outcome}", JUDGE, appeal, {"outcome": outcome, "reasons": "Relu."}
    yield (
        "an appeal judged by the first decider",
        MODERATOR,
        f"{MODERATION}recours/{town.appeal.pk}/",
        {"outcome": "overturned", "reasons": "x"},
    )
    said = {"title": "Autre titre", "organiser": "Autre", "licence": "Licence Ouverte 2.0", "version": str(town.process.version)}
    yield "the presentation", ORGANISER, f"{DESK}presentation/", said
    method = {"who_decides": "Moi", "what_becomes": "Rien", "version": str(town.process.version)}
    yield "the method, its charter", ORGANISER, f"{DESK}methode/", {**method, "charter": "Aucune règle."}
    yield "the method, its promises dropped", ORGANISER, f"{DESK}methode/", {**method, "appeal_body": "", "legal_basis": ""}
    letter = {"kind": "authority", "number": "1", "text": "Une autre lettre.", "version": "1"}
    yield "the referral", ORGANISER, f"{DESK}saisine/", letter
    yield "the question of an open consultation", ORGANISER, place, {"title": "Autre", "questions": "Autre ?", "version": "1"}
    days = {"opens_on": "2020-01-01", "closes_on": "2020-01-02", "version": "1"}
    yield "the calendar of an open consultation", ORGANISER, f"{place}calendrier/", days
    yield "a closing brought forward", ORGANISER, f"{place}prolonger/", {"closes_on": "2020-01-02", "reason": "Vite."}
    yield "an extension", ORGANISER, f"{place}prolonger/", {"closes_on": "2031-01-02", "reason": "La neige."}
    yield "an extension without reason", ORGANISER, f"{place}prolonger/", {"closes_on": "2031-01-02", "reason": " "}
    for name in ("supprimer", "annoncer", "ouvrir"):
        yield f"an open consultation: {name}", ORGANISER, f"{place}{name}/", {}
        yield f"a closed consultation: {name}", ORGANISER, f"{DESK}consultations/rues/{name}/", {}
    yield "a theme", ORGANISER, f"{DESK}themes/", {"title": "Nouveau", "number": "7"}
    yield "a consultation", ORGANISER, f"{DESK}consultations/nouvelle/", {"title": "Nouvelle", "questions": "Que faire ?"}
    yield "a progress point", ORGANISER, f"{DESK}points/", {"title": "Point", "body": "Fait.", "publish": "1"}
    yield "a progress point of the authority", AUTHORITY, f"{DESK}points/", {"title": "Point", "body": "Fait.", "publish": "1"}
    yield "proposals of the public debate", ORGANISER, f"{place}debat-public/", {"rows": "Une idée\tUn texte", "apply": "1"}
    yield "the reasons of moderation", ORGANISER, f"{DESK}motifs/", {}
    for who in (JUDGE, RAPPORTEUR, AUTHORITY, ADMINISTRATOR):
        yield f"a decision by {who}", who, flagged, {"act": "hidden", **WHY}
        yield f"the method by {who}", who, f"{DESK}methode/", {**method, "charter": "Aucune règle."}


def _a_case(town: Town) -> Case:
    return Case.objects.get_or_create(
        process=town.process, contribution=town.proposal, number=90, opened_at=town.appeal.lodged_at
    )[0]


def covered() -> dict[str, list[tuple[object, ...]]]:
    """Everything that the register covers, as it stands."""
    found = {}
    for model in PUBLIC:
        names = [field.attname for field in model._meta.concrete_fields if field.name not in APART.get(model, ())]
        found[model.__name__] = list(model.objects.order_by("pk").values_list(*names))
    found["decisions"] = list(Decision.objects.order_by("pk").values_list("pk", "act", "ended_at", "confirmed_at"))
    found["roles"] = list(RoleAssignment.objects.order_by("pk").values_list("pk", "account", "role", "until_on"))
    return found


def test_nothing_is_altered_through_the_pages_of_staff_without_its_leaf(tmp_path):
    town = a_town()
    tried = list(attempts(town))
    before, leaves = covered(), Entry.objects.count()
    impossible, told = [], []
    for name, who, address, body in tried:
        with undone():
            answer = town.visit(who).post(address, FORGED | body)
            assert answer.status_code < 500, name
            after, new = covered(), list(Entry.objects.order_by("pk").values_list("leaf", flat=True)[leaves:])
            if after == before:
                assert answer.status_code not in (404, 405), f"{name}: there is no such page"
                impossible.append(name)
                continue
            changed = [part for part in after if after[part] != before[part]]
            assert new, f"{name}: {changed} changed and no leaf says so"
            assert any('"actor":"' in leaf for leaf in new), f"{name}: no leaf says who"
            assert _forged_nowhere(after), f"{name}: a forged field was written"
            told.append(name)
    for name, who, address, body in tried:
        if name in told:
            town.visit(who).post(address, FORGED | body)
    export(town.process, tmp_path / "export")
    report = verify.verify(str(tmp_path / "export"))
    counts = f"{len(tried)} alterations, {len(impossible)} impossible, {len(told)} told by a leaf"
    print(f"I4, back office: {counts} ({connection.vendor})")
    assert report.is_right, "\n".join(verify.sentences(report))
    assert len(tried) >= AT_LEAST
    assert len(told) >= 10
    assert len(impossible) >= 20


def _forged_nowhere(after: dict[str, list[tuple[object, ...]]]) -> bool:
    """No counter, no vote and no name of a text is one that was posted."""
    return "Quelqu’un" not in str(after["Contribution"]) and not Contribution.objects.filter(agree=999).exists()
