"""Writing a project's files for a curator: a new project, a new text, a text that was changed.

It stands over the package of texts and the reading of projects, and under the command line.

extraction    the plain text of a document, and its structure
segments      the passages of a plain text
names         names for new passages
suggestions   the things of a project that some words name
facts_file    facts.trig as a list of blocks that can be moved
matching      which passages of a list are in a changed text
adding        a new text
updating      a text that was changed: read this first
saving        files, written at once or not at all
starting      a new project
"""
