"""Does the product speak French everywhere? Compiles the catalogues, one a package, and says what each lacks.

    python -m polyphonie.config.messages compile          locale/fr/*.po → one django.mo
    python -m polyphonie.config.messages check            missing, unused, fuzzy, differing or broken entries; exit 1 if any
    python -m polyphonie.config.messages missing PACKAGE  the missing entries, ready to be pasted into the package's catalogue

It needs Babel and Jinja only: it runs at installation, before anything else does.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

PACKAGE = Path(__file__).resolve().parent.parent
LOCALE = next(folder for folder in (PACKAGE / "locale", PACKAGE.parent / "locale") if folder.is_dir())
"""Inside the package once installed from a wheel (`hatch_build.py`), beside it in the source."""
LANGUAGES = ("fr",)

METHODS = [("**/migrations/**", "ignore"), ("**.py", "python"), ("**/templates/**", "jinja2.ext:babel_extract")]
JINJA_OPTIONS = {
    "extensions": "jinja2.ext.do,jinja2.ext.loopcontrols,polyphonie.core.serving.keeping.KeptExtension",
    "newstyle_gettext": "true",
    "trimmed": "true",
    "silent": "false",
}
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
    "Column": (3,),  # what is published says in French too what it means: core.tables
}
_PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]")

Words = str | tuple[str, ...]
Key = tuple[str | None, Words]
"""Context, and the msgid (or its singular and plural)."""


@dataclass
class Problem:
    """One thing wrong in one catalogue."""

    catalogue: str
    what: str
    words: Words
    place: str = ""

    def __str__(self) -> str:
        words = " | ".join(self.words) if isinstance(self.words, tuple) else self.words
        return f"{self.catalogue}: {self.what}: {words!r}" + (f" ({self.place})" if self.place else "")


@dataclass
class Found:
    """What a package's source asks to be translated: each message and the first place that asks."""

    places: dict[Key, str] = field(default_factory=dict)


def packages() -> list[str]:
    """The packages of the product, by name."""
    return sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))


def found_in(package: str) -> Found:
    """Every message of a package's Python and templates."""
    found = Found()
    folder = PACKAGE / package
    messages = extract_from_dir(folder, METHODS, {"**/templates/**": JINJA_OPTIONS}, keywords=KEYWORDS)
    for file, line, words, _comments, context in messages:
        message = tuple(words) if isinstance(words, list | tuple) else words
        found.places.setdefault((context, message), f"{package}/{file}:{line}")
    return found


def catalogue_path(language: str, package: str) -> Path:
    return LOCALE / language / f"{package}.po"


def read(path: Path) -> Catalog:
    """A catalogue; an absent one is empty."""
    if not path.exists():
        return Catalog(locale=path.parent.name)
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.name, abort_invalid=True)


def entries(catalogue: Catalog) -> Iterator[tuple[Key, Message]]:
    """The messages of a catalogue but its header."""
    for message in catalogue:
        if message.id:
            yield (message.context, message.id if isinstance(message.id, str) else tuple(message.id)), message


def compiled_paths() -> list[Path]:
    """Where the compiled catalogues are."""
    return [LOCALE / language / "LC_MESSAGES" / "django.mo" for language in LANGUAGES]


def compile_catalogues() -> list[Path]:
    """Merge each language's catalogues into the one that Django reads; nothing is done when it is newer than they are."""
    return [_compiled(language) for language in LANGUAGES]


def _compiled(language: str) -> Path:
    sources = sorted((LOCALE / language).glob("*.po"))
    target = LOCALE / language / "LC_MESSAGES" / "django.mo"
    newest = max((path.stat().st_mtime for path in [*sources, LOCALE / language] if path.exists()), default=0.0)
    if target.exists() and target.stat().st_mtime > newest:
        return target
    merged = Catalog(locale=language, fuzzy=False)
    for path in sources:
        for _key, message in entries(read(path)):
            merged.add(message.id, message.string, context=message.context)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_suffix(".draft")
    with draft.open("wb") as file:
        write_mo(file, merged)
    draft.replace(target)
    return target


def problems() -> list[Problem]:
    """Everything wrong in every language, in the order of the packages."""
    asked = {package: found_in(package) for package in packages()}
    return [problem for language in LANGUAGES for problem in _problems_in(language, asked)]


def _problems_in(language: str, asked: dict[str, Found]) -> Iterator[Problem]:
    first: dict[Key, tuple[str, object]] = {}
    for stray in sorted((LOCALE / language).glob("*.po")):
        if stray.stem not in asked:
            yield Problem(f"{language}/{stray.name}", "is the catalogue of no package", stray.stem)
    for package, found in asked.items():
        name = f"{language}/{package}.po"
        catalogue = dict(entries(read(catalogue_path(language, package))))
        for key, place in found.places.items():
            if key not in catalogue:
                yield Problem(name, "missing", key[1], place)
        for key, message in catalogue.items():
            if key not in found.places:
                yield Problem(name, "unused", key[1])
            yield from _problems_of(name, key, message)
            package_before, string = first.setdefault(key, (package, message.string))
            if string != message.string:
                yield Problem(name, f"translated otherwise in {package_before}.po", key[1])


def _problems_of(catalogue: str, key: Key, message: Message) -> Iterator[Problem]:
    words = key[1]
    translations = message.string if isinstance(message.string, tuple | list) else (message.string,)
    if message.fuzzy:
        yield Problem(catalogue, "fuzzy", words)
    if not all(translations):
        yield Problem(catalogue, "empty", words)
        return
    originals = words if isinstance(words, tuple) else (words,)
    if len(originals) != len(translations):
        yield Problem(catalogue, "a plural on one side only", words)
        return
    known = {name for original in originals for name in _PLACEHOLDER.findall(original)}
    for index, (original, translation) in enumerate(zip(originals, translations, strict=True)):
        used = set(_PLACEHOLDER.findall(translation or ""))
        may_omit = len(originals) > 1 and index == 0  # « un argument » says its number in words
        if not used <= known or (not may_omit and used != set(_PLACEHOLDER.findall(original))):
            yield Problem(catalogue, f"other placeholders in {translation!r}", words)


def stubs(package: str, language: str = "fr") -> Iterator[str]:
    """The entries a package's catalogue lacks, to be pasted and translated."""
    catalogue = dict(entries(read(catalogue_path(language, package))))
    for (context, words), place in found_in(package).places.items():
        if (context, words) in catalogue:
            continue
        lines = [f"#: {place}"] + ([f"msgctxt {_quoted(context)}"] if context else [])
        if isinstance(words, tuple):
            lines += [f"msgid {_quoted(words[0])}", f"msgid_plural {_quoted(words[1])}", 'msgstr[0] ""', 'msgstr[1] ""']
        else:
            lines += [f"msgid {_quoted(words)}", 'msgstr ""']
        yield "\n".join([*lines, ""])


def _quoted(words: str) -> str:
    escaped = words.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def main(arguments: list[str]) -> int:
    match arguments:
        case ["compile"]:
            compile_catalogues()
        case ["check"]:
            wrong = problems()
            for problem in wrong:
                sys.stdout.write(f"{problem}\n")
            return 1 if wrong else 0
        case ["missing", package]:
            sys.stdout.writelines(f"{stub}\n" for stub in stubs(package))
        case _:
            sys.stderr.write((__doc__ or "") + "\n")
            return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
