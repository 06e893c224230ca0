"""`python -m cdk_personalize.cli` is the command where it is not installed."""

from cdk_personalize.cli import main

main()
