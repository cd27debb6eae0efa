"""A release into an engine: what differs travels, nothing of others is touched, all can be undone.

Open ``publication`` first: it says what happens in which order. ``plan`` compares the release with
what the engine has, ``journal`` keeps what changes and what was there before, ``ways`` finds out
what the engine can do, ``sending`` does it, ``verifying`` looks whether it is there. ``engine`` is
the engine over HTTP, ``contents`` and ``nquads`` are the release.

This is the only part of the program that writes to a network. Neither a build nor the service
imports it.
"""
