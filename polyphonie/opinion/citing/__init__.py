"""What of a consultation does a synthesis take up? Coverage, balance, and who finds in it something they agree with."""
