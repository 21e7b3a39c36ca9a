"""The only place that knows every package: settings, addresses, command line, access table."""
