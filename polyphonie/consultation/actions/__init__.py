"""What can happen in a consultation? Votes are cast (`voting`), become public (`batches`), are carried over (`revising`)."""
