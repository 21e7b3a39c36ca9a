"""How does an organiser's text cite a contribution? « #746 » becomes a link when the process has reached that number."""

import re

from markupsafe import Markup

from polyphonie.core.addresses import contribution_address
from polyphonie.core.plaintext import markdown
from polyphonie.core.templating import in_its_language
from polyphonie.processes.models import Process

_NUMBER = re.compile(r"(?<![\w&/#\[])#(\d{1,9})\b")


def cited(process: Process, text: str) -> Markup:
    """Markdown as safe HTML, each number already given in this process made a link to its permanent address."""

    def link(found: re.Match[str]) -> str:
        number = int(found[1])
        if not 0 < number <= process.last_number:
            return found[0]
        return f"[#{number}]({contribution_address(process.slug, number)})"

    return in_its_language(markdown(_NUMBER.sub(link, text)))
