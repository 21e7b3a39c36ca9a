"""Does the public register recompute its own figures (D5), name no one, and show no word of any text?"""

import csv
import io
import re
from collections import Counter
from datetime import datetime, timedelta
from statistics import median

import pytest
from django.utils import timezone, translation

from polyphonie.contributions import actions as voices
from polyphonie.contributions.models import Kind
from polyphonie.ledger.models import Entry
from polyphonie.moderation.actions import confirm_urgent, decide, flag, give_notice, hide_urgently, judge, lodge_appeal, open_case
from polyphonie.moderation.actions.showing import Measure
from polyphonie.moderation.dataset import MODERATION
from polyphonie.moderation.models import Act, Appeal, Decision, Ground
from tests.annotations.texts import a_document, comment
from tests.moderation.scene import HOUR, Scene, a_scene
from tests.people import enter

CANARY = "Zyzomys"


@pytest.fixture
def scene(db) -> Scene:
    """Five cases: hidden after hearing and shown again on appeal; an urgent hiding confirmed; a name kept; a mask; a comment."""
    scene = a_scene(title=CANARY, body=f"{CANARY} devant la gare")
    for rank in range(3):
        scene.flag(1, words=f"{CANARY} {rank}")
    case = scene.case()
    with scene.at(2) as now:
        give_notice(case, ground=Ground.CHARTER_ADVERTISING, facts=CANARY, by=scene.first, now=now)
    with scene.at(51) as now:
        decision = decide(case, Measure(Act.HIDDEN, Ground.CHARTER_ADVERTISING), facts=CANARY, by=scene.first, now=now)
    with scene.at(52) as now:
        appeal = lodge_appeal(decision, CANARY, party=Appeal.Party.AUTHOR, is_party=True, now=now)
    with scene.at(53) as now:
        judge(appeal, Appeal.Outcome.OVERTURNED, reasons=CANARY, by=scene.judge, now=now)
    with scene.at(54) as now:
        again = open_case(scene.process, contribution=scene.read(), now=now)
        hide_urgently(again, ground=Ground.UNLAWFUL_DATA, facts=CANARY, by=scene.first, now=now)
    with scene.at(55) as now:
        confirm_urgent(again, by=scene.second, now=now)
    with scene.at(56) as now:
        flagged = flag(scene.process, account=scene.author, ground=Ground.CHARTER_PASSING_FOR, words=CANARY, now=now).flag
        decide(flagged.case, Measure(Act.KEPT), facts=CANARY, by=scene.second, now=now)
    mask_another_text(scene)
    hide_a_comment(scene)
    return scene


def hide_a_comment(scene: Scene) -> None:
    with scene.at(1) as now:
        said = comment(a_document(scene.process, now=now), "Une partie", author=scene.author, now=now)
        case = flag(scene.process, annotation=said, ground=Ground.CHARTER_ABUSE, words=CANARY, now=now).flag.case
        give_notice(case, ground=Ground.CHARTER_ABUSE, facts=CANARY, by=scene.first, now=now)
    with scene.at(50) as now:
        decide(case, Measure(Act.HIDDEN, Ground.CHARTER_ABUSE), facts=CANARY, by=scene.first, now=now)


def mask_another_text(scene: Scene) -> None:
    with scene.at(1) as now:
        words = voices.Text("Un arbre", "Appelez le 01 02 03 04 05")
        text = voices.publish(scene.text.consultation, Kind.PROPOSAL, words, author=scene.author, now=now)
        case = open_case(scene.process, contribution=text, now=now)
        give_notice(case, ground=Ground.UNLAWFUL_DATA, facts=CANARY, by=scene.first, now=now)
    with scene.at(50) as now:
        measure = Measure(Act.MASKED, Ground.UNLAWFUL_DATA, passage="01 02 03 04 05")
        decide(case, measure, facts=CANARY, by=scene.first, now=now)


def published(scene: Scene) -> list[dict[str, str]]:
    """moderation.csv, written and read again as anyone would."""
    file = io.StringIO()
    writer = csv.DictWriter(file, [column.name for column in MODERATION.columns])
    writer.writeheader()
    writer.writerows(MODERATION.checked_rows(scene.process))
    return list(csv.DictReader(io.StringIO(file.getvalue())))


def figures(page: str) -> dict[str, str]:
    """Each figure of the page, by its label."""
    found = re.findall(r"<dt>([^<]+)</dt><dd><b class=\"num big\">([^<]*)</b>", page)
    return {label.strip(): value.replace("\u202f", "").replace("\u00a0", "") for label, value in found}


def minutes(cell: str) -> datetime:
    return datetime.fromisoformat(cell)


