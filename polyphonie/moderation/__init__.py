"""Moderation with due process: a flag, a case, its author heard, a decision with its reasons, an appeal to someone else.

It begins when someone says that a public text, comment or name is a problem. It acts through the verbs of each text's own
stage, and leaves a public register whose figures anyone can recompute.
"""
