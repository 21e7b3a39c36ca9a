"""A concertation as plain files, which outlives the server: every public page, its style, its open data, nothing that posts."""
