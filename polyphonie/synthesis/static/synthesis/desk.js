// Comfort only: every form of the desk works without it.
