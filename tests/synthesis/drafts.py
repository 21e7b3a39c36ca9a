"""On which drafts do the tests of syntheses stand? A closed consultation, people in every role, sentences typed as people do."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from polyphonie.accounts.models import Account
from polyphonie.annotations.actions import Words, annotate
from polyphonie.annotations.models import Annotation
from polyphonie.consultation.actions import speaking
from polyphonie.consultation.actions.batches import close_consultation
from polyphonie.contributions.actions import Text
from polyphonie.contributions.models import Contribution, Side
from polyphonie.core.writing import writing_at
from polyphonie.processes.actions import grant_role
from polyphonie.processes.models import Consultation, Process, Role, RoleAssignment
from polyphonie.synthesis import wording
from polyphonie.synthesis.actions.doubts import settle_doubts
from polyphonie.synthesis.actions.publishing import publish_version
from polyphonie.synthesis.actions.reviewing import review
from polyphonie.synthesis.actions.writing import lock_of, note_writing
from polyphonie.synthesis.models import Citation, Statement, Synthesis, SynthesisVersion, Topic, UncitedReason
from polyphonie.synthesis.queries.doubts import doubts_of
from polyphonie.synthesis.rules import CHECKLIST
from tests import concertations

WRITER = "rapporteur/1"


@dataclass
class Scene:
    """A closed consultation and its draft; `one` and `two` are proposals, `pro` and `con` arguments on the first."""

    process: Process
    consultation: Consultation
    synthesis: Synthesis
    one: Contribution
    two: Contribution
    pro: Contribution
    con: Contribution
    author: Account
    roles: dict[str, RoleAssignment] = field(default_factory=dict)
    now: datetime = field(default_factory=timezone.now)

    def write(self, key: str, text: str, *, column: str = "agreement", topic: str = "", position: str = "") -> Statement:
        """Type a sentence: `#12` cites, « words » #12 quotes the body of 12."""
        written = wording.normalised(text)
        quoted = wording.quotations_in(written)
        cited = wording.citations_in(written)
        found = Statement.objects.update_or_create(
            synthesis=self.synthesis,
            key=key,
            defaults={
                "text": wording.stored_form(written, quoted),
                "column": column,
                "topic": self.synthesis.topics.filter(key=topic).first(),
                "position": position,
                "is_linking": not cited,
                "edited_by": WRITER,
                "edited_at": self.now,
                "rank": Statement.objects.filter(synthesis=self.synthesis).count(),
            },
        )[0]
        found.citations.all().delete()
        spans = {one.citation: one.words for one in quoted}
        for rank, one in enumerate(cited):
            contribution = Contribution.objects.get(process=self.process, number=one.number)
            start = contribution.body.find(spans[rank]) if rank in spans else None
            Citation.objects.create(
                statement=found,
                rank=rank,
                contribution=contribution,
                revision=contribution.revision,
                qualifier=one.qualifier,
                field="" if start is None else "body",
                start=start,
                end=None if start is None else start + len(spans[rank]),
            )
        with writing_at(self.now):
            note_writing(self.synthesis, actor=WRITER)
        self.synthesis.refresh_from_db()
        return found

    def give_reason(self, contribution: Contribution, reason: str = "Déjà dit.", fate: str = "merged") -> None:
        UncitedReason.objects.update_or_create(
            synthesis=self.synthesis,
            contribution=contribution,
            defaults={"fate": fate, "reason": reason, "given_by": WRITER, "given_at": self.now},
        )

    def settle(self) -> None:
        """Settle every doubt, kind by kind."""
        for _check, _words, marks in doubts_of(self.consultation).by_check:
            with writing_at(self.now, lock=lock_of(self.consultation)) as now:
                settle_doubts(self.synthesis, marks, reason="Vérifié.", actor=WRITER, now=now)

    def read(self, *, role: str = "moderator", answer: bool = True, remarks: str = "") -> None:
        """A second person reads the draft as it is now, its doubts settled."""
        self.settle()
        with writing_at(self.now, lock=lock_of(self.consultation)) as now:
            review(
                self.synthesis,
                reader=self.roles[role],
                answers=dict.fromkeys(CHECKLIST, answer),
                is_favourable=answer,
                remarks=remarks,
                now=now,
            )

    def publish(self, **options: object) -> SynthesisVersion:
        options.setdefault("closes_at", self.now + timedelta(days=21))
        with writing_at(self.now, lock=lock_of(self.consultation)) as now:
            version = publish_version(self.synthesis, actor=WRITER, now=now, **options)  # type: ignore[arg-type]
        self.synthesis.refresh_from_db()
        return version

    def comment(self, key: str, title: str = "Qui ?") -> Annotation:
        """Someone comments on a whole sentence of the last version."""
        with writing_at(self.now) as now:
            version = self.synthesis.document.versions.order_by("number").last()
            return annotate(version, block=key, words=Words(title, "Dites-en plus."), author=self.author, now=now)


