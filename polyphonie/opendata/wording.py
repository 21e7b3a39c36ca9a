"""What does each file of an export hold, in the words of the reader's language? The files themselves speak English."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CONTENTS: dict[str, Promise] = {
    "contributions.csv": _("Every numbered text in its present state."),
    "revisions.jsonl": _("Every public version of every text, with what opens the commitments of its leaf."),
    "votes.csv": _("The votes of published batches, opened, without any name."),
    "tallies.csv": _("The totals of each text and of each of its versions."),
    "listings.csv": _("The order of each list, with the keys that give it."),
    "opinions.jsonl": _("What the votes of a closed consultation say taken together: computed by the operator, not verifiable."),
    "figures.csv": _("The figures of the concertation, each with what it counts."),
    "participants.csv": _("The organisations that published, and the people who agreed to be listed."),
    "erasures.csv": _("The texts that those who downloaded them are asked to delete."),
    "moderation.csv": _("Every decision of moderation, in coded fields."),
    "documents.jsonl": _("Every published version of every text that may be commented on, in paragraphs."),
    "annotations.jsonl": _("Every comment on a passage of a published text, and every reply, as W3C Web Annotations."),
    "syntheses.jsonl": _("Every published version of every synthesis, its citations and how it was checked."),
    "citations.csv": _("What rests on what: each sentence of a synthesis and the contributions it cites."),
    "fates.csv": _("What became of each text, with the reason."),
    "process.json": _("The referral, the calendar, the themes, the consultations, the roles and the rules in force."),
    "LICENCE.txt": _("Under which licence all this may be used again."),
    "README.md": _("Where to begin."),
    "verify.py": _("The verifier; to trust it, take it from the release of the software instead."),
    "ledger/leaves.jsonl": _("The register: every leaf, in its order."),
    "ledger/checkpoint": _("Where the register stands, signed."),
    "ledger/checkpoints.jsonl": _("Every signed point that is kept."),
    "dialects/decidim/proposals.csv": _(
        "The proposals in the columns of Decidim: “agree” alone as supports, without the mixed and the disagree."
    ),
    "dialects/decidim/comments.csv": _("The arguments on proposals in the columns of Decidim's comments."),
}
"""Path in the export → what it holds; a file that is not here is named alone."""

POLIS_COMMENTS = _("The proposals of a consultation in the columns of Polis, without anyone's votes nor the mixed ones.")
POLIS_SUMMARY = _("A consultation in a few lines, as in a Polis report.")


def contents_of(path: str) -> str:
    """What the file at this path of an export holds, in the reader's language; nothing for one that is named alone."""
    if path.startswith("dialects/polis/"):
        return str(POLIS_SUMMARY if path.endswith("/summary.csv") else POLIS_COMMENTS)
    return str(CONTENTS.get(path, ""))


ROWS: dict[str, Promise] = {
    "leaves": _("Each leaf of the register, at its place."),
    "process": _("The concertation itself"),
    "referral": _("The letter that asks for it"),
    "themes": _("What groups consultations"),
    "consultations": _("Each consultation, with its calendar"),
    "rules": _("Every set of rules that was published"),
    "acts": _("Every act of organisers and of the clock"),
    "roles": _("Who is charged with what, by number"),
}
"""What the API gives that is no file of its own: the leaves one by one, the sections of `process.json`."""
