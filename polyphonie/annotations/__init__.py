"""Comments anchored in a passage of a long text: a synthesis today, drafts and bills later.

It begins when a version of a text is published and opened to comments. It leaves discussions, each tied to its passage and
answered, that the next version carries along or shows as detached.
"""
