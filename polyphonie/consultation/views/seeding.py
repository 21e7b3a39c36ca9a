"""How do organisers enter what is already in the public debate? A paste, shown as it was understood, then published at once."""

from datetime import datetime

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from polyphonie.consultation.actions.seeding import seed_proposals
from polyphonie.consultation.seeding import SeededRow, seeded_rows, seeding_refusal
from polyphonie.core.addresses import organisation_address
from polyphonie.processes.models import Consultation
from polyphonie.processes.views.frame import actor_of, done, page, posted, status_of, the_consultation

MOST_CHARACTERS = 400_000


class SeedForm(forms.Form):
    """Rows of title, text and source."""

    rows = forms.CharField(
        label=gettext_lazy("One proposal a line: title | text | source"),
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 12, "wrap": "off"}),
    )


@never_cache
def seed(request: HttpRequest, process: str, slug: str) -> HttpResponse:
    """Proposals « dans le débat public », in a batch before the opening."""
    found = the_consultation(process, slug)
    actor = actor_of(request, found.process)
    form = SeedForm(posted(request))
    rows: list[SeededRow] = []

    def act(now: datetime) -> None:
        name = _("In the public debate")
        seed_proposals(the_consultation(process, slug), rows, name=name, actor=actor, now=now)

    if request.method == "POST" and form.is_valid():
        rows = seeded_rows(form.cleaned_data["rows"], asks_nature=found.has_diagnoses)
        refusal = seeding_refusal(found, rows)
        if refusal:
            form.add_error("rows", refusal)
        elif "apply" in request.POST and done(form, act, lock=found):
            return HttpResponseRedirect(organisation_address(process))
    return page(
        request,
        "consultation/seed.html",
        found.process,
        form=form,
        consultation=found,
        rows=rows,
        may_seed=found.state == Consultation.State.ANNOUNCED,
        status=status_of(form),
    )
