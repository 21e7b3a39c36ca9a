"""What do the formulae of support say of texts that no database holds?"""

from collections import Counter
from collections.abc import Iterable

from polyphonie.opinion.texts.support import Suggestion, best, share_told, told_stems, weight


class Library:
    """The texts of a consultation, ready to be asked: what the desk reads from the search index, without a database."""

    def __init__(self, texts: Iterable[tuple[int | str, str]]) -> None:
        self._counts: dict[int | str, Counter[str]] = {}
        self._holders: dict[str, list[int | str]] = {}
        for key, text in texts:
            counts = Counter(told_stems(text))
            self._counts[key] = counts
            for stem in counts:
                self._holders.setdefault(stem, []).append(key)
        lengths = [counts.total() for counts in self._counts.values()]
        self._mean_length = sum(lengths) / max(len(lengths), 1) or 1.0

    def suggestions(self, statement: str, *, limit: int = 5) -> list[Suggestion[int | str]]:
        """The texts that share most with the statement, the most first; equal scores as the texts came."""
        weights = self.weights(statement)
        sharing = {key for stem in weights for key in self._holders.get(stem, ())}
        texts = {key: counts for key, counts in self._counts.items() if key in sharing}
        return best(weights, texts, mean_length=self._mean_length, limit=limit)

    def support(self, statement: str, cited: Iterable[int | str]) -> float:
        """How much of the statement the cited texts say, from 0 to 1; 1 when it tells nothing; unknown keys say nothing."""
        said: set[str] = set()
        for key in cited:
            said.update(self._counts.get(key, ()))
        return share_told(self.weights(statement), said)

    def weights(self, statement: str) -> dict[str, float]:
        """How much each stem of the statement tells among these texts."""
        stems = sorted(set(told_stems(statement)))
        return {stem: weight(len(self._holders.get(stem, ())), whole=len(self._counts)) for stem in stems}
