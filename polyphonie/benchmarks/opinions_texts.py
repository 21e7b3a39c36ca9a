"""One side of the measure of opinions: near-duplicates and topics of ten thousand texts, in a process that does nothing else."""

import random
import time
from typing import Any

from polyphonie.benchmarks.opinions_ours import tell
from polyphonie.opinion.texts.nearness import nearness, weighted_stems
from polyphonie.opinion.texts.topics import labelled, topics

TEXTS, COPIES, WORDS = 10_000, 500, 55
TOPICS = 30
_SYLLABLES = (
    "ba be bi bon ca ce cher chi con da de di dre du fa fer fi gar ge lan le li lo ma men mer mi na ni nou pa per pi pro ra re"
)
_SHORT = "le la les de des du un une et en pour dans par sur avec que qui est sont nous ils leur ce cette plus"


def invented(texts: int, copies: int, *, seed: int = 5) -> tuple[list[tuple[str, str]], list[int]]:
    """Texts (title, body) of invented words, some much more frequent than others, of which the last `copies` are copies with
    slips and words left out; and for each of these the place of its original."""
    draw = random.Random(seed)  # noqa: S311 — a bench draws the same texts each time
    syllables, short = _SYLLABLES.split(), _SHORT.split()
    words = sorted({"".join(draw.choices(syllables, k=draw.randrange(2, 5))) for _ in range(8_000)})
    draw.shuffle(words)
    weights = [1 / (rank + 5) for rank in range(len(words))]

    def drawn(count: int) -> list[str]:
        told = draw.choices(words, weights, k=count)
        return [draw.choice(short) if draw.random() < 0.4 else word for word in told]

    originals = [(drawn(9), drawn(WORDS)) for _ in range(texts - copies)]
    sources = draw.sample(range(len(originals)), copies)
    spoilt = [tuple(_spoilt(part, draw) for part in originals[place]) for place in sources]
    return [(" ".join(title), " ".join(body)) for title, body in [*originals, *spoilt]], sources


def _spoilt(words: list[str], draw: random.Random) -> list[str]:
    """One word in ten left out, one in ten with two letters exchanged."""
    kept = [word for word in words if draw.random() >= 0.1]
    return [word[:1] + word[2] + word[1] + word[3:] if len(word) > 4 and draw.random() < 0.1 else word for word in kept]


def measured() -> dict[str, Any]:
    texts, sources = invented(TEXTS, COPIES)
    started, spent = time.perf_counter(), time.process_time()
    found = nearness(texts)
    seconds, processor = time.perf_counter() - started, time.process_time() - spent
    near = {(pair.one, pair.other) for pair in found.pairs}
    recalled = sum((source, TEXTS - COPIES + rank) in near for rank, source in enumerate(sources))
    family_of = {place: family for family in found.families for place in family}
    together = sum(source in family_of.get(TEXTS - COPIES + rank, ()) for rank, source in enumerate(sources))
    return {
        "duplicates_seconds": round(seconds, 2),
        "duplicates_processor_seconds": round(processor, 2),
        "duplicates_texts": TEXTS,
        "duplicates_recall": round(recalled / COPIES, 3),
        "duplicates_in_one_family": round(together / COPIES, 3),
        **_topics([f"{title}\n{body}" for title, body in texts]),
    }


def _topics(texts: list[str]) -> dict[str, Any]:
    """Processor seconds of a given number of topics (words counted and factorised), and of everything suggested."""
    spent = time.process_time()
    labelled(weighted_stems(texts), TOPICS)
    fitted = time.process_time()
    found = topics(texts)
    return {
        "topics_processor_seconds": round(fitted - spent, 2),
        "suggestions_processor_seconds": round(time.process_time() - fitted, 2),
        "suggestions_topics": len(found.topics),
    }


if __name__ == "__main__":
    tell(measured())
