"""What does every test stand on? Folders of its own, both databases, a strict house."""

import os
import tempfile

_folder = tempfile.mkdtemp(prefix="polyphonie-tests-")
os.environ.setdefault("POLYPHONIE_VAR", f"{_folder}/var")
os.environ.setdefault("POLYPHONIE_KEYS", f"{_folder}/keys")
