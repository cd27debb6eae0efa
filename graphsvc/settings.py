"""The settings: one row each, filled from defaults, graphsvc.toml, the environment, flags.

Later sources win. A setting is a field of ``Settings`` with its name, type, default, help and
parser in one place; docs/settings.md describes it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from graphsvc import setting_values as reading
from graphsvc import spelling
from graphsvc.errors import SettingsError
from graphsvc.profiles import DEFAULT, Profile
from graphsvc.setting_sources import (
    ENVIRONMENT,
    RawSetting,
    of_command_line,
    of_environment,
    of_file,
)

Reader: TypeAlias = Callable[[Any], Any]


def _about(help_text: str, read: Reader) -> dict[str, object]:
    return {"help": help_text, "read": read}


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings. Paths are absolute after ``load``."""

    project: Path | None = field(
        default=Path(),
        metadata=_about(
            "The folder with ontology/, data/ and queries/, or with RDF files.", reading.path
        ),
    )
    files: tuple[Path, ...] = field(
        default=(),
        metadata=_about(
            "RDF files and folders of such to publish beside the folder, or instead if none is "
            f"named; with `{os.pathsep}` between them.",
            reading.paths,
        ),
    )
    profile: str = field(
        default=DEFAULT,
        metadata=_about(
            "What the graph has to keep: `strict` is all that the checks ask for, `default` what "
            "it takes to be served.",
            reading.profile,
        ),
    )
    checks: tuple[str, ...] = field(
        default=(),
        metadata=_about(
            "What single checks weigh, by their names: off, note, warning or error.", reading.checks
        ),
    )
    passages: tuple[str, ...] = field(
        default=(),
        metadata=_about(
            "The classes and properties of passages: of a sentence, a heading, an item, "
            "furniture and a row; the section they stand under and their reading.",
            reading.passages,
        ),
    )
    lenient: bool = field(
        default=False,
        metadata=_about(
            "Whether statements of RDF files that cannot be read are left out: on or off.",
            reading.switch,
        ),
    )
    store: str | None = field(
        default=None,
        metadata=_about(
            "The address of a SPARQL 1.1 endpoint: the statements of its engine are served instead "
            "of those of files.",
            reading.endpoint,
        ),
    )
    engine: str | None = field(
        default=None,
        metadata=_about(
            "The name of the engine at `store`, where its answers do not say it.", reading.engine
        ),
    )
    releases: Path = field(
        default=Path(".graphsvc/releases"),
        metadata=_about(
            "The folder where releases are built, by default the project's; of an engine, one in "
            "`.graphsvc/engines/`.",
            reading.path,
        ),
    )
    translations: Path = field(
        default=Path("translations"),
        metadata=_about(
            "The folder with more languages of the interface, by default the project's.",
            reading.path,
        ),
    )
    base_iri: str | None = field(
        default=None,
        metadata=_about(
            "The base of every IRI of the graph, if not the project's own (its void:uriSpace).",
            reading.base_iri,
        ),
    )
    label_properties: str = field(
        default="",
        metadata=_about(
            "More properties that say what things are called, by IRIs or with prefixes; they go "
            "before those that do by convention.",
            reading.properties,
        ),
    )
    public_url: str | None = field(
        default=None,
        metadata=_about(
            "Where clients reach the service: scheme, host and mount point, ending in a slash.",
            reading.public_url,
        ),
    )
    trusted_proxies: str | None = field(
        default=None,
        metadata=_about(
            "The proxies whose Forwarded and X-Forwarded-* fields are believed: addresses, "
            f"networks, `{reading.UNIX}`.",
            reading.proxies,
        ),
    )
    contact: str | None = field(
        default=None,
        metadata=_about(
            "Whom to ask about the data: an e-mail address or a web page. Its description says so.",
            reading.contact,
        ),
    )
    image_hosts: str | None = field(
        default=None,
        metadata=_about(
            "Other hosts whose images pages show, with commas between them; else they are links.",
            reading.hosts,
        ),
    )
    site_name: str = field(
        default="",
        metadata=_about(
            "What the pages call the site, by default the title of the dataset.", reading.line
        ),
    )
    site_logo: Path | None = field(
        default=None,
        metadata=_about(
            "A picture before the name of the site: an SVG or PNG file of 256 KiB at most.",
            reading.picture,
        ),
    )
    site_colour: str = field(
        default="",
        metadata=_about(
            "The colour of links and marks, such as `#1a5a4a`; by night it is lightened.",
            reading.colour,
        ),
    )
    site_footer: str = field(
        default="",
        metadata=_about(
            "What the foot of each page says first, such as who runs it.", reading.line
        ),
    )
    keep_releases: int = field(
        default=5,
        metadata=_about("How many releases are kept, the served one among them.", reading.count),
    )
    host: str = field(
        default="127.0.0.1", metadata=_about("The address to listen on.", reading.text)
    )
    port: int = field(default=8080, metadata=_about("The port to listen on.", reading.port))
    unix_socket: Path | None = field(
        default=None,
        metadata=_about(
            "The Unix socket to listen on, instead of an address and a port.", reading.path
        ),
    )
    workers: int = field(
        default=64,
        metadata=_about(
            "How many processes answer requests at most, each one at a time.", reading.count
        ),
    )
    long_requests: int = field(
        default=4,
        metadata=_about(
            "How many requests run at a time once they have taken a tenth of a second of a "
            "processor; the others of these take turns.",
            reading.count,
        ),
    )
    waiting_requests: int = field(
        default=512,
        metadata=_about(
            "How many requests may wait for a process; one more gets 503.", reading.count
        ),
    )
    deadline: float = field(
        default=30.0,
        metadata=_about(
            "How many seconds a request may take, with its answer's way.", reading.seconds
        ),
    )
    request_timeout: float = field(
        default=30.0,
        metadata=_about("How many seconds a request may take to come.", reading.seconds),
    )
    request_memory: int = field(
        default=512,
        metadata=_about(
            "How many MiB of memory a request may take beside the release.", reading.count
        ),
    )
    memory_quads: int = field(
        default=5_000_000,
        metadata=_about("Up to how many quads a release is held in memory.", reading.whole),
    )
    access_log: bool = field(
        default=False,
        metadata=_about(
            "Whether each request is logged, as a line of JSON: on or off.", reading.switch
        ),
    )
    slow_queries: float = field(
        default=0.0,
        metadata=_about(
            "After how many seconds a request is logged with its query and its end; 0 for none.",
            reading.seconds_or_none,
        ),
    )
    rate_limit: str = field(
        default="",
        metadata=_about(
            "How many requests a client may make, such as `100/minute` or `10/second;2000/hour`; "
            "one more gets 429.",
            reading.rates,
        ),
    )
    metrics_readers: str | None = field(
        default=None,
        metadata=_about(
            "Who may read /metrics, for others there is nothing: addresses, networks, "
            f"`{reading.UNIX}`.",
            reading.proxies,
        ),
    )
    log_level: str = field(
        default="INFO", metadata=_about("The least severity that is logged.", reading.level)
    )

    @property
    def demands(self) -> Profile:
        """Return the profile of the graph."""
        pairs = (check.partition("=") for check in self.checks)
        return Profile(self.profile, {check: weight for check, _, weight in pairs})


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table, for documentation and command lines."""

    name: str
    default: object
    help: str
    read: Reader

    @property
    def variable(self) -> str:
        """Return the name of its environment variable."""
        return ENVIRONMENT + self.name.upper()


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

    An override that is None is ignored. Relative paths are relative to the current folder, those in
    graphsvc.toml to the project's. With files and no folder there is no project. SettingsError
    names the setting, the source of its value, and the expected value.
    """
    here = of_environment(os.environ if environment is None else environment)
    here |= of_command_line(overrides or {})
    outer = {name: _value(name, raw) for name, raw in here.items()}
    outer = {name: _absolute(value) for name, value in outer.items()}
    if outer.get("files") and "project" not in outer:
        # The current folder has nothing to do with the files.
        outer.setdefault("releases", Path().absolute() / _releases_of(outer["files"]))
        return Settings(project=None, **outer)
    project = outer.pop("project", Path().absolute())
    from_file = {name: _value(name, raw) for name, raw in of_file(project).items()}
    values = from_file | outer
    if values.get("store"):
        values.setdefault("releases", _releases_of_engine(values["store"]))
    for name in ("releases", "translations"):
        values[name] = project / values.get(name, _BY_NAME[name].default)
    if values.get("site_logo"):
        values["site_logo"] = project / values["site_logo"]
    return Settings(project=project, **values)


