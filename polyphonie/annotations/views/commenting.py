"""One comments on its own page, writes first and identifies last; replies, and takes back."""

from collections.abc import Mapping
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
from polyphonie.annotations.anchoring import Passage, carried, copied, passage_at, texts_of
from polyphonie.annotations.drafts import Draft
from polyphonie.annotations.forms import WordsForm
from polyphonie.annotations.models import QUOTATION, Annotation, Document, DocumentVersion
from polyphonie.annotations.places import places_of
from polyphonie.annotations.queries import page_of_reply, said_before, version_numbered
from polyphonie.annotations.rules import comments_refusal, copied_refusal, reply_refusal, withdraw_refusal
from polyphonie.annotations.views.reading import annotation_or_404, document_or_404, version_or_404
from polyphonie.consultation.actions.agreeing import agree
from polyphonie.consultation.queries.agreements import has_agreed
from polyphonie.consultation.rules import name_shown_refusal, person_refusal
from polyphonie.core import addresses
from polyphonie.core.refusal import Refused
from polyphonie.core.serving.asked import whole_number
from polyphonie.core.writing import writing


@dataclass(frozen=True)
class _Place:
    """What one comments on: the text, its last version, the passage asked for in it, and the paragraph it is in; `chosen_in` is
    the number of the version where it was chosen."""

    document: Document
    version: DocumentVersion
    chosen_in: int
    passage: Passage
    paragraph: str

    @property
    def is_carried(self) -> bool:
        """Whether the text changed since the passage was chosen."""
        return self.chosen_in != self.version.number


@never_cache
def annotate_passage(request: HttpRequest, process: str, slug: str, kind: str) -> HttpResponse:
    """Comment on characters `de` to `a` of the paragraph `bloc` of this `version`, or on all of it, or on words copied from it;
    they are looked for in the last version, and shown before anything is published in it."""
    document = document_or_404(process, kind, slug)
    version = version_or_404(document)
    place = _place(request, document, version)
    draft = drafts.kept(request.session, request.get_full_path())
    if place is None:
        return _to_choose(request, document, version, draft)
    form = _form(request, place.document, draft, asks_title=True, asks_passage=place.passage.is_whole_block)
    context = {"place": place, "text_places": places_of(place.document), "shown": _around(place)}
    context["has_quotation"] = QUOTATION in place.paragraph
    refusal = _refusal(request, place.document)
    if request.method == "POST" and refusal is None and form.is_valid():
        if not request.user.is_authenticated:
            return _identify(request, form)
        said = _published(request, place, form) if _is_what_was_seen(request, place, form) else None
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
                document.refresh_from_db()
                discussion = annotation_or_404(document, number)  # as it stands: it may be hidden, and the text final, since
                account = _agreeing(request, document, form, now)
                name, words = form.organisation(), _words(form)
                said = said_before(
                    document, author=account, speaks_for=name, title="", body=words.body, discussion=discussion
                ) or reply(discussion, words=words, author=account, speaks_for=name, now=now)
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            drafts.forget(request.session)
            return HttpResponseRedirect(places_of(document).reply_in(number, said.number, page=page_of_reply(said)))
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
            annotation = annotation_or_404(document, number)  # as it stands: moderation may have hidden it meanwhile
            withdraw_annotation(annotation, author=account, now=now)
        return HttpResponseRedirect(places_of(document).text)
    refusal = withdraw_refusal(annotation, account)
    context = {"process": document.process, "document": document, "annotation": annotation, "refusal": refusal}
    return render(request, "annotations/withdraw.html", {**context, "text_places": places_of(document)})


def _to_choose(request: HttpRequest, document: Document, version: DocumentVersion, draft: Draft | None) -> HttpResponse:
    """The paragraphs of the text, each with its link; one that is asked for and not there any more is said to be so, with what
    was written about it."""
    asked = request.GET.get("bloc", "")
    context = {
        "process": document.process,
        "document": document,
        "text_places": places_of(document),
        "paragraphs": [(key, text.replace("\ufffc", "…")) for key, text in texts_of(version.blocks).items()],
        "version": version.number,
        "is_gone": bool(asked),
        "typed": {name: request.POST.get(name) or getattr(draft, name, "") for name in ("title", "body")},
    }
    return render(request, "annotations/choose.html", context, status=HTTPStatus.NOT_FOUND if asked else HTTPStatus.OK)


def _place(request: HttpRequest, document: Document, version: DocumentVersion) -> _Place | None:
    """What is asked for, where it is in the last version; None when it is nowhere there."""
    asked = version_numbered(document, _offset(request, "version")) or version
    texts, last = texts_of(asked.blocks), texts_of(version.blocks)
    passage = _asked_passage(request, texts)
    if passage is not None and asked.pk != version.pk:
        passage = carried(passage, texts, last)
    return None if passage is None else _Place(document, version, asked.number, passage, last[passage.block])


def _asked_passage(request: HttpRequest, texts: Mapping[str, str]) -> Passage | None:
    """The passage that the address names, without the spaces around it; the whole paragraph when it names no words of it."""
    block = request.GET.get("bloc", "")
    if block not in texts:
        return None
    start, end = _offset(request, "de"), _offset(request, "a")
    chosen = texts[block][start:end]
    start, end = start + len(chosen) - len(chosen.lstrip()), end - len(chosen) + len(chosen.rstrip())
    return passage_at(texts, block, start, end) or Passage(block)


def _is_what_was_seen(request: HttpRequest, place: _Place, form: WordsForm) -> bool:
    """Whether the form showed the passage as it is now; if not, it shows it, and asks again."""
    seen = whole_number(request.POST.get("seen", "")) or place.chosen_in
    if seen != place.version.number:
        form.add_error(
            None, _("A newer version of this text was published meanwhile: here is your passage in it. Check, then publish.")
        )
    return seen == place.version.number


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
    passage = place.passage
    if form.cleaned_data["passage"] and passage.is_whole_block:
        found = copied(form.cleaned_data["passage"], place.passage.block, place.paragraph)
        refusal = copied_refusal(len(found))
        if refusal is not None:
            form.add_error("passage", refusal)
            return None
        passage = found[0]
    try:
        with writing(lock=place.document) as now:
            place.document.refresh_from_db()
            account = _agreeing(request, place.document, form, now)
            name, words = form.organisation(), _words(form)
            return said_before(
                place.document, author=account, speaks_for=name, title=words.title, body=words.body, passage=passage
            ) or annotate(
                place.version,
                block=passage.block,
                start=passage.start,
                end=passage.end,
                words=words,
                author=account,
                speaks_for=name,
                now=now,
            )
    except Refused as refused:
        form.add_error(None, refused.reason)
        return None


def _agreeing(request: HttpRequest, document: Document, form: WordsForm, now: Any) -> Account:
    account = request.user
    assert isinstance(account, Account)
    if form.cleaned_data.get("agrees"):
        agree(account, document.process, now=now)
    return account


def _words(form: WordsForm) -> Words:
    return Words(title=form.cleaned_data.get("title", ""), body=form.cleaned_data["body"]).cleaned()


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
