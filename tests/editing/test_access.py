"""Who may edit: a page of this service, opened on this machine, and nobody else."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from server.processes import run
from server.wire import request

from graphsvc import web

from .services import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from server.processes import Service
    from server.wire import Answer

PAGE = "/edit/ile-merrow"
FACTS = "data/ile-merrow/facts.trig"
STYLES = Path(web.__file__).parent / "static" / "css"


@pytest.fixture(scope="module")
def project(
    lights_folder: Path,
    copy_to: Callable[[Path, Path], Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    return copy_to(lights_folder, tmp_path_factory.mktemp("edited") / "project")


@pytest.fixture(scope="module")
def service(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Return a service of the editor; the tests of this module change no file."""
    # Its published service has another address, at which the editor's page is not to be had.
    settings = project / "graphsvc.toml"
    settings.write_text('public_url = "https://lights.example/"\n' + settings.read_text("utf-8"))
    with serving("edit", project, tmp_path_factory.mktemp("services")) as service:
        service.address = service.address.removesuffix("edit/")
        yield service


def answer_to(
    service: Service, target: str, host: str = "", *fields: str, sent: object = None
) -> Answer:
    """Return the answer to a request that names a host; ``sent`` is its body, if there is one."""
    body = None if sent is None else json.dumps(sent).encode()
    data = request(target, *fields, method="GET" if sent is None else "POST", body=body)
    name = host or urlsplit(service.address).netloc
    with service.connect() as wire:
        return wire.exchange(re.sub(rb"Host: [^\r]*", b"Host: " + name.encode(), data, count=1))


def own(service: Service) -> str:
    return service.address.rstrip("/")


def token(service: Service) -> str:
    match = re.search(rb'data-token="([^"]+)"', answer_to(service, PAGE).content)
    assert match
    return match[1].decode()


def of_page(service: Service) -> tuple[str, str]:
    """Return the header fields that the script of the page sends with each request to write."""
    return f"Origin: {own(service)}", f"Edit-Token: {token(service)}"


def saving(service: Service) -> dict[str, object]:
    entry = json.loads(answer_to(service, f"{PAGE}/block.json?passage=4").content)
    return {"passage": "4", "block": "", "digest": entry["digest"]}


def test_the_page_is_there_for_this_machine(service: Service) -> None:
    assert answer_to(service, PAGE).status == 200
    port = urlsplit(service.address).port
    assert answer_to(service, PAGE, f"localhost:{port}").status == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1.evil.example:{port}", "127.0.0.1:1"]
)
@pytest.mark.parametrize("target", [PAGE, "/edit/", f"{PAGE}/block.json?passage=4"])
def test_another_host_is_refused(service: Service, host: str, target: str) -> None:
    """DNS rebinding: the name of another site leads to this machine."""
    name = host.format(port=urlsplit(service.address).port)
    answer = answer_to(service, target, name)
    assert answer.status == 403
    assert b"data-token" not in answer.content


@pytest.mark.parametrize(
    "field",
    [
        "Origin: https://evil.example",
        "Origin: null",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site",
        "X-Forwarded-For: 203.0.113.7",
        "Forwarded: for=203.0.113.7",
    ],
)
def test_pages_of_other_sites_and_other_machines_are_refused(service: Service, field: str) -> None:
    assert answer_to(service, PAGE, "", field).status == 403


def test_a_link_from_another_site_opens_the_page(service: Service) -> None:
    assert (
        answer_to(
            service, PAGE, "", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate"
        ).status
        == 200
    )


def test_no_other_site_may_read_or_frame_the_page(service: Service) -> None:
    fields = answer_to(service, PAGE).fields
    assert "access-control-allow-origin" not in fields
    assert fields["cross-origin-resource-policy"] == "same-origin"
    assert "frame-ancestors 'none'" in fields["content-security-policy"]
    assert fields["cache-control"] == "no-store"


