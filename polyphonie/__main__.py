"""Lets `python -m polyphonie` answer as the `polyphonie` command does."""

from polyphonie.config.commandline import main

if __name__ == "__main__":
    main()
