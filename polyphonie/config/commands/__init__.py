"""The words of the `polyphonie` command: one module each, listed in `registry`."""
