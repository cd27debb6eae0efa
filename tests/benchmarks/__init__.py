"""How fast the service is, side by side with other servers on the same data, in one run.

Not tests: no figure here makes anything fail. Only ``test_chaos.py`` is one, which kills workers
of the service for five seconds. See README.md.
"""
