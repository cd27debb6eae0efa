"""The settings: one row each, filled from defaults, graphsvc.toml, the environment, flags.

Later sources win. A setting is a field of ``Settings``: its name, type, default, help and the
function that reads its value stand in one place, and docs/settings.md describes it.
"""

from __future__ import annotations

import difflib
import logging
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from hashlib import sha256
from ipaddress import ip_network
from pathlib import Path
from typing import Any, TypeAlias

from graphsvc.errors import SettingsError
from graphsvc.hosts import is_host, split_public_url

#: The file in the project's folder, and what the names of environment variables begin with.
FILE_NAME = "graphsvc.toml"
ENVIRONMENT = "GRAPHSVC_"

#: The word in ``trusted_proxies`` for whatever connects to a Unix socket of the service.
UNIX = "unix"

_LARGEST_PORT = 65535
_LONGEST_WAIT = 86_400

#: An IRI, or a name with a prefix.
_PROPERTY = re.compile(r"[^\s:<>]+:[^\s<>]*")

Reader: TypeAlias = Callable[[Any], Any]


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a text that is not empty")
    return value


def _path(value: object) -> Path:
    return Path(_text(str(value)))


def _paths(value: object) -> tuple[Path, ...]:
    texts = value.split(os.pathsep) if isinstance(value, str) else value
    if not isinstance(texts, list | tuple):
        raise ValueError(f"paths with {os.pathsep} between them")  # noqa: TRY004 - as for all settings
    return tuple(_path(text) for text in texts if str(text))


def _base_iri(value: object) -> str | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str) or not re.fullmatch(r"https?://[^\s<>\"{}|^`\\#?]+/", value):
        raise ValueError("an http or https IRI that ends in a slash")
    return value


def _public_url(value: object) -> str | None:
    if value is None or value == "":
        return None
    split_public_url(str(value))
    return str(value)


def _proxies(value: object) -> str | None:
    names = [name.strip() for name in str(value or "").split(",") if name.strip()]
    for name in names:
        try:
            _ = name == UNIX or ip_network(name)
        except ValueError:
            expected = f'addresses or networks, separated by commas, or the word "{UNIX}"'
            raise ValueError(expected) from None
    return ", ".join(names) or None


def _hosts(value: object) -> str | None:
    names = [name.strip().lower() for name in str(value or "").split(",") if name.strip()]
    if not all(map(is_host, names)):
        raise ValueError("hosts such as upload.wikimedia.org, separated by commas")
    return ", ".join(names) or None


def _whole(value: object) -> int:
    if isinstance(value, bool) or not re.fullmatch(r"[0-9]+", str(value)):
        raise ValueError("a whole number")
    return int(str(value))


def _count(value: object) -> int:
    if (number := _whole(value)) < 1:
        raise ValueError("a whole number from 1 up")
    return number


def _seconds(value: object) -> float:
    try:
        number = float(str(value))
    except ValueError:
        number = 0.0
    if not 0 < number < _LONGEST_WAIT:
        raise ValueError(f"a number of seconds above 0 and below {_LONGEST_WAIT}")
    return number


def _port(value: object) -> int:
    if (number := _whole(value)) > _LARGEST_PORT:
        raise ValueError(f"a port from 0 to {_LARGEST_PORT}")
    return number


def _switch(value: object) -> bool:
    known = {"on": True, "true": True, "off": False, "false": False}
    if str(value).lower() not in known:
        raise ValueError("on or off")
    return known[str(value).lower()]


def _contact(value: object) -> str | None:
    if value is None or value == "":
        return None
    whole = r"https?://[^\s<>\"{}|^`\\]+|[^\s<>\"{}|^`\\@/:]+@[^\s<>\"{}|^`\\@/:]+"
    if not isinstance(value, str) or not re.fullmatch(whole, value):
        raise ValueError("an e-mail address, or the address of a web page")
    return value


def _properties(value: object) -> str:
    names = value.replace(",", " ").split() if isinstance(value, str) else value
    if not isinstance(names, list) or not all(map(_PROPERTY.fullmatch, names)):
        raise ValueError("IRIs or prefixed names, with spaces or commas between them")
    return " ".join(names)


