"""A copy of everything but the keys, made while the site serves, and how a site starts again from one."""
