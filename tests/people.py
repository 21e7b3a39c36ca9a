"""Who takes part in the tests, and in which town? The cast: one of each, each met through the product's own acts."""

import os
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from django.test import Client
from django.utils import timezone

from polyphonie.accounts.actions.organisations import declare_organisation
from polyphonie.accounts.actions.people import open_account
from polyphonie.accounts.models import Account, Organisation
from polyphonie.annotations import actions as annotations
from polyphonie.annotations.models import Annotation
from polyphonie.annotations.queries import current_version
from polyphonie.config import schedule
from polyphonie.consultation.actions import speaking
from polyphonie.consultation.actions.agreeing import agree
from polyphonie.consultation.actions.batches import close_consultation
from polyphonie.consultation.actions.drawing import draw_lists
from polyphonie.consultation.models import OpinionAnalysis
from polyphonie.contributions.actions import Text
from polyphonie.contributions.models import Contribution, Side
from polyphonie.core.writing import writing, writing_at
from polyphonie.moderation.actions import decide, flag, give_notice, lodge_appeal
from polyphonie.moderation.actions.showing import Measure
from polyphonie.moderation.models import Act, Appeal, Case, Ground
from polyphonie.opendata.importing.numbering import give_numbers
from polyphonie.opendata.importing.report import facts
from polyphonie.opendata.importing.staging import Staging
from polyphonie.opendata.models import Import
from polyphonie.processes.actions import grant_role
from polyphonie.processes.models import Consultation, Process, Role
from polyphonie.synthesis.actions.publishing import publish_version
from polyphonie.synthesis.actions.reviewing import review
from polyphonie.synthesis.models import Citation, Statement, Synthesis
from polyphonie.synthesis.rules import CHECKLIST
from tests import concertations
from tests.consultation.analysed import with_groups

ANONYMOUS, CITIZEN, AUTHOR, ADMINISTRATOR = "anonymous", "citizen", "author", "administrator"
STRANGER, UNPROVEN = "organiser of another process", "organiser without second factor"
ROLES = {role.value: role for role in Role}
EVERYONE = (ANONYMOUS, CITIZEN, AUTHOR, *ROLES, STRANGER, UNPROVEN, ADMINISTRATOR)
THE_MAIN_ONES = (ANONYMOUS, CITIZEN, AUTHOR, Role.ORGANISER.value, Role.MODERATOR.value, ADMINISTRATOR)
"""Enough where the table asks no role."""


@dataclass
class Town:
    """A process with an open consultation and a closed one, texts of every kind and fate, and someone in every role."""

    process: Process
    consultation: Consultation
    closed: Consultation
    proposal: Contribution
    others_proposal: Contribution
    argument: Contribution
    source: Contribution
    completion: Contribution
    hidden: Contribution
    withdrawn: Contribution
    settled: Contribution
    organisation: Organisation
    case: Case
    appeal: Appeal
    accounts: dict[str, Account] = field(default_factory=dict)
    discussions: dict[str, int] = field(default_factory=dict)
    """The number of each comment on the synthesis of the closed consultation, by what it is."""

    def numbers(self) -> dict[str, int]:
        """The number of each text, by what it is."""
        names = ("proposal", "others_proposal", "argument", "source", "completion", "hidden", "withdrawn", "settled")
        return {name: getattr(self, name).number for name in names}

    def visit(self, who: str) -> Client:
        """A browser in which this person is signed in; staff have shown their second factor, but for one."""
        client = Client(headers={"accept-language": "fr"})
        if who != ANONYMOUS:
            enter(client, self.accounts[who], has_second_factor=who != UNPROVEN)
        return client


def enter(client: Client, account: Account, *, has_second_factor: bool = True) -> None:
    """Sign this account in, its second factor shown."""
    client.force_login(account)
    session = client.session
    session["second_factor"] = has_second_factor
    session.save()


def signed_in(account: Account) -> Client:
    """A browser of theirs."""
    client = Client()
    enter(client, account)
    return client


def a_citizen(name: str) -> Account:
    """A confirmed account, opened as people open theirs."""
    address = f"{name.lower().replace(' ', '.')}@exemple.fr"
    with writing() as now:
        return open_account(address, name=name, is_fifteen=True, language="fr", now=now)


