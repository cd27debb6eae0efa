"""Writing a project's files for a curator: a new project, a new text, a text that was changed.

It stands over the package of texts and the reading of projects, and under the command line.

updating      a text that was changed: read this first
adding        a new text
starting      a new project
extraction    the plain text of a document, by the readers html, pdf and plain; stretches is what
              they return: a text and its structure
segments      the passages of a plain text
matching      which passages of a list are in a changed text, by chains of pairs
names         names for new passages
suggestions   the things of a project that some words name
facts_file    facts.trig as a list of blocks that can be moved
gone          the notes in it on passages that a text has no more
text_files    a project as a text finds it, and what its files must keep
saving        files, written at once or not at all
"""
