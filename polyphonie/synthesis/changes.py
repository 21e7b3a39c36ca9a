"""What changed between two contents of a synthesis? Sentence by sentence, told by their keys."""

from collections.abc import Mapping
from typing import Any

ADDED, CHANGED, REMOVED = "added", "changed", "removed"

Content = Mapping[str, Any]


def changes_between(before: Content, after: Content, because: Mapping[str, list[int]] | None = None) -> list[dict[str, Any]]:
    """`[{"statement": key, "change": "added", "changed" or "removed", "because": [discussions]}]`, in the order of the page,
    what was removed comes last. A sentence that only moved within its column did not change."""
    told = because or {}
    earlier = {statement["key"]: statement for statement in before["statements"]}
    later = {statement["key"]: statement for statement in after["statements"]}
    found = [(key, ADDED if key not in earlier else CHANGED) for key, one in later.items() if earlier.get(key) != one]
    found += [(key, REMOVED) for key in earlier if key not in later]
    return [{"statement": key, "change": change, "because": sorted(set(told.get(key, ())))} for key, change in found]
