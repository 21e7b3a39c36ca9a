"""What is wrong, or doubtful, in what a rapporteur wrote? Pure functions: no query, no write, no clock.

V1 (each number exists, is visible, in this consultation) and V2 (quoted words are really there) refuse: `resolving`. The others
leave an amber mark that a rapporteur confirms with a reason: V2 repaired or without number, V3 support, V4 figures, V5 sides,
V7 neutrality: `marks`.
"""
