"""What became of a contribution, in words? The same few words from the first synthesis to the last answer."""

from polyphonie.contributions.models import Outcome


def fate_in_words(fate: str) -> str:
    """The public words of what was decided about a contribution; a word of elsewhere stays as it is."""
    return str(Outcome(fate).label) if fate in Outcome.values else fate
