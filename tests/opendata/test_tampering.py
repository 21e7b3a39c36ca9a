"""Does the verifier find each of the seven ways to cheat that the demonstration shows, in the words that the guide tells?"""

import re

import pytest

from polyphonie.opendata import verify
from polyphonie.opendata.tampering import ALTERATIONS, altered, findings
from tests.architecture.order import ROOT

pytestmark = [pytest.mark.django_db, pytest.mark.once]
GUIDE = (ROOT / "docs/guides/verifier.md").read_text(encoding="utf-8")


def without_numbers(sentence: str) -> str:
    return re.sub(r"\d+", "0", re.sub(r"de « [\w-]+ »", "de « … »", sentence))


def told() -> dict[str, str]:
    """What the guide says the verifier answers to each."""
    return dict(re.findall(r"^\| `(\w+)` \|.*\| `([^`]+)` \|$", GUIDE, re.MULTILINE))


def test_the_guide_tells_every_alteration():
    assert list(told()) == list(ALTERATIONS)
    assert len(ALTERATIONS) == 7


@pytest.mark.parametrize("name", list(ALTERATIONS))
def test_each_alteration_is_found_in_the_words_of_the_guide(source, tmp_path, name):
    report = altered(source, tmp_path / "copy", ALTERATIONS[name])
    assert not report.is_right
    assert not report.failures["files"], "the prints of datapackage.json are those of the altered files"
    assert without_numbers(told()[name]) in [without_numbers(sentence) for sentence in findings(report)]


def test_what_is_not_altered_verifies_and_what_is_altered_is_a_copy(source, tmp_path):
    before = {path: path.read_bytes() for path in source.rglob("*") if path.is_file()}
    for name, alteration in ALTERATIONS.items():
        altered(source, tmp_path / name, alteration)
    assert {path: path.read_bytes() for path in before} == before
    assert verify.verify(str(source)).is_right
