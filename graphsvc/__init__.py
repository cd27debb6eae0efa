"""graphsvc: publish an ontology, a text and its facts as a graph that cites its sentences."""

from importlib.metadata import version

__version__ = version("graphsvc")
