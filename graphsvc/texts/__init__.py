"""Source texts: the words, their passages, and the links from facts to passages.

model        a passage, a text, and how it is kept in a project
register     the list of the passages of a text, with their names
anchoring    the position of each listed passage in the text
statements   the RDF statements that the program makes about passages
blocks       checks of the facts of a text
comparing    words in a normal form, so that they can be compared
annotations  annotations from other tools, and the facts made from them
"""
