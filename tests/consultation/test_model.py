"""Whatever happens in whatever order, rows, counters, pages' totals and a fold of the register say the same (R6)."""

import json
import re
from collections import Counter, defaultdict
from contextlib import suppress
from datetime import timedelta

import pytest
from django.conf import settings as settings_of
from django.core.cache import caches
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from polyphonie.accounts.actions import open_account
from polyphonie.accounts.models import Account
from polyphonie.consultation.actions.batches import close_consultation, seal_batch
from polyphonie.consultation.actions.moderating import declare_typographic, mask_passage
from polyphonie.consultation.actions.revising import carry_over_votes
from polyphonie.consultation.models import Batch, Vote
from polyphonie.consultation.queries.recount import differences
from polyphonie.contributions.actions import Text, hide, new_revision, remove, restore
from polyphonie.contributions.models import Contribution, Revision
from polyphonie.core.refusal import Refused
from polyphonie.core.serving.keeping import pieces
from polyphonie.core.writing import writing_at
from polyphonie.ledger.canonical import b64, unb64
from polyphonie.ledger.models import Entry, WaitingEntry
from polyphonie.portal.actions import close_account_of
from polyphonie.processes.models import Consultation
from tests.consultation import electorate
from tests.consultation.electorate import CLOSING, NOON, act

pytestmark = pytest.mark.django_db
PEOPLE, TEXTS = 22, 2

people = st.integers(0, PEOPLE - 1)
texts = st.integers(0, TEXTS - 1)
positions = st.sampled_from([1, 0, -1])
acts = st.one_of(
    st.tuples(st.just("vote"), people, texts, positions),
    st.tuples(st.just("vote"), people, texts, positions),
    st.tuples(st.just("crowd"), texts, positions),
    st.tuples(st.just("withdraw"), people, texts),
    st.tuples(st.just("again"), people, texts),
    st.tuples(st.just("stale"), people, texts, positions),
    st.tuples(st.just("revise"), texts),
    st.tuples(st.just("correct"), texts),
    st.tuples(st.just("declare"), texts),
    st.tuples(st.just("mask"), texts),
    st.tuples(st.just("hide"), texts),
    st.tuples(st.just("erase"), texts),
    st.tuples(st.just("race"), people, texts, positions),
    st.tuples(st.just("leave"), people, st.booleans()),
    st.tuples(st.just("restart")),
    st.tuples(st.just("seal")),
)


LIVED: list[int] = []
"""How many acts each history had."""


class Rollback(Exception):
    pass


