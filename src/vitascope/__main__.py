"""`python -m vitascope` is the `vitascope` command."""

from vitascope.cli.main import main

if __name__ == "__main__":
    main()
