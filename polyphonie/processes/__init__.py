"""The frame of a concertation: who asks, what is asked, when, by which method, and who holds which role.

It begins with a referral (or one's own initiative) and leaves consultations that open and close by themselves.
"""
