"""What does the `polyphonie` command do? It names one command a line and hands it over to the package that knows how."""

import os
import sys


def main(arguments: list[str] | None = None) -> None:
    """Run `polyphonie <command>`; `polyphonie manage …` reaches Django's own commands."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "polyphonie.config.settings")
    from django.core.management import execute_from_command_line

    words = list(sys.argv[1:] if arguments is None else arguments)
    if words[:1] == ["manage"]:
        words = words[1:]
    execute_from_command_line(["polyphonie", *words])
