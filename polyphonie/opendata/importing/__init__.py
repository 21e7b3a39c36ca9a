"""What comes in: a consultation held elsewhere, judged whole, then taken over; or copied from what another site publishes."""
