"""The daily life of a consultation: propose, argue, source, complete, vote; and the order in which voices are shown.

It begins when a consultation opens and leaves, at its close, texts and totals that nothing changes any more.
"""
