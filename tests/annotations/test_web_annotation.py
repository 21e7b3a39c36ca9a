"""Does what is published of comments hold to the W3C Web Annotation model (2017): required keys, instants, selectors?"""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest

from polyphonie.annotations.actions import Words, answer_discussion, hide, publish_version, reply
from polyphonie.annotations.dataset import ANNOTATIONS
from polyphonie.annotations.places import PLACES, Places
from polyphonie.annotations.search import search
from polyphonie.core.writing import writing
from polyphonie.processes.models import Role
from tests.annotations.texts import BLOCKS, a_document, comment
from tests.concertations import a_person, a_process

pytestmark = [pytest.mark.django_db, pytest.mark.once]

DATE_TIME = re.compile(r"-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")
"""`xsd:dateTime`, as XML Schema writes it; the model asks for an offset too."""
MOTIVATIONS = {
    "assessing", "bookmarking", "classifying", "commenting", "describing", "editing", "highlighting", "identifying", "linking",
    "moderating", "questioning", "replying", "tagging",
}  # fmt: skip
SELECTORS = {
    "FragmentSelector": {"value"},
    "TextQuoteSelector": {"exact"},
    "TextPositionSelector": {"start", "end"},
}
"""The keys that each class of selector must have (Web Annotation Data Model, 4.2)."""


def is_iri(value: Any) -> bool:
    return isinstance(value, str) and bool(urlsplit(value).scheme and urlsplit(value).netloc) and " " not in value


def wrong_in_selector(selector: dict[str, Any]) -> list[str]:
    found = [f"{selector['type']} has no {key}" for key in SELECTORS[selector["type"]] - set(selector)]
    found += ["ends before it starts"] * (selector.get("start", 0) > selector.get("end", selector.get("start", 0)))
    return found + (wrong_in_selector(selector["refinedBy"]) if "refinedBy" in selector else [])


def wrong_in(annotation: dict[str, Any]) -> list[str]:
    """What of the model this annotation does not hold to."""
    target, body, creator = annotation.get("target") or {}, annotation.get("body"), annotation.get("creator")
    tests = {
        "@context": annotation.get("@context") == "http://www.w3.org/ns/anno.jsonld",
        "id": is_iri(annotation.get("id")),
        "type": annotation.get("type") == "Annotation",
        "motivation": annotation.get("motivation") in MOTIVATIONS,
        "created": DATE_TIME.fullmatch(str(annotation.get("created"))) is not None,
        "created has an offset": re.search(r"(Z|[+-]\d\d:\d\d)$", str(annotation.get("created"))) is not None,
        "target": is_iri(target.get("source") if "selector" in target else target.get("id")),
        "body": body is None or (body["type"] == "TextualBody" and isinstance(body["value"], str) and "/" in body["format"]),
        "creator": creator is None or (creator["type"] in {"Person", "Organization"} and bool(creator["name"])),
    }
    return [name for name, is_right in tests.items() if not is_right] + (
        [wrong for selector in target.get("selector", []) for wrong in wrong_in_selector(selector)]
    )


def test_a_text_of_another_kind_is_commented_on_once_its_places_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    bill = Places(text="/demain/textes/loi/", desk="/demain/ecrire/", answers=Role.ORGANISER)
    monkeypatch.setitem(PLACES, "bill", lambda _process, _slug: bill)
    with writing() as now:
        process = a_process(now=now)
        document = a_document(process, now=now, slug="loi")
        document.kind = "bill"
        document.save()
        said = comment(document, "Une partie", author=a_person("Camille", on=now), now=now)
        answer_discussion(said, "noted", actor="organiser/1", now=now)
        publish_version(document, [*BLOCKS[1:], {"key": "art1", "text": BLOCKS[0]["text"]}], actor="organiser/1", now=now)
    (row,) = ANNOTATIONS.checked_rows(process)
    assert wrong_in(row) == []
    assert (row["document"]["address"], row["document"]["source"]) == ("/demain/textes/loi/discussions/1/", bill.version(1))
    assert [(place["block"], place["is_detached"]) for place in row["places"]] == [("s1", False), ("art1", False)]
    assert [hit.address for hit in search(process, "une partie").shown] == [
        "/demain/textes/loi/#s-art1",
        "/demain/textes/loi/discussions/1/",
    ]


def test_every_comment_is_a_web_annotation() -> None:
    with writing() as now:
        process = a_process(now=now)
        document = a_document(process, now=now)
        author = a_person("Camille", on=now)
        passage, whole, hidden = (comment(document, words, author=author, now=now) for words in ("Une partie", "", "habitants"))
        reply(passage, words=Words(body="Douze."), author=author, now=now)
        answer_discussion(whole, "noted", actor="rapporteur/1", now=now)
        hide(hidden, ground="charter_abuse", actor="moderator/1", now=now)
        publish_version(document, [*BLOCKS[:2], {"key": "s9", "text": "Neuf."}], actor="rapporteur/1", now=now)
    rows = list(ANNOTATIONS.checked_rows(process))
    assert [wrong_in(row) for row in rows] == [[], [], [], []]
    refined = [selector.get("refinedBy", {}) for selector in rows[0]["target"]["selector"]]
    assert (refined[0]["exact"], refined[1]["end"]) == ("Une partie", 10)
    assert (len(rows[1]["target"]["selector"]), set(rows[3]["target"])) == (1, {"id"})
    assert [row["body"] is None for row in rows] == [False, False, True, False]
    for key in ("@context", "id", "type", "created", "target"):
        assert wrong_in({name: value for name, value in rows[0].items() if name != key}), key
    assert wrong_in(rows[0] | {"created": rows[0]["created"][:16] + "+01:00"}) == ["created"]
