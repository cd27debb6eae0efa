"""Faults: what can go wrong goes wrong, while clients compare every answer with the right one.

``python -m tests.faults --minutes 5`` runs every scenario for its part of five minutes, and prints
a table; ``test_faults.py`` runs each for a few faults. Read in this order:

clients    threads that ask, and the judge of what they are answered
stage      a project with two releases, a service of them, and what a scenario needs beside
play       runs a scenario and counts
scenarios  the table of scenarios; each is a function in one of the modules that it names
"""
