"""The link that stops the kinds of message that a mail brought, in one click, without signing in."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from polyphonie.accounts.models import Account
from polyphonie.core.writing import writing
from polyphonie.notifications.actions import refuse
from polyphonie.notifications.messages import read_stop_token
from polyphonie.notifications.models import Topic


@csrf_exempt  # a mail programme posts here by itself (RFC 8058), and whoever holds the link may only stop that kind of message
@never_cache
def stop_page(request: HttpRequest, token: str) -> HttpResponse:
    """Stop those kinds of message: GET asks to confirm, POST does it, without signing in."""
    read = read_stop_token(token)
    if read is None:
        raise Http404
    account, topics = get_object_or_404(Account, pk=read[0]), read[1]
    if request.method == "POST":
        with writing():
            for topic in topics:
                refuse(account, topic)
    context = {"topics": [Topic(topic).label for topic in topics], "is_done": request.method == "POST"}
    return render(request, "notifications/stop.html", context)
