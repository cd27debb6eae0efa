"""Writes the files of a project for a curator: a new project, a new text, a changed text.

It may import the package of texts and the readers of projects; the command line imports it.

updating      updates the list and the facts of a changed text: read this first
adding        adds a new text
starting      makes a new project
extraction    the plain text of a document, by the readers html, pdf and plain; they return the
              classes in stretches: a text and its structure
segments      the passages of a plain text
matching      finds the listed passages in a changed text, by chains of pairs
names         names for new passages
suggestions   the things of a project that some words name
facts_file    facts.trig as a list of blocks that can be moved
removed_passages  notes in facts.trig on passages that were removed from the text
text_files    the parts of a project that matter to a text, and checks of its files
saving        writes several files, all or none
"""
