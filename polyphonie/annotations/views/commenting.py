"""One comments on its own page, writes first and identifies last; replies, and takes back."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from polyphonie.accounts.models import Account
from polyphonie.annotations import drafts
from polyphonie.annotations.actions import Words, annotate, reply, withdraw_annotation
from polyphonie.annotations.anchoring import Passage, passage_at, texts_of
from polyphonie.annotations.drafts import Draft
from polyphonie.annotations.forms import WordsForm
from polyphonie.annotations.models import QUOTATION, Annotation, Document, DocumentVersion
from polyphonie.annotations.places import places_of
from polyphonie.annotations.rules import comments_refusal, reply_refusal, withdraw_refusal
from polyphonie.annotations.views.reading import annotation_or_404, document_or_404, panel_or_404
from polyphonie.consultation.actions.agreeing import agree
from polyphonie.consultation.queries.agreements import has_agreed
from polyphonie.consultation.rules import name_shown_refusal, person_refusal
from polyphonie.core import addresses
from polyphonie.core.asked import whole_number
from polyphonie.core.refusal import Refused
from polyphonie.core.writing import writing

AS_COPIED = str.maketrans("\u00a0\u202f’\ufffc", "  '…")
"""What the page sets otherwise than the text: spaces, apostrophes, the place of a quotation; character for character."""


@dataclass(frozen=True)
class _Place:
    """What one comments on: the text, its last version, the passage asked for, and the paragraph it is in."""

    document: Document
    version: DocumentVersion
    passage: Passage
    paragraph: str


@never_cache
def annotate_passage(request: HttpRequest, process: str, slug: str, kind: str) -> HttpResponse:
    """Comment on characters `de` to `a` of the paragraph `bloc`, or on all of it, or on words copied from it."""
    document = document_or_404(process, kind, slug)
    version = panel_or_404(document).version
    if request.GET.get("bloc", "") not in texts_of(version.blocks):
        return _to_choose(request, document, version)
    place = _place(request, document, version)
    draft = drafts.kept(request.session, request.get_full_path())
    form = _form(request, place.document, draft, asks_title=True, asks_passage=place.passage.is_whole_block)
    context = {"place": place, "text_places": places_of(place.document), "shown": _around(place)}
    context["has_quotation"] = QUOTATION in place.paragraph
    refusal = _refusal(request, place.document)
    if request.method == "POST" and refusal is None and form.is_valid():
        if not request.user.is_authenticated:
            return _identify(request, form)
        said = _published(request, place, form)
        if said is not None:
            drafts.forget(request.session)
            return HttpResponseRedirect(places_of(place.document).discussion(said.number))
    return _shown(request, "annotations/annotate.html", place.document, form, refusal, context)


@never_cache
def reply_in(request: HttpRequest, process: str, slug: str, number: int, kind: str) -> HttpResponse:
    """Reply in a discussion."""
    document = document_or_404(process, kind, slug)
    discussion = annotation_or_404(document, number)
    if discussion.discussion is not None:
        return HttpResponseRedirect(places_of(document).reply(discussion.discussion.number))
    draft = drafts.kept(request.session, request.get_full_path())
    form = _form(request, document, draft, asks_title=False, asks_passage=False)
    refusal = reply_refusal(discussion) or _refusal(request, document)
    if request.method == "POST" and refusal is None and form.is_valid():
        if not request.user.is_authenticated:
            return _identify(request, form)
        try:
            with writing(lock=document) as now:
                account = _agreeing(request, document, form, now)
                said = reply(discussion, words=_words(form), author=account, speaks_for=form.organisation(), now=now)
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            drafts.forget(request.session)
            return HttpResponseRedirect(f"{places_of(document).discussion(number)}#commentaire-{said.number}")
    context = {"discussion": discussion, "text_places": places_of(document)}
    return _shown(request, "annotations/reply.html", document, form, refusal, context)


@never_cache
def withdraw(request: HttpRequest, process: str, slug: str, number: int, kind: str) -> HttpResponse:
    """Take one's comment back: the page says what stays and what goes."""
    document = document_or_404(process, kind, slug)
    annotation = annotation_or_404(document, number)
    account = request.user
    assert isinstance(account, Account)
    if request.method == "POST":
        with writing(lock=document) as now:
            withdraw_annotation(annotation, author=account, now=now)
        return HttpResponseRedirect(places_of(document).text)
    refusal = withdraw_refusal(annotation, account)
    context = {"process": document.process, "document": document, "annotation": annotation, "refusal": refusal}
    return render(request, "annotations/withdraw.html", {**context, "text_places": places_of(document)})


