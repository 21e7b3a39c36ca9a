"""What every package stands on: writing, refusing, addresses, numbers and dates as printed, the frame of a page."""
