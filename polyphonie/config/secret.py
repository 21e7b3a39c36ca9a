"""Where does the secret key come from? From the keys folder, created there at first need, readable by its owner alone."""

import os
import secrets
from pathlib import Path


def read_or_create(folder: Path, name: str = "secret.key") -> str:
    """The secret kept in `folder/name`; made and written (mode 0600, folder 0700) the first time."""
    path = folder / name
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another worker was first
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48) + "\n")
    return path.read_text(encoding="ascii").strip()
