"""The pages of moderation, by who reads them: everyone, moderators, authors, judges."""
