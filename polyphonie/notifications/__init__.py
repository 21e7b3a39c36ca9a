"""What people asked to be told: subscriptions and choices, daily digests, and the unsubscribe link of each mail."""
