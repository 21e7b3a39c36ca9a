"""What can every template say? The Jinja environment: translations set in French type, addresses, dates, safe text."""

from collections.abc import Callable
from functools import cache, cached_property, lru_cache, partial

import jinja2
from django.conf import settings
from django.http import HttpRequest
from django.template.backends.utils import csrf_input
from django.templatetags.static import static as find_static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as django_gettext
from django.utils.translation import ngettext as django_ngettext
from markupsafe import Markup, escape

from polyphonie.core import addresses, plaintext, printing, typography
from polyphonie.core.serving.keeping import KeptExtension, facts


def typographic(text: object) -> str:
    """The text with French spaces when the page is French; what was safe HTML stays so."""
    if not (get_language() or "fr").startswith("fr"):
        return text if isinstance(text, Markup) else str(text)
    return Markup(typography.french(text)) if isinstance(text, Markup) else typography.french(str(text))  # noqa: S704  (already safe, spaces only)


def _is_foreign() -> bool:
    """Whether the page is in another language than what people write on this installation."""
    return (get_language() or settings.LANGUAGE_CODE)[:2] != settings.LANGUAGE_CODE[:2]


def written(text: object) -> str:
    """A title or a sentence that people wrote here, set in French type; it says its language where the page has another one,
    so that it is read out as it was written."""
    if not _is_foreign() or not text:
        return typographic(text)
    french = settings.LANGUAGE_CODE.startswith("fr")
    words = escape(typography.french(str(text))) if french and not isinstance(text, Markup) else escape(text)
    return Markup('<span lang="{}">{}</span>').format(settings.LANGUAGE_CODE[:2], words)


def plain(text: str, address_of: Callable[[int], str | None] | None = None) -> Markup:
    """`plaintext.plain`, each paragraph in its language."""
    html = plaintext.plain(text, address_of)
    if not _is_foreign():
        return html
    return Markup(str(html).replace("<p>", f'<p lang="{settings.LANGUAGE_CODE[:2]}">'))  # noqa: S704  (what people write is escaped)


def in_its_language(html: Markup) -> Markup:
    """A document that organisers wrote, in its language."""
    return Markup('<div lang="{}">{}</div>').format(settings.LANGUAGE_CODE[:2], html) if _is_foreign() else html


def markdown(text: str) -> Markup:
    """`plaintext.markdown`, in its language."""
    return in_its_language(plaintext.markdown(text))


@lru_cache(maxsize=8192)
def _said(language: str | None, message: str) -> Markup:
    """A sentence of the interface, translated and set once for each language: a page says the same ones twenty times."""
    return Markup(typographic(django_gettext(message)))  # noqa: S704  (a catalogue's sentence, never what people wrote)


@lru_cache(maxsize=8192)
def _said_alone(language: str | None, message: str) -> Markup:
    """A sentence that quotes nothing, its `%%` read as a percent sign."""
    return _said(language, message) % {}


@lru_cache(maxsize=8192)
def _set_in_type(language: str | None, translation: str) -> Markup:
    return Markup(typographic(translation))  # noqa: S704  (the catalogue’s own words)


def _gettext(message: str, /, **quoted: object) -> Markup:
    """The translation, with French spaces in what it quotes too: titles, names and reasons put into a sentence."""
    if not quoted:
        return _said_alone(get_language(), message)
    return _said(get_language(), message) % {name: _set_if_words(value) for name, value in quoted.items()}


def _ngettext(singular: str, plural: str, number: int, /, **quoted: object) -> Markup:
    quoted.setdefault("num", number)
    translation = _set_in_type(get_language(), django_ngettext(singular, plural, number))
    return translation % {name: _set_if_words(value) for name, value in quoted.items()}


def _set_if_words(value: object) -> object:
    return typographic(value) if isinstance(value, str) and (" " in value or "'" in value) else value


@cache
def static(path: str) -> str:
    """The address of a file of the design, which does not change while the server runs."""
    return find_static(path)


def url(name: str, /, **kwargs: object) -> str:
    """A package's own pages; pages of others are linked through `addresses`."""
    return _reversed(name, tuple(kwargs.items()))


@lru_cache(maxsize=1024)
def _reversed(name: str, arguments: tuple[tuple[str, object], ...]) -> str:
    return reverse(name, kwargs=dict(arguments) or None)


class FormMark:
    """What each form of this page carries against forgery: drawn once, and only by a page that has a form."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @classmethod
    def of(cls, request: HttpRequest) -> "FormMark":
        """The mark of this page, the same wherever it is asked for."""
        mark: FormMark | None = getattr(request, "form_mark", None)
        if mark is None:
            mark = request.form_mark = cls(request)  # type: ignore[attr-defined]  # of Jinja2 and of the request, unknown to the stubs
        return mark

    @cached_property
    def html(self) -> str:
        return csrf_input(self.request)

    def __html__(self) -> str:
        return self.html

    def __str__(self) -> str:
        return self.html


EXTENSIONS = ["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols", KeptExtension]


def environment(**options: object) -> jinja2.Environment:
    """The environment of every page: an undefined variable is an error, everything is escaped."""
    options["undefined"] = jinja2.StrictUndefined
    options["trim_blocks"] = True
    options["lstrip_blocks"] = True
    env = jinja2.Environment(extensions=EXTENSIONS, **options)  # type: ignore[arg-type]  # noqa: S701  (Django's backend sets autoescape)
    env.install_gettext_callables(_gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined]  # of Jinja2 and of the request, unknown to the stubs
    env.globals.update(_=_gettext, gettext=_gettext, ngettext=_ngettext)  # ours, at once: Jinja's own call each other four deep
    env.policies["ext.i18n.trimmed"] = True
    env.globals.update(static=static, url=url, addresses=addresses, get_language=get_language)
    env.filters.update(
        typo=typographic,
        tuple=tuple,
        facts=facts,
        number=printing.number,
        tenths=printing.tenths,
        day=printing.day,
        moment=printing.moment,
        created=printing.created,
        to_the_minute=printing.to_the_minute,
        clock=printing.clock,
        last_minute=printing.last_minute,
        plain=plain,
        markdown=markdown,
        written=written,
    )
    env.globals["signed_moment"] = printing.signed_moment
    env.globals["share"] = printing.share
    return env


def frame(request: HttpRequest) -> dict[str, object]:
    """What `core/base.html` needs from every request, without a query."""
    return {
        "path": request.path,
        "signed_in": bool(getattr(request, "user", None) and request.user.is_authenticated),
        "languages": settings.LANGUAGES,
        "language": get_language() or "fr",
        "is_demo": settings.POLYPHONIE_DEMO,
        "csrf_input": FormMark.of(request),
        "build_absolute": partial(request.build_absolute_uri),
    }
