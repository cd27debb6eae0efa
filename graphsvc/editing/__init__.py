"""While one edits: what is wrong shown on every page, and the editor's page.

Both are part of a service only under ``graphsvc watch`` and ``graphsvc edit``; what is served else
knows nothing of them, and changes no file. Read in this order:

state      what the process that builds tells those that answer: memory that they share
live       the address at which pages ask for it, so that they show faults and reload themselves
access     who may edit: this machine alone, and no page of another site
pages      the editor's page and what its script asks for
desk       a text as it is edited: its passages, and the facts of each
blocks     a block of a facts file, found and replaced; every other byte stays
checking   what is wrong with a block, before it is saved
completion the terms and the things that can stand in a block
things     new things: their IRIs, and where their labels are kept
saving     files written: whole or not at all, and never over what another program has changed
"""