def _staff(process: Process, other: Process) -> dict[str, Account]:
    accounts = {}
    for name, role, where in [
        *((value, role, process) for value, role in ROLES.items()),
        (STRANGER, Role.ORGANISER, other),
        (UNPROVEN, Role.ORGANISER, process),
    ]:
        accounts[name] = a_citizen(f"Personne {name}")
        with writing() as now:
            grant_role(where, accounts[name], role, actor="organiser/1", now=now)
    accounts[ADMINISTRATOR] = a_citizen("Administratrice")
    accounts[ADMINISTRATOR].is_administrator = True
    accounts[ADMINISTRATOR].save()
    return accounts


def a_town(slug: str = "demain") -> Town:
    """Build the whole town, in French; its loop of what is due has just run."""
    schedule.last_turn_file().touch()
    an_hour_hence = time.time() + 3600
    os.utime(schedule.last_turn_file(), (an_hour_hence, an_hour_hence))  # however slowly the tests of this town go
    today = timezone.now()
    with writing_at(today - timedelta(days=40)) as now:
        process = concertations.a_process(now=now, slug=slug, asks_consent=True)
        other = concertations.a_process(now=now, slug=f"{slug}-ailleurs")
    accounts = {CITIZEN: a_citizen("Camille"), AUTHOR: a_citizen("Dominique"), **_staff(process, other)}
    author, citizen = accounts[AUTHOR], accounts[CITIZEN]
    with writing() as now:
        for account in accounts.values():
            agree(account, process, now=now)
    author.is_listed = True
    author.save()
    closed, settled = _a_closed_consultation(process, author)
    with writing() as now:
        consultation = concertations.an_open_consultation(process, now=now)
        organisation = declare_organisation(author, name="Les Amis du marché", kind="private_organisation", now=now)
        proposal = speaking.propose(
            consultation, Text("Planter des tilleuls", "Il fait trop chaud l’été."), account=author, now=now
        )
        others = speaking.propose(consultation, Text("Rendre la place aux piétons", "On y étouffe."), account=citizen, now=now)
        argument = speaking.argue(
            proposal, Text("De l’ombre pour tous", "Les bancs sont en plein soleil."), side=Side.FOR, account=citizen, now=now
        )
        source = speaking.add_source(
            proposal, Text("Relevés de chaleur", "Quarante degrés.", url="https://exemple.fr/releves"), account=citizen, now=now
        )
        completion = speaking.complete(proposal, Text("Et des bancs", "Sous les tilleuls."), account=citizen, now=now)
        hidden = speaking.propose(consultation, Text("Acheter mes volets", "Les moins chers."), account=citizen, now=now)
        concertations.hide_by_moderation(hidden, ground=Ground.CHARTER_ABUSE, facts="Une insulte.", now=now)
        withdrawn = speaking.propose(consultation, Text("Une idée reprise", "Finalement non."), account=author, now=now)
        speaking.withdraw(withdrawn, account=author, now=now)
        case, appeal = _cases(process, argument, author, now)
        draw_lists(consultation, now=now)
        an_import(process, now=now)
        discussions = _a_commented_synthesis(closed, author, citizen, now)
    return Town(
        process,
        consultation,
        closed,
        proposal,
        others,
        argument,
        source,
        completion,
        hidden,
        withdrawn,
        settled,
        organisation,
        case,
        appeal,
        accounts,
        discussions,
    )


def _a_commented_synthesis(closed: Consultation, author: Account, citizen: Account, now: datetime) -> dict[str, int]:
    """The second version of the synthesis, with a discussion of each kind: answered, open, hidden, taken back, detached."""
    synthesis = Synthesis.objects.get(consultation=closed)
    assert synthesis.document is not None
    first = current_version(synthesis.document)
    assert first is not None

    def said(title: str, who: Account, start: int = 0, end: int = 10) -> Annotation:
        words = annotations.Words(title, "Combien sont-ils ?")
        return annotations.annotate(first, block="trottoirs", start=start, end=end, words=words, author=who, now=now)

    answered, still_open, hidden, gone = (
        said("Combien ?", citizen),
        said("Où ?", author),
        said("Ceci", citizen),
        said("Cela", author),
    )
    detached = said("Larges ?", citizen, start=28, end=34)
    reply = annotations.reply(answered, words=annotations.Words(body="Dix."), author=author, now=now)
    annotations.answer_discussion(answered, "integrated", reason="Nous comptons.", actor="rapporteur/1", now=now)
    annotations.hide(hidden, ground=Ground.CHARTER_ABUSE, actor="moderator/1", now=now)
    annotations.withdraw_annotation(gone, author=author, now=now)
    statement = synthesis.statements.get()
    statement.text = statement.text.replace("trottoirs plus larges", "trottoirs")
    statement.save()
    review_and_publish(synthesis, because={"trottoirs": [answered.number]}, now=now)
    found = {"answered": answered, "open": still_open, "hidden": hidden, "withdrawn": gone, "detached": detached, "reply": reply}
    return {name: annotation.number for name, annotation in found.items()}


