"""`python -m breather` is the command `breather`."""

from breather.cli import main

main()
