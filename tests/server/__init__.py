"""The server as its clients and its operator see it: sockets, signals, kills, real programs.

Every test talks to ``graphsvc serve`` in processes of its own. ``wire.py`` is one connection, byte
for byte; ``processes.py`` starts a service and inspects its processes. Every wait here ends after
half a minute, and no test measures time. Section numbers without a document are those of RFC 9112
(HTTP/1.1) if the test is about messages, and of RFC 9110 (HTTP) if it is about semantics:
https://www.rfc-editor.org/rfc/rfc9112 and https://www.rfc-editor.org/rfc/rfc9110
"""
