"""Writes files of a project: a reader sees a whole file or folder, or none."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from graphsvc.errors import TextError

if TYPE_CHECKING:
    from collections.abc import Mapping


def create(folder: Path, files: Mapping[str, bytes]) -> None:
    """Make a folder with files, by their paths within it. Errors: TextError."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        # The layout ignores names that begin with a full stop.
        temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            for path, data in files.items():
                (temporary / path).parent.mkdir(parents=True, exist_ok=True)
                (temporary / path).write_bytes(data)
            temporary.chmod(0o777 & ~_umask())
            temporary.rename(folder)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    except OSError as error:
        raise _unwritable(folder, error) from error


def fill(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files into an empty folder. Errors: TextError; the folder is empty again then."""
    try:
        try:
            for path, data in files.items():
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_bytes(data)
        except OSError:
            for each in folder.iterdir():
                shutil.rmtree(each) if each.is_dir() else each.unlink()
            raise
    except OSError as error:
        raise _unwritable(folder, error) from error


def replace(folder: Path, files: Mapping[str, bytes | None]) -> None:
    """Replace files of a folder; files that are None are removed. Errors: TextError.

    All new files are written beside the old ones first, so that a full disk destroys nothing.
    """
    temporaries: dict[Path, Path] = {}
    try:
        try:
            for name, data in files.items():
                if data is not None:
                    temporaries[folder / name] = folder / f".{name}.new"
                    temporaries[folder / name].write_bytes(data)
                    if (folder / name).exists():
                        shutil.copymode(folder / name, temporaries[folder / name])
            for path, temporary in temporaries.items():
                temporary.replace(path)
            for name, data in files.items():
                if data is None:
                    (folder / name).unlink(missing_ok=True)
        finally:
            for temporary in temporaries.values():
                temporary.unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _unwritable(folder: Path, error: OSError) -> TextError:
    return TextError(
        f"{folder} cannot be written: {error.strerror}.",
        remedy="Check the free space of the disk, and your permission to write there.",
    )
