"""Inclusive writing becomes both full forms, and nothing else is touched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyphonie.opinion.texts.french import normalise_inclusive

SHORTENED = {
    "agent·e·s": "agents agentes",
    "agent·es": "agents agentes",
    "agent·e": "agent agente",
    "agent•e•s": "agents agentes",
    "agent‧e‧s": "agents agentes",
    "agent.e.s": "agents agentes",
    "agent.es": "agents agentes",
    "agent-e-s": "agents agentes",
    "agent‑e‑s": "agents agentes",
    "agent/e/s": "agents agentes",
    "agent(e)s": "agents agentes",
    "agent(e)(s)": "agents agentes",
    "agent(e)": "agent agente",
    "agent(es)": "agents agentes",
    "Agent·e·s": "Agents agentes",
    "AGENT.E.S": "AGENTS AGENTES",
    "lecteur·rice·s": "lecteurs lectrices",
    "lecteur·rices": "lecteurs lectrices",
    "lecteur.rice.s": "lecteurs lectrices",
    "lecteur-trice-s": "lecteurs lectrices",
    "lecteur(trice)s": "lecteurs lectrices",
    "auteur·ice·s": "auteurs autrices",
    "citoyen·ne·s": "citoyens citoyennes",
    "citoyen-ne-s": "citoyens citoyennes",
    "citoyen.nes": "citoyens citoyennes",
    "chercheur·euse·s": "chercheurs chercheuses",
    "chercheur-se-s": "chercheurs chercheuses",
    "nombreux·ses": "nombreux nombreuses",
    "actif·ve·s": "actifs actives",
    "ouvrier·ière·s": "ouvriers ouvrières",
    "étranger·e·s": "étrangers étrangères",
    "professionnel·le·s": "professionnels professionnelles",
    "élu.es": "élus élues",
    "étudiants·es": "étudiants étudiantes",
    "français·es": "français françaises",
    "national·e·s": "nationaux nationales",
    "régionaux·ales": "régionaux régionales",
    "nouveau·elle": "nouveau nouvelle",
    "public·que": "public publique",
    "tou·te·s": "tous toutes",
    "tou·s·tes": "tous toutes",
    "tous·tes": "tous toutes",
    "tout·e·s": "tous toutes",
    "ceux·elles": "ceux celles",
    "il·elle·s": "ils elles",
    "le·la": "le la",
    "un·e": "un une",
    "vice-président·e·s": "vice-présidents présidentes",
    "article(s)": "article articles",
    "parlementaire·s": "parlementaire parlementaires",
}

_LEFT_ALONE = """
    est-ce peut-être rendez-vous dit-elle a-t-il a-t-on sont-elles donnez-les prends-le puis-je appelez-la
    vis-à-vis au-delà celui-ci c'est-à-dire porte-parole lui-même quelques-uns grand-mère co-élaboration
    non-lieu demi-heure e-mail Aix-les-Bains Saint-Étienne groupe-e et/ou km/h 24h/24 oui/non
    www.agent.es https://exemple.fr/agent-e-s contact@agent.es prenom.nom@citoyen.ne participez.agent.es
    cnil.fr numerique.gouv.fr elpais.es gob.es volvo.se exemple.fr/agent-e-s @agent.e.s
    3.5 3,9 1.15 L.515-5 c.-à-d. i.e. p.ex. etc. O.N.U. S.A.R.L. fin.La droit.Les f(e) (e)
"""


@pytest.mark.parametrize(("shortened", "full"), SHORTENED.items())
def test_an_inclusive_word_becomes_both_full_forms(shortened: str, full: str) -> None:
    assert normalise_inclusive(shortened) == full
    assert normalise_inclusive(f"Que les {shortened}, enfin. Les {shortened}.") == f"Que les {full}, enfin. Les {full}."


@pytest.mark.parametrize("text", _LEFT_ALONE.split())
def test_what_is_no_inclusive_writing_is_left_alone(text: str) -> None:
    assert normalise_inclusive(text) == text
    assert normalise_inclusive(f"Voir {text} ici, ou «{text}».") == f"Voir {text} ici, ou «{text}»."


def test_an_address_is_left_alone_beside_an_inclusive_word() -> None:
    text = "Les agent·e·s écrivent à agent.e.s@exemple.fr ou sur https://exemple.fr/lecteur·rice·s aux citoyen·ne·s"
    assert normalise_inclusive(text) == (
        "Les agents agentes écrivent à agent.e.s@exemple.fr ou sur https://exemple.fr/lecteur·rice·s aux citoyens citoyennes"
    )


@given(st.text(alphabet="agenteslrux·.-/()@ E1", max_size=40))
def test_a_second_pass_changes_nothing(text: str) -> None:
    once = normalise_inclusive(text)
    assert normalise_inclusive(once) == once


@given(st.text(alphabet=st.characters(exclude_characters="·•‧⋅∙・.-‐‑/()", categories=["L", "N", "P", "Zs"])))
def test_a_text_without_any_of_the_signs_is_unchanged_but_for_its_unicode_form(text: str) -> None:
    assert normalise_inclusive(normalise_inclusive(text)) == normalise_inclusive(text)
    assert len(normalise_inclusive(text).split()) == len(text.split())
