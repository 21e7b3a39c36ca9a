"""The neutral synthesis of a consultation: statements, each citing the contributions it rests on.

It begins with the consultation, when rapporteurs start to read and sort. It leaves published versions whose every citation
resolves to a number and a revision, what is not cited with the reason, and how well the voices are covered.
"""
