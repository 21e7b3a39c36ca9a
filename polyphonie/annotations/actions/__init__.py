"""What can happen to a commented text? A version is published, comments open; one comments, replies, answers, takes back."""

from polyphonie.annotations.actions.answering import answer_discussion
from polyphonie.annotations.actions.commenting import Words, annotate, reply
from polyphonie.annotations.actions.masking import mask_passage, unmask
from polyphonie.annotations.actions.names import forget_author, hide_author_name, restore_author_name
from polyphonie.annotations.actions.publishing import extend_comments, finish, open_comments, publish_version
from polyphonie.annotations.actions.showing import forget_words, hide, remove, restore, withdraw_annotation

__all__ = [
    "Words",
    "annotate",
    "answer_discussion",
    "extend_comments",
    "finish",
    "forget_author",
    "forget_words",
    "hide",
    "hide_author_name",
    "mask_passage",
    "open_comments",
    "publish_version",
    "remove",
    "reply",
    "restore",
    "restore_author_name",
    "unmask",
    "withdraw_annotation",
]