def a_scene(*, slug: str = "demain", closed: bool = True) -> Scene:
    """A consultation of two proposals and two arguments, closed since, and an empty draft."""
    start = timezone.now() - timedelta(days=30)
    with writing_at(start) as now:
        process = concertations.a_process(now=now, slug=slug)
        consultation = concertations.an_open_consultation(
            process, now=now, opens_at=start - timedelta(days=1), closes_at=start + timedelta(days=20)
        )
        author = concertations.a_person(f"Ada {slug}", on=now)
        other = concertations.a_person(f"Blaise {slug}", on=now)
        one = speaking.propose(consultation, Text("Planter", "Planter des tilleuls sur la place."), account=author, now=now)
        two = speaking.propose(consultation, Text("Repaver", "Remettre les pavés de la rue."), account=other, now=now)
        pro = speaking.argue(one, Text("Ombre", "De l’ombre en été."), side=Side.FOR, account=other, now=now)
        con = speaking.argue(one, Text("Racines", "Les racines soulèvent tout."), side=Side.AGAINST, account=other, now=now)
        for role in (Role.RAPPORTEUR, Role.ORGANISER, Role.AUTHORITY):
            person = concertations.a_person(f"Personne {role.value} {slug}", on=now)
            grant_role(process, person, role, actor="organiser/1", now=now)
    if closed:
        with writing_at(start + timedelta(days=20, seconds=1)) as now:
            consultation.refresh_from_db()
            close_consultation(consultation, now=now)
    synthesis = Synthesis.objects.create(consultation=consultation)
    Topic.objects.create(synthesis=synthesis, key="arbres", rank=1, label="Les arbres")
    scene = Scene(process, consultation, synthesis, one, two, pro, con, author)
    for assignment in process.roles.select_related("account").order_by("-number"):
        scene.roles[assignment.role] = assignment
    return scene


def a_published(*, slug: str = "demain") -> Scene:
    """The same with a first version: #1 quoted and cited in a controversy, #2 left out with a reason."""
    scene = a_scene(slug=slug)
    fill(scene)
    scene.read()
    scene.publish()
    return scene


def fill(scene: Scene) -> None:
    """A whole draft: an agreement that quotes, a controversy with both sides, one linking sentence, one reason."""
    one, pro, con = scene.one.number, scene.pro.number, scene.con.number
    scene.write("lien", "Une idée domine.", topic="arbres")
    scene.write("accord", f"On veut « des tilleuls » #{one}.", topic="arbres")
    scene.write("a", f"Ils donnent de l’ombre #{pro}.", column="controversy", topic="arbres", position="a")
    scene.write("b", f"Ils abîment les rues, selon #{con}.", column="controversy", topic="arbres", position="b")
    scene.give_reason(scene.two, "Déjà prévu au budget.", "out_of_scope")
