"""People and organisations: who speaks, under which name, with which means of proof.

It begins with a mail address that answers a code and ends with a closed account; it knows nothing of what is said with it.
"""
