"""The server as its clients and its operator meet it: sockets, signals, kills, real programs.

Every test talks to ``graphsvc serve`` in processes of its own. ``wire.py`` is one connection, byte
for byte; ``processes.py`` starts a service and looks at its processes. Whatever waits here gives
up after half a minute, and no test measures time. Sections without a name are those of RFC 9112
(HTTP/1.1) where the test is about messages, and of RFC 9110 (HTTP) where it is about meaning:
https://www.rfc-editor.org/rfc/rfc9112 and https://www.rfc-editor.org/rfc/rfc9110
"""