@pytest.mark.parametrize("name", ["save", "check", "thing"])
def test_who_writes_shows_the_token_and_the_origin(
    service: Service, project: Path, name: str
) -> None:
    before = (project / FACTS).read_bytes()
    target, sent = f"{PAGE}/{name}.json", saving(service)
    origin, token_field = f"Origin: {own(service)}", f"Edit-Token: {token(service)}"
    wrong: tuple[list[str], ...] = (
        [],
        [origin],
        [token_field],
        [origin, "Edit-Token: "],
        [origin, "Edit-Token: \xe9"],
        [origin, f"{token_field}x"],
        ["Origin: https://evil.example", token_field],
        ["Origin: null", token_field],
    )
    for fields in wrong:
        answer = answer_to(
            service, target, "", "Content-Type: application/json", *fields, sent=sent
        )
        assert answer.status == 403, fields
    assert (project / FACTS).read_bytes() == before


def test_each_service_has_another_token(
    service: Service, lights_copy: Path, tmp_path: Path
) -> None:
    with serving("edit", lights_copy, tmp_path) as other:
        other.address = other.address.removesuffix("edit/")
        assert len(token(other)) > 30
        assert token(other) != token(service)


SLUGS = ("..", "%2e%2e", "..%2f..", "ile-merrow%2f..", "ile-merrow%2f..%2fsecret", "nowhere")


@pytest.mark.parametrize("slug", SLUGS)
def test_only_folders_of_texts_are_opened(service: Service, project: Path, slug: str) -> None:
    assert answer_to(service, f"/edit/{slug}").status == 404
    fields = of_page(service)
    answer = answer_to(service, f"/edit/{slug}/save.json", "", *fields, sent=saving(service))
    assert answer.status in (404, 405)
    assert [path.name for path in (project / "data").iterdir() if "secret" in path.name] == []


@pytest.mark.parametrize(
    "sent", [[], {}, {"passage": "4"}, {"passage": 4, "block": "", "digest": ""}, "x"]
)
def test_what_is_no_request_to_save_is_refused(service: Service, sent: object) -> None:
    fields = (
        "Content-Type: application/json",
        f"Origin: {own(service)}",
        f"Edit-Token: {token(service)}",
    )
    answer = answer_to(service, f"{PAGE}/save.json", "", *fields, sent=sent)
    assert (answer.status, answer.problem) == (400, "bad-request")


def test_a_file_that_another_program_has_changed_is_a_conflict(service: Service) -> None:
    fields = (
        "Content-Type: application/json",
        f"Origin: {own(service)}",
        f"Edit-Token: {token(service)}",
    )
    sent = saving(service) | {"digest": "0" * 64}
    answer = answer_to(service, f"{PAGE}/save.json", "", *fields, sent=sent)
    assert (answer.status, answer.problem) == (409, "conflict")


def test_nothing_else_can_be_written(service: Service) -> None:
    fields = of_page(service)
    update = "Content-Type: application/sparql-update"
    body = b"INSERT DATA { <http://a.example/a> <http://a.example/b> 1 }"
    with service.connect() as wire:
        answer = wire.exchange(request("/sparql", update, *fields, method="POST", body=body))
    assert answer.status >= 400


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])  # noqa: S104 - what is refused
def test_an_address_that_others_reach_is_refused(lights_copy: Path, host: str) -> None:
    result = run("edit", lights_copy, "--port", "0", "--host", host)
    assert result.returncode == 2
    assert "for this machine alone" in result.stderr


def test_a_unix_socket_is_refused(lights_copy: Path, tmp_path: Path) -> None:
    result = run("edit", lights_copy, "--unix-socket", tmp_path / "socket")
    assert result.returncode == 2


def test_what_is_no_project_is_refused(tmp_path: Path) -> None:
    result = run("edit", tmp_path)
    assert result.returncode == 2
    assert "is not the folder of a project" in result.stderr


def test_watch_has_no_editor(lights_copy: Path, tmp_path: Path) -> None:
    with serving("watch", lights_copy, tmp_path) as watched:
        assert watched.get("/edit/").status == 404
        assert watched.get(PAGE).status == 404


def test_the_styles_of_the_page_concern_no_other() -> None:
    """There is one style sheet for all pages, and names such as "facts" stand on many."""
    style = (STYLES / "70-editing.css").read_text("utf-8")
    selectors = re.findall(r"^ *([.#a-z][^{}]*?) *\{", style, re.MULTILINE)
    assert selectors
    assert [each for each in selectors if not each.startswith((".desk", "#"))] == []
