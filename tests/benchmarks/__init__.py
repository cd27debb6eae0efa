"""How fast the service is, side by side with other servers on the same data, in one run.

Not a test: nothing here has a threshold, and pytest collects none of it. See README.md.
"""
