"""The concertation in figures, each number with its definition."""
