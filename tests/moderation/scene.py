"""On what do the tests of moderation stand? A process with two moderators and an appeal body, an author, a text of theirs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from polyphonie.accounts.models import Account
from polyphonie.contributions import actions as voices
from polyphonie.contributions.models import Contribution, Kind
from polyphonie.core.writing import writing, writing_at
from polyphonie.moderation.actions import flag, open_case
from polyphonie.moderation.actions.flagging import Receipt
from polyphonie.moderation.models import Case, Ground
from polyphonie.processes.models import Process, Role, RoleAssignment
from tests.concertations import a_moderator, a_person, a_process, an_open_consultation

HOUR = timedelta(hours=1)


@dataclass
class Scene:
    process: Process
    author: Account
    text: Contribution
    first: RoleAssignment
    second: RoleAssignment
    judge: RoleAssignment
    began_at: datetime

    @contextmanager
    def at(self, hours: float = 0) -> Iterator[datetime]:
        """Act so many hours after the text was published."""
        with writing_at(self.began_at + hours * HOUR) as now:
            yield now

    def flag(self, hours: float = 1, ground: str = Ground.CHARTER_ADVERTISING, words: str = "") -> Receipt:
        with self.at(hours) as now:
            return flag(self.process, contribution=self.text, ground=ground, words=words, now=now)

    def case(self) -> Case:
        return Case.objects.select_related("process", "contribution__consultation").latest("pk")

    def opened(self, hours: float = 1) -> Case:
        with self.at(hours) as now:
            return open_case(self.process, contribution=self.text, now=now)

    def read(self) -> Contribution:
        self.text.refresh_from_db()
        return self.text


def a_scene(*, title: str = "Un banc", body: str = "Devant la gare") -> Scene:
    with writing() as now:
        process = a_process(now=now)
        consultation = an_open_consultation(process, now=now)
        author = a_person("Autrice", on=now)
        text = voices.publish(consultation, Kind.PROPOSAL, voices.Text(title, body), author=author, now=now)
        judge = process.roles.get(role=Role.APPEAL)
        return Scene(process, author, text, a_moderator(process, 1), a_moderator(process, 2), judge, now)
