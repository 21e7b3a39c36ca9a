"""Is the name of an organisation examined like a person's: flagged, its members heard, hidden everywhere, given back?"""

import pytest

from polyphonie.accounts.actions import declare_organisation, rename
from polyphonie.accounts.models import Organisation
from polyphonie.contributions import actions as voices
from polyphonie.contributions.models import Contribution, Kind
from polyphonie.core.refusal import Refused
from polyphonie.core.writing import writing
from polyphonie.ledger.models import Entry
from polyphonie.moderation.actions import decide, flag, hide_urgently, open_case, reply
from polyphonie.moderation.actions.showing import Measure
from polyphonie.moderation.models import Act, Case, Ground
from polyphonie.opendata import verify
from polyphonie.opendata.export import export
from polyphonie.outbox.models import Mail
from tests.concertations import a_process
from tests.moderation.scene import Scene, a_scene
from tests.moderation.test_flagging import filled

NAME = "Zyzomys et compagnie"


@pytest.fixture
def scene(db) -> Scene:
    return a_scene()


def spoken(scene: Scene) -> tuple[Organisation, Contribution]:
    """An organisation, and a proposal made in its name."""
    with scene.at(1) as now:
        organisation = declare_organisation(scene.author, name=NAME, kind="private_organisation", now=now)
        text = voices.publish(
            scene.text.consultation,
            Kind.PROPOSAL,
            voices.Text("Un kiosque", "Au centre"),
            author=scene.author,
            speaks_for=organisation,
            now=now,
        )
    return organisation, text


def test_a_hidden_organisation_shows_its_name_nowhere_and_speaks_again_under_its_own_or_another(scene, client, tmp_path):
    organisation, text = spoken(scene)
    client.post(f"/demain/contributions/{text.number}/signaler/", filled(about="name", ground="charter_passing_for"))
    case = Case.objects.get()
    assert (case.organisation, case.authors, case.object_name) == (organisation, [scene.author], "organisation")
    with scene.at(2) as now:
        hide_urgently(case, ground=Ground.CHARTER_ABUSE, facts="Une marque connue.", by=scene.first, now=now)
    assert Mail.objects.filter(to=scene.author.email, key__startswith="moderation/decision/").count() == 1
    for page in (f"contributions/{text.number}/", "participants/", "consultations/places/", "registre/moderation/"):
        shown = client.get(f"/demain/{page}")
        assert shown.status_code == 200, page
        assert NAME not in shown.content.decode(), page
    export(scene.process, tmp_path / "export")
    assert verify.verify(str(tmp_path / "export")).is_right
    assert NAME not in "".join(file.read_text() for file in (tmp_path / "export").rglob("*") if file.is_file())
    assert [entry.leaf.split('"act":"')[1].split('"')[0] for entry in Entry.objects.filter(kind="mod")] == ["name_hidden"]
    with scene.at(3) as now:
        reply(case, "C’est notre nom depuis 1987.", account=scene.author, now=now)
    with scene.at(4) as now:
        decide(case, Measure(Act.KEPT), facts="C’est bien leur nom.", by=scene.second, now=now)
    organisation.refresh_from_db()
    assert (organisation.name, organisation.slug) == (NAME, "zyzomys-et-compagnie")
    assert NAME in client.get(f"/demain/contributions/{text.number}/").content.decode()


def test_an_organisation_takes_another_name_only_once_its_own_is_hidden(scene):
    organisation, _text = spoken(scene)
    with pytest.raises(Refused), writing():
        rename(organisation, name="Autre chose", by=scene.author)
    with scene.at(2) as now:
        case = open_case(scene.process, organisation=organisation, now=now)
        hide_urgently(case, ground=Ground.CHARTER_ABUSE, facts="Une insulte.", by=scene.first, now=now)
    organisation.refresh_from_db()
    for name, by in ((NAME, scene.author), ("Autre chose", scene.first.account)):
        with pytest.raises(Refused), writing():
            rename(organisation, name=name, by=by)
    with writing():
        assert rename(organisation, name="Autre chose", by=scene.author).slug == "autre-chose"


def test_cases_are_numbered_in_their_process_and_not_in_the_installation(scene):
    with scene.at(1) as now:
        other = a_process(now=now, slug="ailleurs")
        numbers = [
            flag(process, account=account, ground="other", words="", now=now).flag.case.number
            for process, account in ((scene.process, scene.author), (other, scene.author), (scene.process, scene.first.account))
        ]
        numbers.append(open_case(scene.process, account=scene.author, now=now).number)
    assert numbers == [1, 1, 2, 1]
