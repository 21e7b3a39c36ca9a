"""What do invented texts say? Sentences of a few French words, drawn so that a search finds some of them."""

import random

WORDS = [
    *("place", "arbre", "tilleul", "banc", "ombre", "fontaine", "école", "rue", "vélo", "trottoir", "marché", "halle", "jardin"),
    *("quartier", "silence", "lumière", "nuit", "bibliothèque", "gare", "pont", "rivière", "chemin", "façade", "toit", "soleil"),
    *("pluie", "voisin", "enfant", "ancien", "commerce", "terrasse", "livraison"),
]
RARE = [f"{word}{rank}" for word in ("lieu", "projet", "mesure") for rank in range(2000)]


def sentence(chance: random.Random, length: int) -> str:
    """So many words, one in five of them rare."""
    return " ".join(chance.choice(RARE) if chance.random() < 0.2 else chance.choice(WORDS) for _ in range(length)).capitalize()
