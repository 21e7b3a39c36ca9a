"""Are apostrophes French where words touch them, and left alone elsewhere?"""

import pytest

from polyphonie.core.typography import french


@pytest.mark.parametrize(
    ("typed", "set_in_french"),
    [
        ("l'eau d'été", "l’eau d’été"),
        ("Aujourd'hui, qu'en dire", "Aujourd’hui, qu’en dire"),
        ("les 'guillemets' simples", "les 'guillemets' simples"),
        ("5' de marche, 3'20", "5' de marche, 3'20"),
        ("l’eau", "l’eau"),
    ],
)
def test_an_apostrophe_between_letters_is_a_french_one(typed, set_in_french):
    assert french(typed) == set_in_french