def _level(value: object) -> str:
    name = str(value).upper()
    if name not in logging.getLevelNamesMapping():
        raise ValueError("one of DEBUG, INFO, WARNING, ERROR, CRITICAL")
    return name


def _about(help_text: str, read: Reader) -> dict[str, object]:
    return {"help": help_text, "read": read}


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set. Paths are absolute once ``load`` has filled them."""

    project: Path = field(
        default=Path(),
        metadata=_about("The folder with ontology/, data/ and queries/.", _path),
    )
    files: tuple[Path, ...] = field(
        default=(),
        metadata=_about(
            "RDF files and folders of such to publish instead of a project, "
            f"with `{os.pathsep}` between them.",
            _paths,
        ),
    )
    lenient: bool = field(
        default=False,
        metadata=_about(
            "Whether statements of RDF files that cannot be read are left out: on or off.", _switch
        ),
    )
    releases: Path = field(
        default=Path(".graphsvc/releases"),
        metadata=_about("The folder where releases are built, by default the project's.", _path),
    )
    translations: Path = field(
        default=Path("translations"),
        metadata=_about(
            "The folder with more languages of the interface, by default the project's.", _path
        ),
    )
    base_iri: str | None = field(
        default=None,
        metadata=_about(
            "The base of every IRI of the graph, if not the project's own (its void:uriSpace).",
            _base_iri,
        ),
    )
    label_properties: str = field(
        default="",
        metadata=_about(
            "More properties that say what things are called, by IRIs or with prefixes; they go "
            "before those that do by convention.",
            _properties,
        ),
    )
    public_url: str | None = field(
        default=None,
        metadata=_about(
            "Where clients reach the service: scheme, host and mount point, ending in a slash.",
            _public_url,
        ),
    )
    trusted_proxies: str | None = field(
        default=None,
        metadata=_about(
            "The proxies whose Forwarded and X-Forwarded-* fields are believed: addresses, "
            f"networks, `{UNIX}`.",
            _proxies,
        ),
    )
    contact: str | None = field(
        default=None,
        metadata=_about(
            "Whom to ask about the data: an e-mail address or a web page. Its description says so.",
            _contact,
        ),
    )
    image_hosts: str | None = field(
        default=None,
        metadata=_about(
            "Other hosts whose images pages show, with commas between them; else they are links.",
            _hosts,
        ),
    )
    keep_releases: int = field(
        default=5,
        metadata=_about("How many releases are kept, the served one among them.", _count),
    )
    host: str = field(default="127.0.0.1", metadata=_about("The address to listen on.", _text))
    port: int = field(default=8080, metadata=_about("The port to listen on.", _port))
    unix_socket: Path | None = field(
        default=None,
        metadata=_about("The Unix socket to listen on, instead of an address and a port.", _path),
    )
    workers: int = field(
        default=64,
        metadata=_about("How many processes answer requests at most, each one at a time.", _count),
    )
    long_requests: int = field(
        default=4,
        metadata=_about(
            "How many requests run at a time once they have taken a tenth of a second of a "
            "processor; the others of these take turns.",
            _count,
        ),
    )
    waiting_requests: int = field(
        default=512,
        metadata=_about("How many requests may wait for a process; one more gets 503.", _count),
    )
    deadline: float = field(
        default=30.0,
        metadata=_about("How many seconds a request may take, with its answer's way.", _seconds),
    )
    request_timeout: float = field(
        default=30.0,
        metadata=_about("How many seconds a request may take to come.", _seconds),
    )
    request_memory: int = field(
        default=512,
        metadata=_about("How many MiB of memory a request may take beside the release.", _count),
    )
    memory_quads: int = field(
        default=5_000_000,
        metadata=_about("Up to how many quads a release is held in memory.", _whole),
    )
    access_log: bool = field(
        default=False,
        metadata=_about("Whether each request is logged, as a line of JSON: on or off.", _switch),
    )
    log_level: str = field(
        default="INFO", metadata=_about("The least severity that is logged.", _level)
    )


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table, as documentation and command lines show it."""

    name: str
    default: object
    help: str
    read: Reader

    @property
    def variable(self) -> str:
        """Return the name of its environment variable."""
        return ENVIRONMENT + self.name.upper()


