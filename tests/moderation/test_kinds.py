"""Does each kind of public text that moderation examines have all that its procedure asks of it?"""

import pytest
from django.db.models import ForeignKey, Q

from polyphonie.moderation.actions.showing import VERBS
from polyphonie.moderation.kinds import KEYS, WRITTEN, OnText, OnWriting, Subject, exactly_one, on
from polyphonie.moderation.messages import IN_WORDS
from polyphonie.moderation.models import Case, Claim, Decision, Reading
from polyphonie.moderation.queries import IS_SHOWN, READ


def test_each_kind_has_its_key_its_verbs_and_its_words():
    assert set(KEYS) == set(VERBS) == set(IN_WORDS) == set(IS_SHOWN) == set(Subject.__annotations__)
    for model in (Case, Decision):
        own = {field.name for field in OnText._meta.get_fields()} - {"process"}
        assert own == set(KEYS)
        assert all(isinstance(model._meta.get_field(key), ForeignKey) for key in KEYS)


def test_each_kind_of_text_that_people_write_is_read_and_claimed():
    assert set(WRITTEN) == set(READ) == {field.name for field in OnWriting._meta.get_fields()}
    for model in (Claim, Reading):
        assert all(isinstance(model._meta.get_field(key), ForeignKey) for key in WRITTEN)
    for key in KEYS:
        text = Case._meta.get_field(key).related_model()
        assert on(text) == {key: text}


@pytest.mark.parametrize("keys", [("a",), ("a", "b"), ("a", "b", "c")])
def test_exactly_one_column_is_filled_whatever_their_number(keys):
    ways = (
        [child if isinstance(child, Q) else Q(child) for child in exactly_one(keys).children]
        if len(keys) > 1
        else [Q(("a__isnull", False))]
    )
    assert len(ways) == len(keys)
    for filled, way in zip(keys, ways, strict=True):
        assert sorted(way.children) == sorted((f"{key}__isnull", key != filled) for key in keys)
