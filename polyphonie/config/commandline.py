"""What does the `polyphonie` command answer? Each word it knows, its options, one sentence when something is wrong.

Exit status: 0 done (rows refused one by one included), 1 refused or found wrong, 2 wrongly called. `--json` prints one object
on standard output, last; errors are one sentence on standard error.
"""

import argparse
import gettext
import json
import os
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

WRONGLY_CALLED = 2
INTERRUPTED = 130
STAGES = ("contributions", "synthesis", "recommendations", "followup")
"""How far a demonstration may have come; the stages after `REACHED` come with later releases."""
REACHED = "synthesis"


OURS = (["create_administrator"], ["reset_second_factor"])
"""The commands under `manage` that are ours: like every other of ours, they prepare an empty database first."""


def gettext_noop(words: str) -> str:
    """Marks words for the catalogue; Django's own would ask for the settings, which are not loaded yet."""
    return words


_WORDS_OF_ARGPARSE = (
    gettext_noop("usage: "),
    gettext_noop("positional arguments"),
    gettext_noop("options"),
    gettext_noop("show this help message and exit"),
    gettext_noop("argument %(argument_name)s: %(message)s"),
    gettext_noop("invalid choice: %(value)r (choose from %(choices)s)"),
    gettext_noop("invalid %(type)s value: %(value)r"),
    gettext_noop("the following arguments are required: %s"),
    gettext_noop("unrecognized arguments: %s"),
    gettext_noop("not allowed with argument %s"),
    gettext_noop("expected one argument"),
    gettext_noop("expected at least one argument"),
)
"""What Python's own parser says, which it looks up itself in the catalogue that `_load_settings` points it to."""


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, and where to read more."""

    def error(self, message: str) -> NoReturn:
        self.exit(WRONGLY_CALLED, f"{self.prog}: {message} ({self.prog} --help)\n")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run `polyphonie <command>`; `polyphonie manage …` reaches Django's own commands."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "polyphonie.config.settings")
    sys.exit(answer(words))


def answer(words: list[str]) -> int:
    """The exit status of one call."""
    if words[:1] == ["manage"] and words[1:2] not in OURS:
        return _manage(words[1:])
    if words[:1] == ["demo"]:
        _prepare_demonstration(words[1:])
    try:
        _load_settings()
    except Exception as error:  # whatever a wrong setting raises, the operator reads one sentence
        return _fail(f"the settings are wrong: {_sentence(error)}")
    from polyphonie.config.commands import database, refusals

    options = None if words[:1] == ["manage"] else parser().parse_args(words)
    try:
        if options is None:
            database.prepare()
            return _manage(words[1:])
        return _run(options)
    except KeyboardInterrupt:
        return INTERRUPTED
    except refusals.EXPECTED as error:
        return _fail(refusals.sentence(error))


def _run(options: argparse.Namespace) -> int:
    from polyphonie.config.commands.registry import carry_out
    from polyphonie.config.terminal import Terminal

    outcome = carry_out(options, Terminal(is_json=options.json))
    if options.json:
        sys.stdout.write(json.dumps(outcome.facts, ensure_ascii=False) + "\n")
    return 0 if outcome.is_right else 1


def parser() -> argparse.ArgumentParser:
    """Every command and its options, in the language of the installation."""
    from django.utils.translation import gettext as _

    from polyphonie.opendata.tampering import ALTERATIONS, EVERY

    root = Parser(prog="polyphonie", description=_("The free platform for concertations."))
    commands = root.add_subparsers(dest="command", required=True, metavar=_("command"), parser_class=Parser)

    def command(name: str, help_text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=help_text, description=help_text)
        added.add_argument("--json", action="store_true", help=_("print one final JSON object on standard output"))
        return added

    demo = command("demo", _("Load the demonstration and serve it on this machine only."))
    demo.add_argument("--port", type=_port, default=8000, help=_("port on 127.0.0.1 (default: 8000)"))
    demo.add_argument("--stage", choices=STAGES, default=REACHED, help=_("how far the concertation has come"))
    demo.add_argument(
        "--tamper",
        nargs="?",
        const=EVERY,
        choices=[*ALTERATIONS, EVERY],
        metavar=_("WHICH"),
        help=_("cheat with a copy of its public files, and show what the verifier finds: %(choices)s"),
    )
    demo.add_argument("--load-only", action="store_true", help=_("load, and do not serve"))
    command("serve", _("Serve this installation, and do what is due; settings come from the environment."))
    doctor = command("doctor", _("Say what is missing or unsafe in this installation."))
    doctor.add_argument("--fix", action="store_true", help=_("repair what can be repaired without a choice"))
    doctor.add_argument("--mail", default="", metavar="ADDRESS", help=_("send a test mail to this address"))
    command("list", _("List the processes of this installation."))
    tick = command("tick", _("Do what is due: open, close, seal, send, forget. Safe to run twice."))
    turns = tick.add_mutually_exclusive_group()
    turns.add_argument("--once", action="store_true", help=_("do it once (the default)"))
    turns.add_argument("--loop", action="store_true", help=_("go on until stopped"))
    _add_publishing(command)
    _add_keeping(command)
    command("fairness", _("Say how far this installation keeps the principles of the report, and what proves it."))
    replaced = command(
        "replace-key", _("Replace a signing key: the one that stands signs the new one in every register. Site stopped.")
    )
    replaced.add_argument("name", choices=["log", "receipt"], metavar="KEY", help="%(choices)s")
    replaced.add_argument("--lost", action="store_true", help=_("the log key is lost: said on every page for ever"))
    bench = command("bench", _("Measure this product beside a reference, in the same run."))
    bench.add_argument(
        "name",
        choices=["pages", "votes", "import", "growth", "search", "export", "verify", "privacy", "opinion"],
        metavar="NAME",
        help="%(choices)s",
    )
    return root


def _add_publishing(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    """The words that take public files in, write them, and verify them."""
    from django.utils.translation import gettext as _

    from polyphonie.opendata import verify

    imports = command("import", _("Take over a consultation held elsewhere."))
    imports.add_argument(
        "format", choices=["cap-collectif", "concertation", "decidim", "polyphonie"], metavar="FORMAT", help="%(choices)s"
    )
    imports.add_argument("path", metavar="PATH", help=_("a file (also .gz, .xz) or a folder"))
    imports.add_argument("--process", required=True, metavar="SLUG", help=_("the process; created if there is none"))
    imports.add_argument("--dry-run", action="store_true", help=_("read and report; change nothing"))
    imports.add_argument("--undo", action="store_true", help=_("take back the import of this file"))
    exports = command("export", _("Write everything public about a process: open data, register, verifier."))
    exports.add_argument("process", metavar="PROCESS", help=_("the process, as `polyphonie list` names it"))
    exports.add_argument("directory", metavar="DIRECTORY", help=_("a folder that does not exist yet, or is empty"))
    verifies = command("verify", _("Recompute an export with the installed verifier, never the file found in it."))
    verifies.add_argument("directory", type=verify.export_folder, metavar="DIRECTORY", help=_("the folder of the export"))
    verifies.add_argument(
        "--seen",
        nargs="+",
        action="extend",
        default=[],
        type=verify.kept_file,
        metavar="FILE",
        help=_("checkpoints or receipts kept elsewhere"),
    )
    verifies.add_argument(
        "--near", action="store_true", help=_("compare again the texts that each synthesis says near one another")
    )


def _add_keeping(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    """The words that keep an installation, or a concertation, alive."""
    from django.utils.translation import gettext as _

    archive = command("archive", _("Write a static site of a process, which outlives the server."))
    archive.add_argument("process", metavar="PROCESS", help=_("the process, as `polyphonie list` names it"))
    archive.add_argument("directory", metavar="DIRECTORY", help=_("a folder that does not exist yet, or is empty"))
    backup = command("backup", _("Copy everything but the keys into one file, while the site serves."))
    backup.add_argument(
        "file", metavar="FILE", help=_("the file to write; or a folder, where those older than 30 days are then deleted")
    )
    backup.add_argument("--keys", action="store_true", help=_("save the keys instead, to be kept apart from any backup"))
    restore = command("restore", _("Start again from a backup; refused when it is behind what was seen here."))
    restore.add_argument("file", metavar="FILE", help=_("a file made by `polyphonie backup`"))
    restore.add_argument(
        "--accept-loss", action="store_true", help=_("restore even what is behind: the public register says so for ever")
    )
    command("upgrade", _("Back up, then bring the database to this version: wholly, or not at all."))


def _port(word: str) -> int:
    if not word.isdecimal() or not 0 < int(word) < 65536:
        raise argparse.ArgumentTypeError(gettext.gettext("a port is a number from 1 to 65535"))
    return int(word)


def _prepare_demonstration(words: Sequence[str]) -> None:
    """The demonstration's mode and address are settings: they must stand before the settings are read."""
    early = argparse.ArgumentParser(add_help=False, exit_on_error=False)
    early.add_argument("--port", type=_port, default=8000)
    try:
        port = early.parse_known_args(list(words))[0].port
    except argparse.ArgumentError:  # the real parser says so
        port = 8000
    os.environ["POLYPHONIE_DEMO"] = "1"
    os.environ.setdefault("POLYPHONIE_BASE_URL", f"http://127.0.0.1:{port}")
    os.environ["POLYPHONIE_BIND"] = f"127.0.0.1:{port}"


def _load_settings() -> None:
    import django
    from django.conf import settings
    from django.utils import translation

    django.setup()
    translation.activate(settings.LANGUAGE_CODE)
    os.environ["LANGUAGE"] = settings.LANGUAGE_CODE
    gettext.bindtextdomain("django", str(settings.LOCALE_PATHS[0]))
    gettext.textdomain("django")


def _manage(words: list[str]) -> int:
    from django.core.management import execute_from_command_line

    execute_from_command_line(["polyphonie manage", *words])
    return 0


def _sentence(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def _fail(sentence: str) -> int:
    sys.stderr.write(f"polyphonie: {sentence}\n")
    return 1
