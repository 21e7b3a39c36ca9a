"""How are rows read and written where speed is measured? Statements by hand, and votes that cross together."""
