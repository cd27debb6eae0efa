"""The editor's page, and the faults that every page shows while one edits.

A service has both only under ``graphsvc watch`` and ``graphsvc edit``; any other service does not
import this package, and changes no file. Read in this order:

state      the report of the building process to the answering processes, in shared memory
live       the address of that report: pages ask it, show faults and reload themselves
access     allows requests to edit only from this machine, and from no page of another site
pages      the editor's page, and the JSON for its script
desk       a text that is edited: its passages, and the facts of each
blocks     finds and replaces a block of a facts file; every other byte stays
checking   checks a block before it is saved
completion the terms and the things that can stand in a block
things     new things: their IRIs, and the file of their labels
saving     writes a file whole or not at all, and never over a change of another program
"""
