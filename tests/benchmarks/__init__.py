"""How fast the service is, side by side with other servers on the same data, in one run.

Not tests: no figure here makes anything fail. See README.md.
"""