class World:
    """The site, and beside it the plainest possible model: a position by person and text, and what the last batch showed."""

    def __init__(self):
        self.consultation = electorate.an_open_consultation()
        self.people = electorate.accounts(PEOPLE)
        self.texts = [electorate.a_proposal(self.consultation, f"P{rank}") for rank in range(TEXTS)]
        self.now: dict[tuple[int, int], tuple[int | None, int, int]] = {}
        self.shown: dict[tuple[int, int], tuple[int | None, int]] = {}
        self.last: dict[tuple[int, int], tuple[str, bytes, int]] = {}
        self.acted: set[tuple[object, int]] = set()
        self.revision = [1] * TEXTS
        self.hidden = [False] * TEXTS
        self.erased = [False] * TEXTS
        self.by_author = [False] * TEXTS
        self.secrets: list[dict[int, set[str]]] = [{1: set()} for _text in range(TEXTS)]
        self.unreadable: set[tuple[int, int]] = set()
        self.departed: set[int] = set()
        self.leaving: set[object] = set()
        self.moderator = electorate.an_account("Modératrice")
        self.at = NOON
        self.sealed_at = None
        self.leaves = 0

    def vote(self, person, text, position):
        _, seq, _ = self.now.get((person, text), (None, 0, 0))
        nonce = electorate.nonce()
        try:
            cast = electorate.vote(self.texts[text], self.people[person], position, after=seq, nonce=nonce, at=self.at)
        except Refused:
            assert self.hidden[text] or self.erased[text] or person in self.departed
            return
        assert not self.hidden[text]
        assert not self.erased[text]
        assert person not in self.departed
        assert cast.seq == seq + 1
        self._moved(person, text, position, nonce)

    def crowd(self, text, position):
        for person in range(PEOPLE):
            self.vote(person, text, position)

    def withdraw(self, person, text):
        position, seq, _ = self.now.get((person, text), (None, 0, 0))
        nonce = electorate.nonce()
        try:
            electorate.withdraw(self.texts[text], self.people[person], after=seq, nonce=nonce, at=self.at)
        except Refused:
            assert position is None
            return
        self._moved(person, text, None, nonce)

    def again(self, person, text):
        if (person, text) in self.last:
            position, nonce, seq = self.last[person, text]
            if position is None:
                cast = electorate.withdraw(self.texts[text], self.people[person], after=seq - 1, nonce=nonce, at=self.at)
            else:
                cast = electorate.vote(self.texts[text], self.people[person], position, after=seq - 1, nonce=nonce, at=self.at)
            assert cast.is_repeat
            assert (cast.seq, cast.position) == (seq, position)

    def stale(self, person, text, position):
        _, seq, _ = self.now.get((person, text), (None, 0, 0))
        with pytest.raises(Refused):
            electorate.vote(self.texts[text], self.people[person], position, after=seq + 1, at=self.at)

    def race(self, person, text, position):
        """Two forms of one page, posted at once: one counts."""
        _, seq, _ = self.now.get((person, text), (None, 0, 0))
        self.vote(person, text, position)
        if self.now.get((person, text), (None, 0, 0))[1] > seq:
            with pytest.raises(Refused):
                electorate.vote(self.texts[text], self.people[person], -position, after=seq, at=self.at)

    def leave(self, person, withdraws):
        """Close the account, with its votes or not, and come back at once under the same address."""
        account, mine = self.people[person], [key for key in self.now if key[0] == person]
        address, former = Account.objects.get(pk=account.pk).email, f"{person} once, {len(self.now)}, {len(self.leaving)}"
        with writing_at(self.at) as now:
            close_account_of(account, removes_texts=False, withdraws_votes=withdraws, now=now)
            self.people[person] = open_account(address, name=f"Retour {account.pk}", is_fifteen=True, language="fr", now=now)
        for key in mine:
            if withdraws and self.now[key][0] is not None:
                self.leaving.add((former, key[1]))
                self.leaves += 1
            self.now[former, key[1]] = self.now.pop(key)
            self.last.pop(key, None)
            if key in self.shown:
                self.shown[former, key[1]] = self.shown.pop(key)
        if mine:
            self.departed.add(person)
        self.acted = {(former if one == person else one, text) for one, text in self.acted}

    def restart(self):
        """Nothing that was in memory is left."""
        for name in settings_of.CACHES:
            caches[name].clear()
        pieces.clear()
        self.consultation = Consultation.objects.select_related("process").get(pk=self.consultation.pk)
        self.people = [Account.objects.get(pk=one.pk) for one in self.people]
        self.texts = [Contribution.objects.select_related("consultation__process").get(pk=one.pk) for one in self.texts]

    def declare(self, text):
        """A moderator says that the last change by its author was typographic."""
        number, was_asked = self.revision[text], self.by_author[text]
        may = was_asked and not (self.hidden[text] or self.erased[text]) and (text, number - 1) not in self.unreadable
        try:
            with act(self.consultation, self.at) as now:
                declare_typographic(self.texts[text], moderator=self.moderator, actor="moderator/1", now=now)
        except Refused:
            assert not may
            return
        assert may
        self.by_author[text] = False
        self._carry_over(text)

    def mask(self, text):
        """Mask the last word that its author added, if it is still there."""
        there = sorted(self.secrets[text][self.revision[text]])
        passages = there[-1:] or ["ce qui n'y est pas"]
        try:
            with act(self.consultation, self.at) as now:
                mask_passage(self.texts[text], passages=passages, ground="unlawful_data", actor="moderator/1", now=now)
        except Refused:
            assert self.erased[text] or not there
            return
        assert there
        assert not self.erased[text]
        held = [number for number, words in self.secrets[text].items() if passages[0] in words]
        self.unreadable |= {(text, number) for number in held}
        self.revision[text] += 1
        self.by_author[text] = False
        self.secrets[text][self.revision[text]] = set(there) - set(passages)
        self._carry_over(text)

    def erase(self, text):
        """Its text is destroyed by a decision; its votes stay counted."""
        with suppress(Refused), act(self.consultation, self.at) as now:
            remove(Contribution.objects.get(pk=self.texts[text].pk), ground="unlawful_threat", actor="moderator/1", now=now)
            assert not self.erased[text]
        self.erased[text], self.hidden[text] = True, False
        self.unreadable |= {(text, number) for number in self.secrets[text]}

    def revise(self, text):
        if self.erased[text]:
            return
        self._rewrite(text, Revision.Reason.AUTHOR)
        self.by_author[text] = True

    def correct(self, text):
        if self.erased[text]:
            return
        self._rewrite(text, Revision.Reason.TYPOGRAPHIC)
        self.by_author[text] = False
        self._carry_over(text)

    def _carry_over(self, text):
        number = self.revision[text]
        for key, (position, seq, revision) in self.now.items():
            if key[1] == text and revision == number - 1:
                self.now[key] = (position, seq, number)
        for key, (position, revision) in self.shown.items():
            if key[1] == text and revision == number - 1:
                self.shown[key] = (position, number)

    def hide(self, text):
        if self.erased[text]:
            return
        with act(self.consultation, self.at) as now:
            one = Contribution.objects.get(pk=self.texts[text].pk)
            if self.hidden[text]:
                restore(one, actor="moderator/1", now=now)
            else:
                hide(one, ground="charter", actor="moderator/1", now=now)
        self.hidden[text] = not self.hidden[text]

    def seal(self):
        self.at += timedelta(minutes=5)
        ready = {text for text, voters in Counter(text for _, text in self.acted).items() if voters >= 20}
        is_due = bool(ready) and (self.sealed_at is None or self.at >= self.sealed_at + timedelta(minutes=10))
        with suppress(Refused), act(self.consultation, self.at) as now:
            seal_batch(self.consultation, now=now)
            assert is_due
            is_due = False
            self._published(ready)
            self.sealed_at = self.at
        assert not is_due

    def close(self):
        with act(self.consultation, CLOSING) as now:
            close_consultation(self.consultation, now=now)
        for key in self.leaving:
            self.now[key] = (None, self.now[key][1] + 1, self.now[key][2])
        self._published(set(range(TEXTS)))

    def _moved(self, person, text, position, nonce):
        seq = self.now.get((person, text), (None, 0, 0))[1] + 1
        self.now[person, text] = (position, seq, self.revision[text])
        self.last[person, text] = (position, nonce, seq)
        self.acted.add((person, text))
        self.leaves += 1

    def _published(self, texts):
        self.shown |= {key: (position, revision) for key, (position, _, revision) in self.now.items() if key[1] in texts}
        self.acted = {key for key in self.acted if key[1] not in texts}

    def _rewrite(self, text, reason):
        with act(self.consultation, self.at) as now:
            one = Contribution.objects.get(pk=self.texts[text].pk)
            added = {f"secret{one.revision}x"} if reason == Revision.Reason.AUTHOR else set()
            body = " ".join([one.body, *added])
            new_revision(one, Text(title=f"{one.title}.", body=body), reason=reason, now=now)
            if reason != Revision.Reason.AUTHOR:
                carry_over_votes(one, actor="moderator/1", now=now)
        self.secrets[text][self.revision[text] + 1] = self.secrets[text][self.revision[text]] | added
        self.revision[text] += 1

    def check(self):
        """Model = counters = rows."""
        counts = defaultdict(Counter)
        for (_, text), (position, revision) in self.shown.items():
            if position is not None:
                counts[text, revision][position] += 1
        for rank, text in enumerate(self.texts):
            one = Contribution.objects.get(pk=text.pk)
            expected = counts[rank, self.revision[rank]]
            assert (one.agree, one.mixed, one.disagree) == (expected[1], expected[0], expected[-1])
            for revision in one.revisions.all():
                expected = counts[rank, revision.number]
                assert (revision.agree, revision.mixed, revision.disagree) == (expected[1], expected[0], expected[-1])
            readable = {revision.number for revision in one.revisions.all() if revision.is_readable}
            assert readable == {number for number in self.secrets[rank] if (rank, number) not in self.unreadable}
        assert differences(self.consultation) == []
        assert Vote.objects.count() == len(self.now)
        assert WaitingEntry.objects.count() + Entry.objects.filter(kind__in=["vote", "withdraw"]).count() == self.leaves
        shown = Consultation.objects.get(pk=self.consultation.pk)
        standing = [key for key, (position, _) in self.shown.items() if position is not None]
        assert (shown.votes, shown.voters) == (len(standing), len({person for person, _ in standing}))

    def check_pages(self):
        """What people read on the page of a text is what the model counts; a text that is gone shows no total."""
        counts = defaultdict(Counter)
        for (_, text), (position, revision) in self.shown.items():
            counts[text, revision][position] += position is not None
        for rank, text in enumerate(self.texts):
            answer = Client().get(f"/{self.consultation.process.slug}/contributions/{text.number}/")
            words = answer.content.decode()
            is_gone = self.hidden[rank] or self.erased[rank]
            assert answer.status_code == (410 if is_gone else 200)
            expected = counts[rank, self.revision[rank]]
            printed = [int(found) for found in re.findall(r"<li>\D*(\d+)[^<]*</li>", words.partition('class="tally"')[2])[:3]]
            votes = [expected[1], expected[0], expected[-1]]
            assert printed == (votes if any(votes) and not is_gone else [])

    def check_register(self):
        """The tallies = a fold of the register with the published openings, written apart from the product."""
        leaves = [json.loads(leaf) for leaf in Entry.objects.order_by("pk").values_list("leaf", flat=True)]
        openings = {bytes(v.published_leaf_hash): v.published_position for v in Vote.objects.exclude(published_position=None)}
        hashed = {leaf: bytes(one) for leaf, one in Entry.objects.values_list("leaf", "leaf_hash")}
        revisions, same, current = {}, {}, {}
        for entry in Entry.objects.order_by("pk"):
            leaf = json.loads(entry.leaf)
            if leaf["kind"] == "rev":
                revisions[b64(bytes(entry.leaf_hash))] = (int(leaf["object"].split("/")[1]), leaf["revision"])
            elif leaf["kind"] == "mod" and leaf["act"] == "same_text":
                same[leaf["from"]] = leaf["to"]
            elif leaf["kind"] in ("vote", "withdraw"):
                mark = leaf["contribution"], leaf["nullifier"]
                if mark not in current or current[mark]["seq"] < leaf["seq"]:
                    current[mark] = {**leaf, "hash": hashed[entry.leaf]}
        counts = defaultdict(Counter)
        for leaf in current.values():
            if leaf["kind"] == "vote":
                rev = leaf["rev"]
                while rev in same:
                    rev = same[rev]
                assert len(unb64(leaf["nullifier"])) == 16
                counts[revisions[rev]][openings[leaf["hash"]]] += 1
        tallies = {(one["contribution"], one["revision"]): one for one in leaves if one["kind"] == "tally"}
        assert set(counts) <= set(tallies)
        for key, one in tallies.items():
            assert (one["agree"], one["mixed"], one["disagree"]) == (counts[key][1], counts[key][0], counts[key][-1])
        states = [leaf["kind"] if leaf["kind"] != "state" else leaf["state"] for leaf in leaves]
        assert "vote" not in states[: states.index("open")]
        assert "vote" not in states[states.index("closed") :]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@example(
    [
        ("crowd", 0, 1),
        ("seal",),
        ("vote", 0, 0, -1),
        ("withdraw", 1, 0),
        ("again", 1, 0),
        ("seal",),
        ("correct", 0),
        ("crowd", 0, 0),
        ("revise", 0),
        ("vote", 2, 0, 1),
        ("hide", 0),
        ("seal",),
        ("again", 2, 0),
        ("crowd", 1, -1),
        ("seal",),
        ("seal",),
        ("hide", 0),
        ("correct", 0),
        ("stale", 2, 0, 1),
    ]
)
@example(
    [
        ("crowd", 0, 1),
        ("crowd", 1, -1),
        ("seal",),
        ("seal",),
        ("revise", 0),
        ("race", 3, 0, -1),
        ("declare", 0),
        ("leave", 3, True),
        ("vote", 3, 0, 1),
        ("leave", 4, False),
        ("restart",),
        ("revise", 0),
        ("crowd", 0, 0),
        ("mask", 0),
        ("mask", 0),
        ("mask", 0),
        ("seal",),
        ("revise", 1),
        ("declare", 1),
        ("erase", 1),
        ("vote", 5, 1, 1),
        ("withdraw", 5, 1),
        ("restart",),
        ("seal",),
    ]
)
@given(st.lists(acts, min_size=5, max_size=30))
def every_history(history):
    with suppress(Rollback), transaction.atomic():
        live(history)
        LIVED.append(len(history))
        raise Rollback


def test_rows_counters_and_a_fold_of_the_register_always_agree():
    LIVED.clear()
    every_history()
    print(f"R6: {len(LIVED)} histories, {sum(LIVED)} acts: the model = rows = fold of the register = pages")
    assert len(LIVED) >= 10
    assert sum(LIVED) >= 150


def live(history):
    world = World()
    for verb, *details in history:
        getattr(world, verb)(*details)
        world.check()
    world.close()
    world.check()
    world.check_register()
    world.check_pages()
    assert all(voters >= 20 or is_small for voters, is_small in Batch.objects.values_list("voters", "is_small"))
