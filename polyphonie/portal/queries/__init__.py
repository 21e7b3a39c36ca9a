"""What do public pages read across the stages? One module a page: processes, voices, participants, timeline, problems."""
