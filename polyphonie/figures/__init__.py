"""La concertation en chiffres: each number with its definition, recomputed from what is published.

It begins with voices and batches of votes and leaves figures that say what they count; cells under ten people are withheld.
"""
