"""Annotations of a text from other tools, and the facts made from them.

model       the content of an annotation file: spans, relations, statements
files       the choice of a reader for a file
inception   UIMA CAS as XMI or JSON, as INCEpTION exports it
doccano     doccano's lines of JSON
web         Web Annotations in JSON-LD
anchoring   the position of a span in the text, and its passage
facts       RDF triples made from spans and relations
writing     inserts facts and suggestions into the blocks of ``facts.trig``
"""
