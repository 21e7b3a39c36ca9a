"""Which contributions a statement may rest on, and when a citation is looked at: by toys, then by syntheses written by hand."""

import csv
import gzip
import json
import lzma
import math
import random
import subprocess
import sys

import pytest

from polyphonie.opinion.texts.support import SUPPORTED
from tests.opinion.library import Library
from tests.opinion.polis import DATA

TEXTS = [
    (1, "Ouvrir la bibliothèque le dimanche"),
    (2, "Planter des arbres dans la cour de l'école"),
    (3, "Baisser le prix de la cantine de l'école"),
]


def test_the_texts_that_share_rare_words_come_first():
    library = Library(TEXTS)
    assert [one.key for one in library.suggestions("Des arbres dans les écoles")] == [2, 3]
    assert library.suggestions("Rien de commun") == []
    assert [one.key for one in library.suggestions("école", limit=1)] == [2], "equal scores: as they came"


def test_support_is_the_weighted_share_of_what_is_told_that_the_cited_texts_tell():
    library = Library([(1, "vélo"), (2, "tram"), (3, "vélo tram")])
    bicycle = tram = math.log(1 + 1.5 / 2.5)
    bus = math.log(1 + 3.5 / 0.5)
    assert library.support("Le vélo et le bus", [1]) == pytest.approx(bicycle / (bicycle + bus))
    assert library.support("Le vélo et le tram", [1, 2]) == pytest.approx(1)
    assert library.support("Le vélo et le tram", [2]) == pytest.approx(tram / (bicycle + tram))
    assert library.support("Le bus", [99]) == 0
    assert library.support("… ?", [1]) == 1


def test_words_of_one_family_support_each_other_where_their_stems_differ():
    library = Library([(1, "Le sexisme à la télévision"), (2, "Le prix du pain")])
    assert library.support("Des émissions sexistes", [1]) > 0
    assert library.support("Des émissions sexistes", [2]) == 0


def test_the_desk_asks_it_without_a_mathematics_library():
    code = (
        "import sys, polyphonie.opinion.texts.support; "
        "heavy = {'numpy', 'scipy', 'sklearn'} & {name.split('.')[0] for name in sys.modules}; sys.exit(', '.join(heavy) or 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.data
@pytest.mark.skipif(not (DATA / "egalite").exists(), reason="the real files are where POLYPHONIE_DATA says, and it says nothing")
def test_the_contribution_behind_a_synthesis_written_by_hand_is_among_five_suggestions_for_seven_in_ten():
    with lzma.open(DATA / "egalite" / "textes.jsonl.xz", "rt", encoding="utf-8") as file:
        texts = [json.loads(line) for line in file.read().split("\n") if line]
    with gzip.open(DATA / "egalite" / "syntheses.csv.gz", "rt", encoding="utf-8", newline="") as file:
        syntheses = [(row["document_id"], row["synthese"]) for row in csv.DictReader(file)]
    library = Library((str(text["document_id"]), text["texte"]) for text in texts)
    found = sum(number in {one.key for one in library.suggestions(told)} for number, told in syntheses)
    draw, numbers = random.Random(1), [str(text["document_id"]) for text in texts]
    alarms = sum(library.support(told, [number]) < SUPPORTED for number, told in syntheses)
    strangers = sum(library.support(told, [draw.choice(numbers)]) < SUPPORTED for _number, told in syntheses)
    count = len(syntheses)
    print(
        f"recall at 5: {found / count:.3f} of {count}; looked at: {alarms / count:.3f} of true, {strangers / count:.3f} of drawn"
    )
    assert (count, len(texts)) == (1_808, 465)
    assert found / count >= 0.70
    assert alarms / count <= 0.20
    assert strangers / count >= 0.90
