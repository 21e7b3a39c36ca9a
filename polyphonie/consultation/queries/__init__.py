"""What do pages ask of a consultation? Someone's own positions (`positions`), its lists (`lists`), a recount (`recount`)."""
