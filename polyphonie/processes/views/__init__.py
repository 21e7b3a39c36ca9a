"""The pages of organisers: starting a concertation, writing it, its calendar, its people, its progress points."""
