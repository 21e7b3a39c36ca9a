"""How do people vote in the demonstration? They come by, answer a few texts; a batch is sealed when enough acted on one text."""

import os
from datetime import datetime, timedelta
from functools import partial

from polyphonie.consultation.actions.batches import seal_batch
from polyphonie.consultation.actions.voting import cast_vote
from polyphonie.consultation.rules import VOTERS_PER_TEXT, seal_refusal
from polyphonie.portal.demonstration import ballots, casting
from polyphonie.portal.demonstration.story import Story

SEALED_AFTER = timedelta(seconds=40)
"""A batch is sealed by the next turn of the loop after the vote that completes it."""


def plan_visits(story: Story) -> None:
    """Each vote at its instant; a batch is sealed when those whose votes wait on a text are enough."""
    for visit in ballots.visits():
        for ballot in visit.ballots:
            story.then(story.clock.at(ballot.day), partial(_vote, story, ballot))
        after = story.clock.at(visit.ballots[-1].day) + SEALED_AFTER
        if after <= story.clock.now:
            story.then(after, partial(_seal, story, visit.consultation))


def _vote(story: Story, ballot: ballots.Ballot, now: datetime) -> None:
    text, account = story.voices[ballot.text], story.accounts[ballot.person]
    slug, act = text.consultation.slug, (ballot.person, ballot.text)
    seq = story.seqs.get(act, 0)
    if seq:
        write_votes(story, slug)
        nonce = os.urandom(casting.NONCE_BYTES)
        cast_vote(text, account=account, position=ballot.position, nonce=nonce, after=seq, revision=text.revision, now=now)
    else:
        vote = casting.FirstVote.cast(text, account=account, position=ballot.position, now=now)
        story.unwritten.setdefault(slug, []).append(vote)
    story.seqs[act] = seq + 1
    story.acted.setdefault(slug, {}).setdefault(ballot.text, set()).add(ballot.person)


def write_votes(story: Story, slug: str) -> None:
    casting.write_first_votes(story.unwritten.pop(slug, []))


def _seal(story: Story, slug: str, now: datetime) -> None:
    consultation, acted = story.consultations[slug], story.acted.setdefault(slug, {})
    ready = {text: people for text, people in acted.items() if len(people) >= VOTERS_PER_TEXT}
    voters = len(set().union(*ready.values()))
    last = story.sealed_at.get(slug)
    if seal_refusal(consultation, ready_voters=voters, last_sealed_at=last, now=now) is None:
        write_votes(story, slug)
        seal_batch(consultation, now=now)
        story.sealed_at[slug] = now
        for text in ready:
            del acted[text]
