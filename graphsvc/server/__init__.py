"""The front door: processes that answer HTTP requests, one request at a time, start to end.

The shape is that of PostgreSQL and of Apache's prefork module. Read in this order:

keeper     what ``graphsvc serve`` becomes: starts a parent, another one at a reload or a fault
notice     what the keeper says of the service, for `graphsvc reload` and /readyz
listening  the sockets that the keeper listens on and hands down
parent     loads the release, accepts connections, and decides what becomes of them
pool       forks workers and lends them connections; `judge` slows and ends them
worker     answers the requests of the connections that it is lent
requests   HTTP requests out of bytes; `answers` are made into bytes
board      the shared memory: what each worker does, and which connections it has been lent
bounds     what the kernel holds a worker to
records    a request that has ended, for counters, `access_log`, `slow_log` and `tracing`
operations what those who run a service have of it: metrics, limits for clients

No process here has a second thread but the `exporter` of traces, which runs only where the
environment asks for it. Nothing is shared but the release, which nobody changes, and
the board. So any process but the keeper may be killed at any time. Only this package knows sockets;
how a request is answered is the business of `graphsvc.web`.
"""
