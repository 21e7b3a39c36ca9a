"""What do French texts say, and which of them say nearly the same? Words, near texts, topics, key phrases."""
