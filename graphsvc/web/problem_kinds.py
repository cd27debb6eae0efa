"""The kinds of problems over HTTP, in one table."""

from __future__ import annotations

from dataclasses import dataclass

from graphsvc.phrases import Phrase


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """A kind of problem; ``/problems#<name>`` is its URI, and explains it."""

    name: str
    status: int
    title: str
    meaning: str


KINDS: tuple[ProblemKind, ...] = (
    ProblemKind(
        "query-syntax",
        400,
        Phrase("The query cannot be read"),
        Phrase(
            "The text is not a SPARQL query. The answer tells the line and column at which reading "
            "stopped."
        ),
    ),
    ProblemKind(
        "bad-request",
        400,
        Phrase("The request cannot be understood"),
        Phrase("A part of the request is missing, is there twice, or is not what it should be."),
    ),
    ProblemKind(
        "forbidden-operation",
        403,
        Phrase("The operation is refused"),
        Phrase(
            "The endpoint only reads, and calls no other server: SERVICE, LOAD and updates are "
            "refused. Whoever wants to join two endpoints can do it from the outside."
        ),
    ),
    ProblemKind(
        "not-found",
        404,
        Phrase("There is nothing here"),
        Phrase("The graph knows no thing of this IRI, or the service has no page of this address."),
    ),
    ProblemKind(
        "method-not-allowed",
        405,
        Phrase("The method is not allowed here"),
        Phrase("The Allow header lists the methods that are. The service only reads."),
    ),
    ProblemKind(
        "not-acceptable",
        406,
        Phrase("No acceptable format"),
        Phrase(
            "None of the formats that the client takes can carry the answer. The variants that "
            "can are listed."
        ),
    ),
    ProblemKind(
        "request-timeout",
        408,
        Phrase("The request did not come"),
        Phrase(
            "The connection is closed, for a request has begun on it and has not come to its end "
            "in time."
        ),
    ),
    ProblemKind(
        "conflict",
        409,
        Phrase("The file has changed meanwhile"),
        Phrase(
            "What is to be saved was taken from a file that another program has changed since. "
            "Nothing was saved, so that nothing is lost."
        ),
    ),
    ProblemKind(
        "gone",
        410,
        Phrase("It is here no longer"),
        Phrase(
            "What is asked for was here once and has been removed. The answer names what is here "
            "now."
        ),
    ),
    ProblemKind(
        "too-large",
        413,
        Phrase("The request is too large"),
        Phrase("The body of the request is longer than the service reads."),
    ),
    ProblemKind(
        "uri-too-long",
        414,
        Phrase("The address is too long"),
        Phrase("A long query is better sent in the body of a POST request."),
    ),
    ProblemKind(
        "unsupported-media-type",
        415,
        Phrase("The body is of a kind that cannot be read"),
        Phrase(
            "A query comes in the body as application/sparql-query, or in the field 'query' of an "
            "application/x-www-form-urlencoded form."
        ),
    ),
    ProblemKind(
        "range-not-satisfiable",
        416,
        Phrase("There is no such part"),
        Phrase(
            "The range of bytes that the request asks for is not in the file. Content-Range tells "
            "how many bytes it has."
        ),
    ),
    ProblemKind(
        "expectation-failed",
        417,
        Phrase("What is expected cannot be done"),
        Phrase("The field Expect of a request may only be 100-continue."),
    ),
    ProblemKind(
        "too-many-requests",
        429,
        Phrase("Too many requests from one client"),
        Phrase(
            "The service limits how many requests a client may make in a time. Retry-After says "
            "when its next one is answered."
        ),
    ),
    ProblemKind(
        "fields-too-large",
        431,
        Phrase("The head of the request is too large"),
        Phrase("The address and the header fields together are longer than the service reads."),
    ),
    ProblemKind(
        "internal",
        500,
        Phrase("The service failed"),
        Phrase("The fault lies with the service, and its log tells more."),
    ),
    ProblemKind(
        "not-implemented",
        501,
        Phrase("The service cannot do that"),
        Phrase(
            "The service knows the methods GET, HEAD, POST and OPTIONS, and bodies that come in "
            "chunks or with their length."
        ),
    ),
    ProblemKind(
        "deadline-exceeded",
        503,
        Phrase("The request took too long"),
        Phrase(
            "Every request has a deadline, at which it is ended wherever it is. The same request "
            "will take as long again; one that asks for less may not."
        ),
    ),
    ProblemKind(
        "memory-exceeded",
        503,
        Phrase("The request took too much memory"),
        Phrase(
            "Every request has a bound on its memory, at which it is ended. Sorting, grouping and "
            "DISTINCT hold all their rows at once."
        ),
    ),
    ProblemKind(
        "overloaded",
        503,
        Phrase("Too many requests at once"),
        Phrase("Too many requests are waiting. Retry-After says when to come again."),
    ),
    ProblemKind(
        "unavailable",
        503,
        Phrase("The service cannot answer now"),
        Phrase("The graph is not there, or cannot be read at the moment. Try again later."),
    ),
    ProblemKind(
        "version-not-supported",
        505,
        Phrase("The version of HTTP is not spoken here"),
        Phrase("The service speaks HTTP/1.1 and HTTP/1.0."),
    ),
)
NAMED_KINDS = {kind.name: kind for kind in KINDS}