def _to_choose(request: HttpRequest, document: Document, version: DocumentVersion) -> HttpResponse:
    """The paragraphs of the text, each with its link; one that is asked for and not there any more is said to be so."""
    asked = request.GET.get("bloc", "")
    context = {
        "process": document.process,
        "document": document,
        "text_places": places_of(document),
        "paragraphs": [(key, text.replace("\ufffc", "…")) for key, text in texts_of(version.blocks).items()],
        "is_gone": bool(asked),
    }
    return render(request, "annotations/choose.html", context, status=HTTPStatus.NOT_FOUND if asked else HTTPStatus.OK)


def _place(request: HttpRequest, document: Document, version: DocumentVersion) -> _Place:
    texts = texts_of(version.blocks)
    block = request.GET["bloc"]
    start, end = _offset(request, "de"), _offset(request, "a")
    chosen = texts[block][start:end]
    start, end = start + len(chosen) - len(chosen.lstrip()), end - len(chosen) + len(chosen.rstrip())
    passage = passage_at(texts, block, start, end)
    return _Place(document, version, passage or Passage(block), texts[block])


def _offset(request: HttpRequest, name: str) -> int:
    return whole_number(request.GET.get(name, "")) or 0


def _around(place: _Place) -> tuple[str, str, str]:
    """The paragraph in three: before the passage, the passage, after it; a quotation shows as three dots."""
    text, passage = place.paragraph, place.passage
    cut = ("", text, "") if passage.is_whole_block else (text[: passage.start], passage.exact, text[passage.end :])
    before, words, after = (part.replace("\ufffc", "…") for part in cut)
    return before, words, after


def _form(request: HttpRequest, document: Document, draft: Draft | None, *, asks_title: bool, asks_passage: bool) -> WordsForm:
    account = request.user if isinstance(request.user, Account) else None
    return WordsForm(
        request.POST if request.method == "POST" else None,
        initial={} if draft is None else vars(draft),
        account=account,
        asks_title=asks_title,
        asks_passage=asks_passage,
        asks_agreement=account is not None and not has_agreed(account, document.process),
    )


def _refusal(request: HttpRequest, document: Document) -> str | None:
    """Said on the form itself; the deciding clock is read at publication. Who is not signed in will be, once it is written."""
    account = request.user if isinstance(request.user, Account) else None
    refusal = comments_refusal(document, now=timezone.now())
    if refusal is not None or account is None:
        return refusal
    return person_refusal(account) or name_shown_refusal(account)


def _published(request: HttpRequest, place: _Place, form: WordsForm) -> Annotation | None:
    """The act itself, at the instant that decides; or None, and the form says why not."""
    passage = _chosen(place, form.cleaned_data["passage"])
    if passage is None:
        form.add_error("passage", _("These words are not in the paragraph: copy them as they stand, or leave this empty."))
        return None
    try:
        with writing(lock=place.document) as now:
            place.document.refresh_from_db()
            account = _agreeing(request, place.document, form, now)
            return annotate(
                place.version,
                block=passage.block,
                start=passage.start,
                end=passage.end,
                words=_words(form),
                author=account,
                speaks_for=form.organisation(),
                now=now,
            )
    except Refused as refused:
        form.add_error(None, refused.reason)
        return None


def _chosen(place: _Place, words: str) -> Passage | None:
    """The passage asked for by its place, or by its words copied into the form; None when they are not there."""
    if not words or not place.passage.is_whole_block:
        return place.passage
    start = place.paragraph.translate(AS_COPIED).find(words.translate(AS_COPIED))
    return None if start < 0 else Passage(place.passage.block, start, start + len(words))


def _agreeing(request: HttpRequest, document: Document, form: WordsForm, now: Any) -> Account:
    account = request.user
    assert isinstance(account, Account)
    if form.cleaned_data.get("agrees"):
        agree(account, document.process, now=now)
    return account


def _words(form: WordsForm) -> Words:
    return Words(title=form.cleaned_data["title"], body=form.cleaned_data["body"])


def _identify(request: HttpRequest, form: WordsForm) -> HttpResponse:
    """Keep what was written, and go and sign in; one comes back to it."""
    here = request.get_full_path()
    said = form.cleaned_data
    drafts.keep(request.session, Draft(here, title=said["title"], body=said["body"], passage=said["passage"]))
    return HttpResponseRedirect(f"{addresses.SIGN_IN}?{urlencode({'suite': here})}")


def _shown(
    request: HttpRequest, template: str, document: Document, form: WordsForm, refusal: str | None, context: dict[str, Any]
) -> HttpResponse:
    context |= {"process": document.process, "document": document, "form": form, "refusal": refusal}
    context["typed"] = form.data if refusal and form.is_bound else {}
    return render(request, template, context, status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK)
