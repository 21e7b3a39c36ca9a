"""What can every template say? The Jinja environment: translations set in French type, addresses, dates, safe text."""

from collections.abc import Callable
from functools import lru_cache, partial
from typing import cast

import jinja2
from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as django_gettext
from django.utils.translation import ngettext as django_ngettext
from markupsafe import Markup

from polyphonie.core import addresses, plaintext, printing, typography


def typographic(text: object) -> str:
    """The text with French spaces when the page is French; what was safe HTML stays so."""
    if not (get_language() or "fr").startswith("fr"):
        return text if isinstance(text, Markup) else str(text)
    return Markup(typography.french(text)) if isinstance(text, Markup) else typography.french(str(text))  # noqa: S704


def _gettext(message: str) -> str:
    return _set_in_type(get_language(), django_gettext(message))


def _ngettext(singular: str, plural: str, number: int) -> str:
    return _set_in_type(get_language(), django_ngettext(singular, plural, number))


@lru_cache(maxsize=8192)
def _set_in_type(language: str | None, translation: str) -> str:
    """A sentence of the interface, set once for each language: a page says the same ones twenty times."""
    return typographic(translation)


def _setting_what_it_quotes(translate: Callable[..., str]) -> Callable[..., str]:
    """The same translation, with French spaces in what it quotes too: titles, names and reasons put into a sentence."""

    @jinja2.pass_context
    def translated(context: jinja2.runtime.Context, /, *messages: object, **quoted: object) -> str:
        return translate(context, *messages, **{name: _set_if_words(value) for name, value in quoted.items()})

    return translated


def _set_if_words(value: object) -> object:
    return typographic(value) if isinstance(value, str) and (" " in value or "'" in value) else value


def url(name: str, /, **kwargs: object) -> str:
    """A package's own pages; pages of others are linked through `addresses`."""
    return reverse(name, kwargs=kwargs or None)


def environment(**options: object) -> jinja2.Environment:
    """The environment of every page: an undefined variable is an error, everything is escaped."""
    options["undefined"] = jinja2.StrictUndefined
    options["trim_blocks"] = True
    options["lstrip_blocks"] = True
    env = jinja2.Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"], **options)  # type: ignore[arg-type]  # noqa: S701  (Django's backend sets autoescape)
    env.install_gettext_callables(_gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined]
    for name in ("gettext", "ngettext"):
        env.globals[name] = _setting_what_it_quotes(cast(Callable[..., str], env.globals[name]))
    env.policies["ext.i18n.trimmed"] = True
    env.globals.update(static=static, url=url, addresses=addresses, get_language=get_language)
    env.filters.update(
        typo=typographic,
        number=printing.whole_number,
        day=printing.day,
        moment=printing.moment,
        to_the_minute=printing.to_the_minute,
        clock=printing.clock,
        last_minute=printing.last_minute,
        plain=plaintext.plain,
        markdown=plaintext.markdown,
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
        "build_absolute": partial(request.build_absolute_uri),
    }
