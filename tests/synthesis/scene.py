"""Which desk do these tests sit at? An open consultation with some voices, two rapporteurs, and texts one may not cite."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from polyphonie.accounts.models import Account
from polyphonie.consultation.actions import speaking
from polyphonie.contributions.actions import Text
from polyphonie.contributions.models import Contribution, Side
from polyphonie.core.writing import writing, writing_at
from polyphonie.moderation.models import Ground
from polyphonie.processes.actions import grant_role
from polyphonie.processes.models import Consultation, Process, Role
from tests import concertations, people

DESK = "/demain/redaction/places/"
WRITE = f"{DESK}phrases/"


@dataclass
class Scene:
    process: Process
    consultation: Consultation
    author: Account
    trees: Contribution
    square: Contribution
    shade: Contribution
    noise: Contribution
    hidden: Contribution
    foreign: Contribution
    rapporteurs: list[Account]

    def sits(self, rank: int = 0) -> Client:
        """A browser in which one of the rapporteurs is signed in."""
        client = Client(headers={"accept-language": "fr"})
        people.enter(client, self.rapporteurs[rank])
        return client


def a_scene() -> Scene:
    with writing_at(timezone.now() - timedelta(days=3)) as now:
        process = concertations.a_process(now=now)
        consultation = concertations.an_open_consultation(process, now=now)
        elsewhere = concertations.an_open_consultation(process, now=now, slug="rues", title="Nos rues")
        author = concertations.a_person("Dominique", on=now)
        others = [concertations.a_person(f"Rapporteure {rank}", on=now) for rank in (1, 2)]
        for account in others:
            grant_role(process, account, Role.RAPPORTEUR, actor="organiser/1", now=now)
        said = {"account": author, "now": now}
        trees = speaking.propose(
            consultation,
            Text("Planter des tilleuls", "Il faut planter cent tilleuls : l’été, la place est une fournaise."),
            **said,
        )
        square = speaking.propose(consultation, Text("Rendre la place aux piétons", "On y étouffe entre les voitures."), **said)
        shade = speaking.argue(square, Text("De l’ombre", "Les enfants pourraient jouer."), side=Side.FOR, **said)
        noise = speaking.argue(
            square, Text("Les livraisons", "Les commerçants ne pourraient plus livrer."), side=Side.AGAINST, **said
        )
        hidden = speaking.propose(consultation, Text("Acheter mes volets", "Les moins chers."), **said)
        concertations.hide_by_moderation(hidden, ground=Ground.CHARTER_ABUSE, facts="Une insulte.", now=now)
        foreign = speaking.propose(elsewhere, Text("Élargir les trottoirs", "Deux poussettes s’y croisent."), **said)
    return Scene(process, consultation, author, trees, square, shade, noise, hidden, foreign, others)


def typed(text: str, **changes: Any) -> dict[str, Any]:
    """What the form of a new statement sends."""
    return {
        "text": text,
        "topic": "sans-sujet",
        "column": "action_lead",
        "position": "",
        "key": "phrase1",
        "edition": "0",
        **changes,
    }


def said_again(contribution: Contribution, body: str, now: Any = None) -> None:
    """Its author changes a text."""
    with writing() as instant:
        contribution.refresh_from_db()
        speaking.revise(contribution, Text(contribution.title, body), account=contribution.author, now=now or instant)
