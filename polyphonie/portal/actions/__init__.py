"""What can be done about the site itself, and one's presence on it? Tell of a problem, answer it, tell of a change, leave."""

from polyphonie.portal.actions.announcing import announce_change
from polyphonie.portal.actions.bringing import drop_taken_text, take_up
from polyphonie.portal.actions.leaving import Closing, close_account_of
from polyphonie.portal.actions.problems import answer_problem, forget_problems, report_problem

__all__ = [
    "Closing",
    "announce_change",
    "answer_problem",
    "close_account_of",
    "drop_taken_text",
    "forget_problems",
    "report_problem",
    "take_up",
]
