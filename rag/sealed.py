"""Small files that say whether they are whole: JSON with a checksum, and checksums of other files.

The checksums find damage (a bad disk, a copy cut short), not forgery.
"""

import json
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

_BLOCK = 1 << 20


def write_sealed(file: Path, content: object) -> None:
    """Write JSON with its checksum, in one step: after a crash the file is the one before or the new one.

    Raises:
        OSError: It cannot be written.
    """
    written = json.dumps(content, ensure_ascii=False)
    temporary = file.with_name(f"{file.name}.new")
    temporary.write_text(f"{_checksum(written)}\n{written}", encoding="utf-8")
    temporary.replace(file)


def read_sealed(file: Path) -> Any:  # noqa: ANN401 - what `write_sealed` was given
    """What `write_sealed` wrote.

    Raises:
        OSError: The file cannot be read.
        ValueError: It is damaged, or was not written by `write_sealed`.
    """
    checksum, _, written = file.read_text(encoding="utf-8").partition("\n")
    if checksum != _checksum(written):
        message = f"{file} is damaged"
        raise ValueError(message)
    try:
        return json.loads(written)
    except RecursionError as error:
        message = f"{file} is damaged"
        raise ValueError(message) from error


def file_checksum(file: Path) -> str:
    """Size and CRC of a file.

    Raises:
        OSError: The file cannot be read.
    """
    crc = size = 0
    with file.open("rb") as stream:
        while block := stream.read(_BLOCK):
            crc, size = zlib.crc32(block, crc), size + len(block)
    return f"{size}-{crc:08x}"


def folder_checksums(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """The checksums of these files of a folder, by name; files that cannot be read are left out."""
    found = {}
    for name in names:
        try:
            found[name] = file_checksum(folder / name)
        except OSError:
            continue
    return found


def _checksum(text: str) -> str:
    return f"{zlib.crc32(text.encode()):08x}"
