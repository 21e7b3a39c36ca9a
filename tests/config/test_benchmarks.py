"""Do the measurements still run? Each on a small scale, so that none breaks unseen; their figures are read, never asserted."""

import json
import shutil

import pytest

from polyphonie.benchmarks import exports, growth, imports, pages, searching, source, votes
from polyphonie.benchmarks import ground as ground_module
from polyphonie.benchmarks.ground import Ground, ground
from polyphonie.config.commandline import parser
from polyphonie.config.commands.bench import BENCHMARKS
from polyphonie.core.writing import writing
from tests.concertations import a_process, an_open_consultation

pytestmark = [pytest.mark.long, pytest.mark.once, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def prepared_ground(prepared_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each ground starts from tables that are there: what is measured begins once they are."""
    run = Ground.run

    def prepare_then_run(self: Ground, *words: str) -> str:
        if words == ("polyphonie", "list"):
            self.database.parent.mkdir(mode=0o700)
            shutil.copyfile(prepared_database.removeprefix("sqlite:///"), self.database)
        return run(self, *words)

    monkeypatch.setattr(Ground, "run", prepare_then_run)


def test_every_measurement_can_be_asked_for():
    commands = next(action for action in parser()._actions if action.dest == "command").choices
    names = next(action for action in commands["bench"]._actions if action.dest == "name").choices
    assert set(names) == set(BENCHMARKS)


def test_votes_are_measured_through_the_whole_product(monkeypatch):
    monkeypatch.setattr(votes, "PROPOSALS", 3)
    monkeypatch.setattr(votes, "VOTES_EACH", 2)
    monkeypatch.setattr(votes, "RAW_SECONDS", 0.2)
    monkeypatch.setattr(ground_module, "SECONDS_OF_A_TURN", 0.3)
    facts = votes.run()
    assert (facts["votes"], facts["errors"], facts["receipts_verified"]) == (32, 0, 16)


def test_pages_are_measured_beside_hello(monkeypatch):
    monkeypatch.setattr(pages, "PROPOSALS", 5)
    monkeypatch.setattr(pages, "VOTERS", 5)
    monkeypatch.setattr(pages, "VOTES", 10)
    monkeypatch.setattr(pages, "SECONDS", 0.3)
    monkeypatch.setattr(ground_module, "SECONDS_OF_A_TURN", 0.3)
    facts = pages.run()
    assert facts["errors"] == 0
    assert set(facts["ratio_to_hello"]) >= {"signed_in_list", "anonymous_contribution"}


def test_an_import_and_its_growth_are_measured(monkeypatch):
    monkeypatch.setattr(imports, "TEXTS", 40)
    monkeypatch.setattr(imports, "VOTES", 60)
    assert imports.run()["ratio_to_executemany"] > 0
    monkeypatch.setattr(growth, "SIZES", (20, 40))
    assert "import_ms" in growth.run()["dearest_doubling"]


def test_searches_are_measured_by_kind_of_question(monkeypatch, capsys):
    with writing() as now:
        an_open_consultation(a_process(now=now), now=now)
    monkeypatch.setattr(searching, "ASKED", 2)
    monkeypatch.setattr(searching, "call_command", lambda *_words, **_options: None)
    searching.print_costs()
    found = json.loads(capsys.readouterr().out)
    monkeypatch.setattr(searching, "_found", lambda _url, _texts: found)
    monkeypatch.setattr(searching, "binaries", lambda: None)
    facts = searching.run()
    assert facts["sqlite_phrase_ms"] == found["phrase"] | {"doubling": 1.0}
    assert facts["dearest_p95_ms"] == max(cost["p95"] for cost in found.values()) > 0


def test_the_memory_of_an_export_is_measured(monkeypatch):
    monkeypatch.setattr(exports, "PROPOSALS", 3)
    monkeypatch.setattr(exports, "VOTES", 40)
    facts = exports.run()
    assert facts["votes"] == 80
    assert facts["rss_mb"] > 0


def test_the_export_that_is_imported_has_what_was_asked(tmp_path):
    source.write(tmp_path / "export.csv", texts=40, votes=25)
    kinds = [line.split(";", 1)[0] for line in (tmp_path / "export.csv").read_text().splitlines()[1:]]
    assert (kinds.count("opinion"), kinds.count("argument"), kinds.count("vote")) == (10, 30, 25)
    with ground() as where:
        assert where.folder.exists()
    assert not where.folder.exists()
