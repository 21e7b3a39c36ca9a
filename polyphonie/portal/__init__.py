"""What sees all and is seen by none: home, contribution pages, search, participants, my space, help, the demonstration."""
