"""Which concertation do the public pages show in tests? Two themes, an open consultation, a closed one, voices of each kind."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from polyphonie.accounts.models import Account, Organisation
from polyphonie.contributions.actions import Text, hide, publish, revise, withdraw
from polyphonie.contributions.models import Contribution, Kind, Side
from polyphonie.core.writing import writing
from polyphonie.processes.actions.progress import publish_progress
from polyphonie.processes.models import Consultation, Process, Referral, Role, Theme
from tests.concertations import a_draft, a_person, a_process, an_open_consultation


@dataclass
class Scene:
    process: Process
    consultation: Consultation
    ahead: Consultation
    author: Account
    organisation: Organisation
    proposal: Contribution
    quiet: Contribution
    hidden: Contribution
    withdrawn: Contribution


def a_scene(arguments: int = 3, sources: int = 1, completions: int = 1) -> Scene:
    with writing() as now:
        process = a_process(now=now, tagline="Que faire de nos places ?", hashtag="#contribuez")
        Referral.objects.create(
            process=process,
            kind=Referral.Kind.GOVERNMENT,
            number="1348",
            issuer="Premier ministre",
            received_on=(now - timedelta(days=30)).date(),
            questions="Comment partager mieux ?\nÀ quel rythme ?",
        )
        theme = Theme.objects.create(process=process, number=1, title="Vivre ensemble")
        consultation = an_open_consultation(process, now=now, theme=theme)
        ahead = a_draft(process, now=now, slug="gares", title="Nos gares", opens_at=now + timedelta(days=3))
        ahead.state = Consultation.State.ANNOUNCED
        ahead.save()
        return _voices(process, consultation, ahead, now=now, arguments=arguments, sources=sources, completions=completions)


def _voices(
    process: Process,
    consultation: Consultation,
    ahead: Consultation,
    *,
    now: datetime,
    arguments: int,
    sources: int,
    completions: int,
) -> Scene:
    author = a_person("Camille Exemple", on=now, is_listed=True)
    other = a_person("Une habitante", on=now)
    organisation = Organisation.objects.create(
        name="Les Bricoleurs",
        name_key="les bricoleurs",
        slug="les-bricoleurs",
        kind="private_organisation",
        verified_on=timezone.localdate(now),
        created_on=timezone.localdate(now),
    )
    proposal = publish(
        consultation,
        Kind.PROPOSAL,
        Text(title="Ouvrir un atelier", body="Un local, deux soirs par semaine.\n\nVoir #2 et #99."),
        author=author,
        speaks_for=organisation,
        now=now,
    )
    quiet = publish(consultation, Kind.PROPOSAL, Text(title="Planter des arbres", body="De l’ombre."), author=author, now=now)
    changed = Text(title="Ouvrir un atelier", body="Un local, trois soirs par semaine.\n\nVoir #2 et #99.")
    revise(proposal, changed, author=author, now=now)
    for rank in range(arguments):
        side = Side.FOR if rank % 3 else Side.AGAINST
        text = Text(body=f"Argument {rank}, qui cite #{quiet.number}")
        publish(consultation, Kind.ARGUMENT, text, author=other, about=proposal, side=side, now=now)
    for rank in range(sources):
        text = Text(title=f"Étude {rank}", body="Utile.", url="https://exemple.fr/etude", category="study")
        publish(consultation, Kind.SOURCE, text, author=other, about=proposal, now=now)
    for rank in range(completions):
        text = Text(title=f"Aussi le dimanche {rank}", body="Et le dimanche.")
        publish(consultation, Kind.COMPLETION, text, author=other, about=proposal, now=now)
    hidden = publish(consultation, Kind.PROPOSAL, Text(title="Injure", body="Mots durs"), author=other, now=now)
    withdrawn = publish(consultation, Kind.PROPOSAL, Text(title="Regret", body="Je me trompe"), author=other, now=now)
    hide(hidden, ground="charter_off_topic", actor="moderator/1", now=now)
    withdraw(withdrawn, author=other, now=now)
    publish_progress(
        process, title="Première semaine", body=f"Nous avons lu #{proposal.number}.", role=Role.ORGANISER, number=1, now=now
    )
    for voice in (proposal, quiet, hidden, withdrawn):
        voice.refresh_from_db()
    return Scene(process, consultation, ahead, author, organisation, proposal, quiet, hidden, withdrawn)
