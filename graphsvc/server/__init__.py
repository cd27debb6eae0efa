"""The HTTP server: processes that answer requests, each process one request at a time.

The design is that of PostgreSQL and of Apache's prefork module. Read in this order:

keeper     the process of ``graphsvc serve``: starts a parent, and another one after a fault
notice     the status of the service, for `graphsvc reload` and /readyz
listening  the sockets that the keeper opens and passes to the parent
parent     loads the release, accepts connections, and passes them to workers
pool       forks workers and lends them connections; `scheduler` slows and ends them
worker     answers the requests of the connections that it is lent
requests   parses HTTP requests; `answers` writes HTTP responses
board      the shared memory: the request of each worker, and its connections
bounds     the limits that the kernel enforces on a worker
records    a completed request, for counters, `access_log`, `slow_log` and `tracing`
operations metrics and limits for clients

No process has a second thread, except the `exporter` of traces, which runs only if the environment
asks for it. Processes share only the release, which never changes, and the board. So any process
except the keeper may be killed at any time. Only this package uses sockets; `graphsvc.web` makes
the answers.
"""
