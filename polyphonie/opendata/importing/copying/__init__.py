"""A concertation rebuilt from what another installation publishes: verified, read as strangers' rows, written, compared."""
