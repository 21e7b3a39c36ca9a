"""What does one do to a synthesis?"""
