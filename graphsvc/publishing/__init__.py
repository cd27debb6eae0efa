"""Publishes a release into an engine: sends the difference, touches no other data, can be undone.

Open ``publication`` first: it has the order of the steps. ``plan`` compares the release with the
engine, ``journal`` stores the changes and the former content, ``strategies`` finds out what the
engine supports, ``sending`` sends the changes, ``verifying`` checks the result. ``engine`` is the
engine over HTTP, ``contents`` and ``nquads`` are the release.

This is the only part of the program that writes to a network. Neither a build nor the service
imports it.
"""
