"""From what exactly was a figure computed? The hash of its inputs, published with it."""

import hashlib
import json


def input_hash(content: object) -> str:
    """SHA-256 of the inputs, written as JSON: keys sorted, no space, UTF-8; hexadecimal."""
    written = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(written.encode("utf-8")).hexdigest()
