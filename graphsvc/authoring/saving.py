"""Writing files of a project: each appears whole, and a folder with all that is in it."""

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
    """Make a folder with these files, by their paths within it; TextError if it cannot be."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        # What begins with a full stop, the layout passes over.
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
    """Write files into an empty folder; TextError if it cannot be done, and it is empty again."""
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
    """Write files of a folder anew, those that are None removed; TextError if it cannot be done.

    All are written beside the old ones first, so that a full disk leaves those.
    """
    written: dict[Path, Path] = {}
    try:
        try:
            for name, data in files.items():
                if data is not None:
                    written[folder / name] = folder / f".{name}.new"
                    written[folder / name].write_bytes(data)
                    if (folder / name).exists():
                        shutil.copymode(folder / name, written[folder / name])
            for path, temporary in written.items():
                temporary.replace(path)
            for name, data in files.items():
                if data is None:
                    (folder / name).unlink(missing_ok=True)
        finally:
            for temporary in written.values():
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
        remedy="See whether there is room on the disk, and whether you may write there.",
    )