@dataclass(frozen=True, slots=True)
class _Given:
    """A value as it was given, and where."""

    value: object
    source: str


#: The table, in the order of the documentation.
SETTINGS: tuple[Setting, ...] = tuple(
    Setting(row.name, row.default, row.metadata["help"], row.metadata["read"])
    for row in fields(Settings)
)
_BY_NAME = {setting.name: setting for setting in SETTINGS}


def load(
    overrides: Mapping[str, object] | None = None, environment: Mapping[str, str] | None = None
) -> Settings:
    """Fill the settings: defaults, then graphsvc.toml, the environment, and ``overrides``.

    An override that is None counts as not given. Relative paths are relative to the current
    folder, those in graphsvc.toml to the project's. SettingsError names the setting, where its
    value came from, and what it should have been.
    """
    here = _from_environment(os.environ if environment is None else environment)
    here |= _from_command_line(overrides or {})
    outer = {name: _value(name, given) for name, given in here.items()}
    outer = {name: _absolute(value) for name, value in outer.items()}
    if outer.get("files"):
        # What lies in the current folder has nothing to do with the files.
        outer.setdefault("releases", Path().absolute() / _releases_of(outer["files"]))
        return Settings(**outer)
    project = outer.pop("project", Path().absolute())
    written = {name: _value(name, given) for name, given in _from_file(project).items()}
    values = written | outer
    for name in ("releases", "translations"):
        values[name] = project / values.get(name, _BY_NAME[name].default)
    return Settings(project=project, **values)


def _absolute(value: Any) -> Any:
    if isinstance(value, Path):
        return value.absolute()
    return tuple(map(_absolute, value)) if isinstance(value, tuple) else value


def _releases_of(files: tuple[Path, ...]) -> Path:
    """Return where the releases of some files are: other files have others."""
    digest = sha256(os.pathsep.join(map(str, files)).encode()).hexdigest()
    stem = files[0].name.partition(".")[0] or "files"
    return Path(".graphsvc") / "files" / f"{stem}-{digest[:8]}"


def _from_command_line(overrides: Mapping[str, object]) -> dict[str, _Given]:
    return {
        name: _Given(value, "on the command line")
        for name, value in overrides.items()
        if value is not None
    }


def _from_environment(environment: Mapping[str, str]) -> dict[str, _Given]:
    return {
        name.removeprefix(ENVIRONMENT).lower(): _Given(value, f"in the environment, as {name}")
        for name, value in environment.items()
        if name.startswith(ENVIRONMENT)
    }


def _from_file(project: Path) -> dict[str, _Given]:
    path = project / FILE_NAME
    if not path.is_file():
        return {}
    try:
        written = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{path} is not TOML: {error}.", remedy="Write one setting a line: port = 8080"
        ) from error
    if "project" in written:
        raise SettingsError(
            f"{path} sets project, but it is itself found in the project's folder.",
            remedy=f"Give the folder by --project or {ENVIRONMENT}PROJECT.",
        )
    return {name: _Given(value, f"in {path}") for name, value in written.items()}


def _value(name: str, given: _Given) -> Any:
    setting = _BY_NAME.get(name)
    if setting is None:
        raise SettingsError(
            f"{name}, set {given.source}, is not a setting.",
            remedy=_nearest(name) + "The settings are " + ", ".join(_BY_NAME) + ".",
        )
    try:
        return setting.read(given.value)
    except ValueError as error:
        raise SettingsError(
            f"{name} is set to {given.value!r} {given.source}.", remedy=f"It must be {error}."
        ) from error


def _nearest(name: str) -> str:
    near = difflib.get_close_matches(name, _BY_NAME, n=1)
    return f"Did you mean {near[0]}? " if near else ""
