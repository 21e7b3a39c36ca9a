"""How does one come to the pages of the rapporteurs' desk that no address alone shows? By writing, and by mistakes."""

from django.utils import timezone

from polyphonie.processes.models import Role
from polyphonie.synthesis.models import Measure, Synthesis
from tests.journeys.every_template import Witness
from tests.people import Town

DESK = "/demain/redaction/places/"
WRITE = f"{DESK}phrases/"
PAGES = ("lecture", "plan", "a-verifier", "non-citees", "couverture", "historique", "fichier", "suggestions")


def suggesting(town: Town) -> None:
    """What the job would have left: one topic of the texts of the town, with a phrase and an extract of each."""
    numbers = [town.proposal.number, town.others_proposal.number]
    places = [[number, "title", 0, 3] for number in numbers]
    phrase = {"numbers": numbers, "places": places, "here": 2, "everywhere": 2, "specificity": 3000}
    topic = {"numbers": numbers, "phrases": [phrase], "extracts": places}
    result = {"formula": "suggestions/1", "seed": 0, "parameters": {"trials": 4}, "stability": 500, "topics": [topic]}
    synthesis = Synthesis.objects.get(consultation=town.consultation)
    for kind, found in ((Measure.Kind.TOPICS, result), (Measure.Kind.NEARNESS, {"families": [numbers], "pairs": []})):
        values = {"result": {"formula": "", **found}, "basis": "0" * 64, "read_at": timezone.now()}
        Measure.objects.update_or_create(synthesis=synthesis, kind=kind, defaults=values)


def writing_a_synthesis(town: Town, witness: Witness) -> None:
    """Read, sort, write, mistake, settle, explain; each page empty, then full."""
    client, number = town.visit(Role.RAPPORTEUR.value), town.proposal.number
    pages = ("", "?phrase=nouvelle", "?liste=toutes", *(f"{word}/" for word in PAGES))
    witness.get(client, "/demain/redaction/")
    witness.get(client, f"{DESK}publication/")
    for page in pages:
        witness.get(client, f"{DESK}{page}")
    here = f"{DESK}lecture/{number}/"
    witness.post(client, here, {"act": "new", "label": ""})
    witness.post(client, here, {"act": "passage", "words": "des mots que personne n’a écrits"})
    client.post(here, {"act": "note", "note": "À relire."})
    client.post(here, {"act": "passage", "words": "Il fait trop chaud"})
    client.post(here, {"act": "new", "label": "Ombre"})
    client.post(f"{DESK}plan/", {"act": "add", "label": "Arbres"})
    witness.get(client, here)
    statement = {"topic": "sans-sujet", "column": "agreement", "position": "", "key": "phrase", "edition": "0"}
    witness.post(client, WRITE, {**statement, "text": "Oui #99999."})
    witness.post(client, WRITE, {**statement, "text": ""})
    witness.post(client, f"{WRITE}proposer/", {**statement, "text": "", "act": "propose"})
    witness.post(client, f"{WRITE}proposer/", {**statement, "text": "Il fait trop chaud.", "cite": str(number)})
    client.post(WRITE, {**statement, "text": f"Il faut « trop chaud » #{number}."})
    client.post(WRITE, {**statement, "key": "liaison", "text": "Voici.", "is_linking": "on"})
    client.post(WRITE, {**statement, "text": f"Il faut évidemment de l’ombre #{number}.", "edition": "1"})
    witness.post(client, WRITE, {**statement, "text": f"Il faut des arbres #{number}.", "edition": "1"})
    witness.post(client, f"{DESK}plan/", {"act": "frame", "edition": "1"})
    witness.post(client, f"{DESK}a-verifier/", {"check": "V7", "reason": ""})
    witness.post(client, f"{DESK}non-citees/", {"number": str(town.others_proposal.number), "fate": "", "reason": ""})
    client.post(f"{DESK}a-verifier/", {"check": "V7", "mark": "phrase évidemment", "reason": "Demandé ainsi."})
    reason = {"fate": "merged", "reason": "Déjà dit ailleurs."}
    client.post(f"{DESK}non-citees/", {"number": str(town.others_proposal.number), **reason})
    suggesting(town)
    witness.get(client, f"{DESK}suggestions/")
    witness.post(client, f"{DESK}suggestions/", {"act": "accept", "mark": "autre"})
    client.post(f"{DESK}suggestions/", {"act": "refuse_all"})
    witness.post(client, f"{DESK}fichier/", {"act": "show", "content": "### Accords\n\nOui #99999."})
    witness.post(client, f"{DESK}fichier/", {"act": "show", "content": f"## Eau\n### Controverses\nUne fontaine #{number}."})
    for page in (*pages, "?phrase=phrase", "?ecrire=tous", "?liste=passages", "?liste=proches&numero=1", "?numero=1"):
        witness.get(client, f"{DESK}{page}")
