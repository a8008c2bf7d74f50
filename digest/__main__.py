"""Lets ``python -m digest`` do what the ``digest`` command does."""

from digest.cli import main

if __name__ == "__main__":
    main()
