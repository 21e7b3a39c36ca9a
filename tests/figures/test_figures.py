"""Does each figure say what it counts, equal a recount, and withhold small cells?"""

import pytest
from django.test import Client

from polyphonie.accounts.models import Account
from polyphonie.consultation.actions import speaking
from polyphonie.contributions import actions as voices
from polyphonie.contributions.actions import Text
from polyphonie.contributions.models import Contribution, Kind, Origin
from polyphonie.core.writing import writing
from polyphonie.figures import definitions, queries
from polyphonie.figures.dataset import FIGURES
from polyphonie.figures.models import StatedFigure
from polyphonie.figures.queries import withheld
from polyphonie.processes.models import Consultation, Process
from tests.concertations import a_person, a_process, an_open_consultation


@pytest.fixture
def process(db):
    with writing() as now:
        process = a_process(now=now)
        consultation = an_open_consultation(process, now=now)
        author = a_person("Autrice", on=now)
        proposal = speaking.propose(consultation, Text("Un banc", "Ici."), account=author, now=now)
        speaking.argue(proposal, Text("", "Oui."), side="for", account=author, now=now)
        voices.publish(consultation, Kind.PROPOSAL, Text("Un arbre", "Là."), author=None, origin=Origin.PUBLIC_DEBATE, now=now)
        hidden = speaking.propose(consultation, Text("Pub", "Achetez."), account=author, now=now)
        voices.hide(hidden, ground="charter_advertising", actor="moderator/1", now=now)
    return process


def values(process, **options) -> dict[str, int]:
    return {
        figure.definition.key: figure.value
        for figure in queries.headline(
            process, rows=queries.by_consultation(process), people=queries.people_of(process), **options
        )
    }


def test_texts_are_counted_by_kind_and_those_not_shown_apart(process):
    counted = values(process)
    assert (counted["proposals"], counted["arguments"], counted["sources"], counted["texts"]) == (2, 1, 0, 3)
    assert (counted["texts_not_shown"], counted["contributors"]) == (1, 1)


def test_seeded_proposals_can_be_left_out(process):
    assert values(process)["seeded_proposals"] == 1
    assert values(process, with_seeded=False)["proposals"] == 1


def test_counters_beside_the_consultation_equal_the_recount(process):
    row = queries.by_consultation(process)[0]
    counted = values(process)
    assert (row.proposals, row.texts) == (counted["proposals"], counted["texts"])


def test_a_small_cell_is_withheld_and_not_alone():
    assert [cell.value for cell in withheld([("a", 9), ("b", 40), ("c", 12)])] == [None, 40, None]
    assert [cell.value for cell in withheld([("a", 10), ("b", 40)])] == [10, 40]
    assert [cell.value for cell in withheld([("a", 3)])] == [None]
    assert [cell.value for cell in withheld([("a", 8), ("b", 4), ("c", 50)])] == [None, None, 50]
    assert [cell.value for cell in withheld([("a", 3), ("b", 4), ("c", 50), ("d", 60)])] == [None, None, None, 60]


def test_every_figure_on_the_page_has_its_definition(client, process, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        page = client.get("/demain/chiffres/").content.decode()
    assert page.count("<dt>") >= 8
    assert page.count("<dd>") == page.count("<dt>")
    assert "Un arbre" not in page


def test_definitions_are_told_apart():
    known = [item for item in vars(definitions).values() if isinstance(item, definitions.Definition)]
    assert len({item.key for item in known}) == len(known) >= 12


def test_where_all_was_taken_over_no_column_counts_votes_given_here_and_no_empty_table_is_drawn(client, process):
    page = client.get("/demain/chiffres/").content.decode()
    assert "Votants</th>" in page
    assert "Qui écrit" in page
    Consultation.objects.update(is_imported=True)
    Contribution.objects.update(author=None, author_name="Autrice")
    page = client.get("/demain/chiffres/").content.decode()
    assert "Votants</th>" not in page
    assert "Qui écrit" not in page


def test_an_empty_process_has_its_page(client, db):
    with writing() as now:
        an_open_consultation(a_process(now=now, slug="vide"), now=now)
    assert client.get("/vide/chiffres/").status_code == 200
    assert Account.objects.count() == 3, "its two moderators and its appeal body alone"


@pytest.mark.django_db
def test_the_data_of_an_archive_state_the_figures_of_its_page():
    with writing() as now:
        process = a_process(now=now, slug="autrefois")
    Process.objects.filter(pk=process.pk).update(is_archive=True, is_listed=True)
    process.refresh_from_db()
    StatedFigure.objects.create(
        process=process, key="contributions", rank=1, value=17678, qualifier="exact", label="Contributions et votes",
        definition="Ce que dit le rapport.", source="Rapport, page 12",
    )  # fmt: skip
    (row,) = FIGURES.checked_rows(process)
    assert (row["key"], row["value"], row["qualifier"], row["day"]) == ("contributions", 17678, "exact", None)
    page = Client().get("/autrefois/chiffres/").content.decode()
    assert "17678" in "".join(page.split())
    assert all(word in page for word in ("Contributions et votes", "Rapport, page 12"))
    assert "Rapport, page 12" in row["definition"]
