"""Source texts: the words, their passages, and what ties facts to them.

model        a passage, a text, and how it is kept in a project
register     the list of the passages of a text, which keeps their names
anchoring    where in the text each passage of the list stands
statements   what the program says of passages in RDF
blocks       what is wrong with the facts of a text
comparing    words without what does not count when they are compared
annotations  what other tools mark in a text, and the facts that it becomes
"""
