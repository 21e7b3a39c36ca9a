"""What do the votes of a consultation say together? Groups if there are any, what is shared, what divides."""
