"""Does a consultation begin with what is already in the public debate, each with its source, marked and counted apart?"""

from datetime import timedelta

import pytest

from polyphonie.consultation.actions.seeding import seed_proposals
from polyphonie.consultation.seeding import MOST_ROWS, seeded_rows, seeding_refusal
from polyphonie.contributions.models import Contribution, Nature, Origin
from polyphonie.core.refusal import Refused
from polyphonie.core.writing import writing
from polyphonie.figures.queries import headline
from polyphonie.processes.actions import announce_consultation, grant_role
from polyphonie.processes.models import Consultation, Role
from polyphonie.processes.queries import journal
from tests.concertations import a_draft, a_person, a_process, an_open_consultation
from tests.people import enter

pytestmark = pytest.mark.django_db
ROWS = "Un banc | Devant la gare | Pétition de 2025\nUn arbre | Place du marché | https://exemple.fr/arbre"


@pytest.fixture
def announced() -> Consultation:
    with writing() as now:
        process = a_process(now=now)
        draft = a_draft(process, now=now, opens_at=now + timedelta(days=1))
        return announce_consultation(draft, actor="organiser/1", now=now)


@pytest.fixture
def desk(announced, client):
    with writing() as now:
        clara = a_person("Clara", on=now)
        grant_role(announced.process, clara, Role.ORGANISER, actor="organiser/1", now=now)
    enter(client, clara)
    return client


def address(consultation):
    return f"/demain/organisation/consultations/{consultation.slug}/debat-public/"


def problems(text, *, asks_nature=False):
    return [bool(row.problem) for row in seeded_rows(text, asks_nature=asks_nature)]


class TestReadingRows:
    def test_three_cells_a_line_with_bars_tabs_or_semicolons(self):
        for sign in ("|", "\t", ";"):
            (row,) = seeded_rows(f"Un banc{sign}Devant la gare{sign}Pétition", asks_nature=False)
            assert (row.title, row.body, row.source, row.problem) == ("Un banc", "Devant la gare", "Pétition", "")

    def test_headings_and_empty_lines_are_not_proposals(self):
        assert len(seeded_rows("Titre | Texte | Source\n\nUn banc | Ici | Là", asks_nature=False)) == 1

    @pytest.mark.parametrize(
        "text",
        [
            " | Devant la gare | Pétition",
            "Un banc | | Pétition",
            "Un banc | Devant la gare",
            "Un banc | Devant la gare | " + "a" * 301,
            "Un banc | Devant la gare | https://a b",
            "a" * 301 + " | Devant la gare | Pétition",
            "Un banc | Devant la gare | Pétition | | trop",
        ],
    )
    def test_each_mistake_has_its_line(self, text):
        assert problems(text) == [True]

    def test_the_nature_is_asked_where_it_is_told_apart(self):
        text = "A | b | c | diagnostic\nD | e | f\nG | h | i | autre"
        assert [row.nature for row in seeded_rows(text, asks_nature=True)] == [Nature.DIAGNOSIS, Nature.SOLUTION, ""]
        assert problems(text, asks_nature=True) == [False, False, True]
        assert [row.nature for row in seeded_rows(text, asks_nature=False)] == ["", "", ""]


class TestSeeding:
    def test_they_take_numbers_bear_their_source_and_no_author(self, announced):
        with writing() as now:
            rows = seeded_rows(ROWS, asks_nature=False)
            seed_proposals(announced, rows, name="Dans le débat public", actor="organiser/1", now=now)
        bench, tree = Contribution.objects.order_by("number")
        assert (bench.number, tree.number) == (1, 2)
        assert bench.origin == tree.origin == Origin.PUBLIC_DEBATE
        assert (bench.origin_note, bench.origin_address) == ("Pétition de 2025", "")
        assert (tree.origin_note, tree.origin_address) == ("", "https://exemple.fr/arbre")
        assert bench.author is None
        assert journal(announced.process)[0].detail.startswith("2 ")

    def test_they_can_be_left_out_of_the_figures(self, announced):
        with writing() as now:
            rows = seeded_rows(ROWS, asks_nature=False)
            seed_proposals(announced, rows, name="Dans le débat public", actor="organiser/1", now=now)
        figures = {
            with_seeded: {
                str(figure.definition.key): figure.value
                for figure in headline(announced.process, rows=[], people=[], with_seeded=with_seeded)
            }
            for with_seeded in (True, False)
        }
        assert (figures[True]["proposals"], figures[True]["seeded_proposals"]) == (2, 2)
        assert figures[False]["proposals"] == 0
        assert figures[True]["contributors"] == 0

    def test_only_between_the_announcement_and_the_opening(self, announced):
        rows = seeded_rows(ROWS, asks_nature=False)
        with writing() as now:
            draft = a_draft(announced.process, now=now, slug="brouillon")
            held = an_open_consultation(announced.process, now=now, slug="ouverte")
            assert seeding_refusal(announced, rows) is None
            for other in (draft, held):
                assert seeding_refusal(other, rows)
        with pytest.raises(Refused), writing() as now:
            seed_proposals(held, rows, name="x", actor="organiser/1", now=now)

    def test_a_wrong_row_or_too_many_enter_nothing(self, announced):
        assert seeding_refusal(announced, seeded_rows("Un banc | Ici", asks_nature=False))
        assert seeding_refusal(announced, [])
        many = seeded_rows("A | b | c\n" * (MOST_ROWS + 1), asks_nature=False)
        assert seeding_refusal(announced, many)
        assert seeding_refusal(announced, many[:-1]) is None


class TestTheirPage:
    def test_rows_are_shown_then_published(self, desk, announced):
        shown = desk.post(address(announced), {"rows": ROWS})
        assert "Pétition de 2025" in shown.content.decode()
        assert not Contribution.objects.exists()
        assert desk.post(address(announced), {"rows": ROWS, "apply": "1"}).status_code == 302
        assert Contribution.objects.count() == 2
        assert address(announced) in desk.get("/demain/organisation/").content.decode()

    def test_what_was_pasted_stays_when_a_line_is_wrong(self, desk, announced):
        answer = desk.post(address(announced), {"rows": "Un banc | Devant la gare", "apply": "1"})
        assert answer.status_code == 422
        assert "Devant la gare" in answer.content.decode()
        assert not Contribution.objects.exists()