def _cases(process: Process, kept: Contribution, author: Account, now: datetime) -> tuple[Case, Appeal]:
    """A case whose author is being heard, on a name; and one on a text that was kept, which who flagged it contests."""
    about_a_name = flag(process, account=author, ground=Ground.CHARTER_PASSING_FOR, words="Ce n’est pas elle.", now=now).flag.case
    moderator = concertations.a_moderator(process)
    give_notice(about_a_name, ground=Ground.CHARTER_PASSING_FOR, facts="Un nom connu.", by=moderator, now=now)
    answered = flag(process, contribution=kept, ground=Ground.CHARTER_ABUSE, words="Blessant.", now=now).flag.case
    decision = decide(answered, Measure(Act.KEPT), facts="Une opinion.", by=moderator, now=now)
    appeal = lodge_appeal(decision, "Relisez.", party=Appeal.Party.FLAGGER, is_party=True, now=now)
    return about_a_name, appeal


def an_import(process: Process, *, now: datetime) -> Import:
    """An import that brought nothing: its report is public all the same."""
    with TemporaryDirectory() as folder:
        staging = Staging(Path(folder) / "staging.sqlite3", b"")
        give_numbers(staging, 1)
        report = facts(staging, files=[], left_aside=[])
        staging.close()
    return Import.objects.create(
        process=process,
        number=1,
        format="cap-collectif",
        source_name="export.csv",
        source_sha256="0" * 64,
        state=Import.State.DONE,
        first_number=process.last_number + 1,
        last_number=process.last_number,
        report=report,
        started_at=now,
        finished_at=now,
    )


def _a_closed_consultation(process: Process, author: Account) -> tuple[Consultation, Contribution]:
    start = timezone.now() - timedelta(days=30)
    with writing_at(start) as now:
        consultation = concertations.an_open_consultation(
            process,
            now=now,
            slug="rues",
            title="Nos rues",
            opens_at=start - timedelta(days=1),
            closes_at=start + timedelta(days=20),
        )
        settled = speaking.propose(
            consultation, Text("Élargir les trottoirs", "Deux poussettes s’y croisent."), account=author, now=now
        )
    with writing_at(start + timedelta(days=20, seconds=1)) as now:
        consultation.refresh_from_db()
        close_consultation(consultation, now=now)
    OpinionAnalysis.objects.create(consultation=consultation, computed_at=start, result=with_groups(settled.number))
    _a_published_synthesis(process, consultation, settled, start + timedelta(days=21))
    return consultation, settled


def _a_published_synthesis(process: Process, closed: Consultation, cited: Contribution, at: datetime) -> None:
    """The closed consultation has its synthesis: one sentence, read by a second person, published."""
    with writing_at(at) as now:
        synthesis = Synthesis.objects.create(consultation=closed)
        statement = Statement.objects.create(
            synthesis=synthesis, key="trottoirs", column="action_lead", rank=1, edited_by="rapporteur/1", edited_at=now,
            text=f"On demande des trottoirs plus larges, « ⟦1⟧ » #{cited.number}.",
        )  # fmt: skip
        Citation.objects.create(statement=statement, rank=0, contribution=cited, revision=1, field="body", start=0, end=15)
        review_and_publish(synthesis, closes_at=now + timedelta(days=60), now=now)


def review_and_publish(
    synthesis: Synthesis, *, closes_at: datetime | None = None, because: dict[str, list[int]] | None = None, now: datetime
) -> None:
    reader = concertations.a_moderator(synthesis.consultation.process)
    answers = dict.fromkeys(CHECKLIST, True)
    review(synthesis, reader=reader, answers=answers, is_favourable=True, remarks="", now=now)
    publish_version(synthesis, closes_at=closes_at, because=because, actor="rapporteur/1", now=now)
