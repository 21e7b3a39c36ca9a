"""The portal's migrations as a later version would have them: two more, of which the second can be made to fail."""