def errors(
    overrides: Mapping[str, object], environment: Mapping[str, str]
) -> Iterator[SettingsError]:
    """Yield the error of each wrong value; `load` raises the first.

    The parameters are those of `load`.
    """
    here = of_environment(environment) | of_command_line(overrides)
    folder = here.get("project")
    try:
        from_file = of_file(Path(str(folder.value)) if folder else Path())
    except SettingsError as error:
        yield error
        from_file = {}
    for name, raw in (*here.items(), *from_file.items()):
        try:
            _value(name, raw)
        except SettingsError as error:
            yield error


def _absolute(value: Any) -> Any:
    if isinstance(value, Path):
        return value.absolute()
    return tuple(map(_absolute, value)) if isinstance(value, tuple) else value


def _releases_of(files: tuple[Path, ...]) -> Path:
    """Return the folder of releases for some files: other files have another one."""
    digest = sha256(os.pathsep.join(map(str, files)).encode()).hexdigest()
    stem = files[0].name.partition(".")[0] or "files"
    return Path(".graphsvc") / "files" / f"{stem}-{digest[:8]}"


def _releases_of_engine(address: str) -> Path:
    """Return the folder of releases for an engine, separate from those of files."""
    digest = sha256(address.encode()).hexdigest()
    return Path(".graphsvc") / "engines" / f"{urlsplit(address).hostname}-{digest[:8]}"


def _value(name: str, raw: RawSetting) -> Any:
    setting = _BY_NAME.get(name)
    if setting is None:
        raise SettingsError(
            f"{name}, set {raw.source}, is not a setting.",
            remedy=_nearest(name) + "The settings are " + ", ".join(_BY_NAME) + ".",
        )
    try:
        return setting.read(raw.value)
    except ValueError as error:
        raise SettingsError(
            f"{name} is set to {raw.value!r} {raw.source}.", remedy=f"It must be {error}."
        ) from error


def _nearest(name: str) -> str:
    matches = spelling.similar_texts(name, _BY_NAME, 0.6)
    return f"Did you mean {matches[0]}? " if matches else ""
