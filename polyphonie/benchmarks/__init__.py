"""What `polyphonie bench` runs: measured, never asserted in a test."""