def test_the_figures_of_the_page_are_recomputed_from_the_file_alone(scene, client):
    rows = published(scene)
    shown = figures(client.get("/demain/registre/moderation/").content.decode())
    hours = [
        (minutes(row["application_date"]) - minutes(row["opened_at"])) / timedelta(hours=1)
        for row in rows
        if row["act"] not in ("lapsed", "moot", "restored", "unmasked", "moved_back", "not_undone")
    ]
    late = 0
    for row in rows:
        looked = row["confirmed_at"] or row["end_date_visibility_restriction"]
        until = minutes(looked) if looked else timezone.now()
        late += row["act"] == "hidden_urgently" and until - minutes(row["application_date"]) > timedelta(hours=72)
    recomputed = {
        "Décisions": len(rows),
        "Signalements ayant une réponse": sum({row["case"]: int(row["notices"]) for row in rows}.values()),
        "Heures pour décider, une fois sur deux": str(round(median(hours), 1)).replace(".", ","),
        "Après avoir entendu l’auteur": sum(bool(row["hearing"]) for row in rows),
        "Contestées": sum(bool(row["appealed_at"]) for row in rows),
        "Masquages urgents en retard": late,
        "Recours en retard": sum(is_late_appeal(row) for row in rows),
    }
    assert shown == {label: str(value) for label, value in recomputed.items()}
    page = plain(client.get("/demain/registre/moderation/").content.decode())
    within = {
        "replied": sum(row["hearing"] == "replied" for row in rows),
        "upheld": sum(row["appeal_outcome"] == "upheld" for row in rows),
        "overturned": sum(row["appeal_outcome"] == "overturned" for row in rows),
    }
    for label, count in within.items():
        assert re.search(rf"<code>{label}</code> : {count}\b", page), label
    acts = Counter(Act(row["act"]).label for row in rows)
    grounds = Counter(Ground(row["ground"]).label for row in rows if row["ground"])
    pairs = Counter((row["act"], row["ground"]) for row in rows if row["ground"])
    with translation.override("fr"):
        assert listed(page, "Par décision") == {str(act).capitalize(): count for act, count in acts.items()}
        assert listed(page, "Restrictions, par motif") == {plain(str(ground)): count for ground, count in grounds.items()}
    cells = re.findall(r'<tr data-act="(\w+)" data-ground="(\w+)">.*?<td class="number"[^>]*>(\d+)</td>', page)
    assert {(act, ground): int(count) for act, ground, count in cells} == pairs
    counted = len(recomputed) + len(within) + len(acts) + len(grounds) + len(pairs)
    print(f"D5: {len(rows)} rows, {counted} figures recomputed, {len(pairs)} of act × ground")
    assert [row["object"] for row in rows if not row["number"]] == ["annotation/places/1", "name"]
    assert (len(rows), len(pairs), counted) == (6, 4, 22)
    assert acts.total() == len(rows)


def plain(words: str) -> str:
    return words.replace("\u202f", " ").replace("\u00a0", " ")


def listed(page: str, title: str) -> dict[str, int]:
    """The lines « label: count » under a heading of the page."""
    lines = re.findall(r"<li>([^<]*) : (\d+)</li>", page.split(f"<h2>{title}</h2>")[1].split("</ul>", maxsplit=1)[0])
    return {label: int(count) for label, count in lines}


def is_late_appeal(row: dict[str, str]) -> bool:
    if not row["appealed_at"]:
        return False
    until = minutes(row["appeal_decided_at"]) if row["appeal_decided_at"] else timezone.now()
    return until - minutes(row["appealed_at"]) >= timedelta(days=30)


def test_an_appeal_that_waits_a_month_is_late_for_all_to_see(scene, client, monkeypatch):
    decision = Decision.objects.get(act=Act.MASKED)
    with scene.at(60) as now:
        lodge_appeal(decision, CANARY, party=Appeal.Party.AUTHOR, is_party=True, now=now)
    for hours, is_late in ((60 + 29 * 24, False), (60 + 30 * 24, True)):
        monkeypatch.setattr("django.utils.timezone.now", lambda hours=hours: scene.began_at + hours * HOUR)
        page = plain(client.get("/demain/registre/moderation/").content.decode())
        assert ("Recours qui attendent trop longtemps" in page) is is_late
        assert figures(page)["Recours en retard"] == str(int(is_late))


def test_every_restriction_in_the_file_says_its_ground_in_the_words_of_the_european_database(scene):
    for row in published(scene):
        if row["act"] in ("hidden", "hidden_urgently", "masked"):
            is_masked = row["act"] == "masked"
            assert row["decision_visibility"] == f"DECISION_VISIBILITY_{'OTHER' if is_masked else 'CONTENT_DISABLED'}"
            assert row["decision_ground"].startswith("DECISION_GROUND_")
            assert row["category"].startswith("STATEMENT_CATEGORY_")
        else:
            assert (row["decision_visibility"], row["decision_ground"]) == ("", "")
        assert row["automated_decision"] == "AUTOMATED_DECISION_NOT_AUTOMATED"


def test_neither_the_page_nor_the_file_nor_the_register_holds_a_word_or_a_name(scene, client):
    page = client.get("/demain/registre/moderation/").content.decode()
    leaves = "\n".join(Entry.objects.filter(kind__in=("mod", "appeal")).values_list("leaf", flat=True))
    for public in (
        page,
        str(published(scene)),
        leaves,
        client.get(f"/demain/contributions/{scene.text.number}/").content.decode(),
    ):
        assert CANARY not in public
        for account in (scene.author, scene.first.account, scene.second.account, scene.judge.account):
            assert account.display_name not in public
    assert leaves.count('"act":"kept"') == 1


def test_every_restriction_in_force_has_its_statement(scene):
    assert not Decision.objects.filter(ended_at=None, statement=None).exclude(ground="").exists()


def test_only_its_author_reads_a_file_and_only_judges_read_an_appeal(scene, client):
    case = scene.case()
    first = Decision.objects.earliest("pk").case
    addresses = [f"/mon-espace/moderation/{first.pk}/", "/demain/moderation/", f"/demain/moderation/dossiers/{case.number}/"]
    for account, statuses in (
        (scene.author, [200, 403, 403]),
        (scene.judge.account, [404, 403, 403]),
        (scene.first.account, [404, 200, 200]),
    ):
        enter(client, account)
        assert [client.get(address).status_code for address in addresses] == statuses, account
    client.force_login(scene.author)
    page = client.get(addresses[0]).content.decode()
    assert "Charte : on ne vend rien ici" in page.replace("\u202f", " ").replace("\u00a0", " ")
    assert client.get("/demain/moderation/recours/").status_code == 403
