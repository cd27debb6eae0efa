"""The graph for assistants, by the Model Context Protocol: https://modelcontextprotocol.io/.

Read in this order:

tools      what an assistant can ask, as the official SDK declares it
answerer   starts a process that answers, and ends it at its bounds
library    the answers, made of the views that make the pages; it imports nothing of the SDK
worker     the process: it answers one question after the other

It needs the extra ``mcp``. Only `tools` and `answerer` import what comes with that.
"""
