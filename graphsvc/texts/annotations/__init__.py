"""Annotations of a text that other tools made, and the facts that they become.

model       what a tool says of a text: spans, relations between them, statements
files       which reader reads a file
inception   UIMA CAS as XMI or JSON, as INCEpTION exports it
doccano     doccano's lines of JSON
web         Web Annotations in JSON-LD
anchoring   where in the text, and in which passage, a span stands
facts       what spans and relations become in RDF
writing     facts and suggestions put into the blocks of ``facts.trig``
"""
