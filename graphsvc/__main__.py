"""``python -m graphsvc``: the command line."""

from graphsvc.cli import main

main(prog_name="graphsvc")
