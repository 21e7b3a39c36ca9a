"""The pages of a consultation: reading its list, giving one's view, writing."""
