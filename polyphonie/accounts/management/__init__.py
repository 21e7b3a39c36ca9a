"""The commands of accounts: each calls one action."""
