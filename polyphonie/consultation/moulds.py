"""How is one vote form written twenty times on a page? From a mould, rendered once for each state, then filled for each text.

The mould holds nothing of anybody: neither number, marks nor way back. What it says is `consultation/strip.html`, as elsewhere.
"""

import secrets
from datetime import datetime
from functools import cache, lru_cache
from types import SimpleNamespace

from django.template.loader import get_template
from django.utils.translation import get_language
from jinja2.runtime import Macro
from markupsafe import Markup, escape

from polyphonie.consultation.strips import Strip
from polyphonie.core.templating import FormMark
from polyphonie.processes.models import Consultation

_BEGINNING = secrets.randbelow(10**17) + 10**17
NUMBER, REVISION, AFTER = (10 * _BEGINNING + rank for rank in range(3))
"""Numbers that no page holds, drawn when the process starts, which stand in the mould for those of a text."""

NONCE, MARK, BACK = Markup("<!--nonce-->"), Markup("<!--mark-->"), Markup("<!--back-->")


def written(strip: Strip, consultation: Consultation, *, mark: FormMark, back: str) -> Markup:
    """The vote form of one text for one person: what `strip_form` of `consultation/strip.html` gives, many times faster."""
    mould = _mould(get_language(), consultation.process.slug, consultation.closes_at, strip.mine, strip.is_asked_again)
    filled = mould % {
        "number": strip.number,
        "revision": strip.revision,
        "after": strip.after,
        "nonce": strip.nonce,
        "mark": mark.html,
        "back": escape(back),
    }
    return Markup(filled)  # noqa: S704  (rendered by a template; the way back is escaped here, the rest are numbers and marks)


@lru_cache(maxsize=256)
def _mould(language: str | None, process: str, closes_at: datetime | None, mine: str, is_asked_again: bool) -> str:
    empty = Strip(number=NUMBER, revision=REVISION, mine=mine, after=AFTER, nonce=NONCE, is_asked_again=is_asked_again)
    html = str(_macro()(empty, SimpleNamespace(slug=process), SimpleNamespace(closes_at=closes_at), MARK, back=BACK))
    html = html.replace("%", "%%")
    slots = {"number": NUMBER, "revision": REVISION, "after": AFTER, "nonce": NONCE, "mark": MARK, "back": BACK}
    for name, stand_in in slots.items():
        html = html.replace(str(stand_in), f"%({name})s")
    return html


@cache
def _macro() -> Macro:
    macro: Macro = get_template("consultation/strip.html").template.module.strip_form  # type: ignore[attr-defined]  # a macro of the template
    return macro
