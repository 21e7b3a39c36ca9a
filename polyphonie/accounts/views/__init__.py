"""The pages of accounts: signing in and up, the locks of an account, settings, organisations."""
