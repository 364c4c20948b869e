"""Whether the files of Chroma's vector graph are sound, looked at before Chroma opens them.

On damaged ones Chroma's library reads outside of memory and ends the process. The layout is that of hnswlib as Chroma
1.x writes it, little endian: `header.bin` with the sizes; in `data_level0.bin` for each element its links in the lowest
layer, its vector and its label; in `length.bin` one number an element; in `link_lists.bin` the links of the layers
above, as bytes behind their count. Files of another version are not judged.
"""

import contextlib
import pickle
import sqlite3
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

_HEADER = struct.Struct("<i6QiI3Qd")
_VERSION = 1
_LATER_VERSIONS = range(2, 10)
_AT_ONCE = 20_000  # elements
_FILES = ("header.bin", "data_level0.bin", "length.bin", "link_lists.bin", "index_metadata.pickle")
_LABEL_BYTES = 8
_SEGMENTS = """
SELECT segments.id, max_seq_id.seq_id FROM segments
JOIN max_seq_id ON max_seq_id.segment_id = segments.id WHERE segments.scope = 'VECTOR'
"""


@dataclass(frozen=True, slots=True)
class GraphFault:
    """A damaged graph.

    Attributes:
        folder: Where its files are.
        reason: What is wrong with them, for those who know the layout.
    """

    folder: Path
    reason: str


def graph_faults(chroma_folder: Path, *, thorough: bool = False) -> Iterator[GraphFault]:
    """The damaged ones among the graphs that embedded Chroma's database counts on.

    Args:
        chroma_folder: Where Chroma keeps its files.
        thorough: Whether to read which passage each label belongs to, too: damage there makes Chroma refuse the files,
            but not crash.
    """
    for segment in _written_segments(chroma_folder / "chroma.sqlite3"):
        folder = chroma_folder / segment
        try:
            reason = next(_faults(folder, thorough=thorough), None)
        except OSError as error:
            reason = error.strerror or type(error).__name__
        if reason is not None:
            yield GraphFault(folder, reason)


def _written_segments(database: Path) -> list[str]:
    """The segments whose vectors were written to files: until then they are in the database alone."""
    if not database.exists():
        return []
    try:
        with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            return [str(segment) for segment, written in connection.execute(_SEGMENTS) if written]
    except sqlite3.Error:  # said by whoever opens the database
        return []


class _Layout(NamedTuple):
    """What `header.bin` says; sizes and offsets in bytes."""

    version: int
    links_at: int
    room: int  # for elements
    elements: int
    size: int  # of an element
    label_at: int
    vector_at: int
    top_layer: int
    entry: int
    upper_links: int
    lowest_links: int
    usual_links: int
    scale: float

    @property
    def agrees(self) -> bool:
        """Whether these values can stand together."""
        vector_bytes = self.label_at - self.vector_at
        return (
            self.links_at == 0
            and self.vector_at == 4 * (self.lowest_links + 1)
            and self.size == self.label_at + _LABEL_BYTES
            and vector_bytes > 0
            and vector_bytes % 4 == 0
            and self.elements <= self.room
            and self.top_layer < 64  # noqa: PLR2004 - as many as 2^64 elements have
            and (self.entry < self.elements or self.elements == 0)
        )


def _faults(folder: Path, *, thorough: bool) -> Iterator[str]:
    """What is wrong with a graph; what comes after the first may be nonsense."""
    yield from (f"{name} is missing" for name in _FILES if not (folder / name).is_file())
    header = (folder / _FILES[0]).read_bytes()
    if len(header) < _HEADER.size:
        yield "header.bin is too short"
    layout = _Layout(*_HEADER.unpack_from(header))
    if layout.version in _LATER_VERSIONS:
        return
    if layout.version != _VERSION or not layout.agrees:
        yield "header.bin holds sizes that do not fit each other"
    for name, wanted in (("data_level0.bin", layout.elements * layout.size), ("length.bin", 4 * layout.elements)):
        size = (folder / name).stat().st_size
        if size != wanted:
            yield f"{name} is {size} bytes long, not {wanted}"
    if not (folder / "index_metadata.pickle").read_bytes().endswith(b"."):  # how each pickle ends
        yield "index_metadata.pickle is cut short"
    if not _upper_layers_sound((folder / "link_lists.bin").read_bytes(), layout.elements, layout.upper_links):
        yield "link_lists.bin holds links that lead nowhere"
    if layout.elements:
        yield from _element_faults(folder / "data_level0.bin", layout)
        if thorough and not _names_sound(folder, layout):
            yield "index_metadata.pickle does not name the vectors"


def _element_faults(file: Path, layout: _Layout) -> Iterator[str]:
    rows = np.memmap(file, np.uint8, mode="r", shape=(layout.elements, layout.size))
    for start in range(0, layout.elements, _AT_ONCE):
        part = rows[start : start + _AT_ONCE]
        links = np.ascontiguousarray(part[:, : layout.vector_at]).view("<u4")
        if not _links_sound(links, layout.lowest_links, layout.elements):
            yield f"{file.name} holds links that lead nowhere"
        vectors = np.ascontiguousarray(part[:, layout.vector_at : layout.label_at]).view("<f4")
        if not np.isfinite(vectors).all() or not np.abs(vectors).max(axis=1).all():
            yield f"{file.name} holds vectors that are none"
    if len(np.unique(_labels(file, layout))) != layout.elements:
        yield f"{file.name} holds a label twice"


def _labels(file: Path, layout: _Layout) -> NDArray[np.uint64]:
    rows = np.memmap(file, np.uint8, mode="r", shape=(layout.elements, layout.size))
    labels: NDArray[np.uint64] = np.ascontiguousarray(rows[:, layout.label_at :]).view("<u8")[:, 0]
    return labels


class _PlainUnpickler(pickle.Unpickler):
    """Reads dictionaries, numbers and strings; whatever else a damaged file asks for is refused."""

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 - pickle's signature
        message = f"{module}.{name} is not read"
        raise pickle.UnpicklingError(message)


def _names_sound(folder: Path, layout: _Layout) -> bool:
    """Whether `index_metadata.pickle` can be read and names passages for labels that there are."""
    try:
        with (folder / "index_metadata.pickle").open("rb") as stream:
            names = _PlainUnpickler(stream).load()
        by_name, by_label = names["id_to_label"], names["label_to_id"]
        labels = set(_labels(folder / "data_level0.bin", layout).tolist())
        return set(by_label) <= labels and {name: label for label, name in by_label.items()} == by_name
    except (pickle.UnpicklingError, EOFError, ValueError, LookupError, AttributeError, TypeError, MemoryError, OSError):
        return False


def _links_sound(links: NDArray[np.uint32], most: int, count: int) -> bool:
    """Whether each row, a number of links and then the links, leads only to elements that there are."""
    numbers = links[:, 0] & 0xFFFF  # the upper half marks what is deleted
    used = np.arange(most)[None, :] < numbers[:, None]
    return bool((numbers <= most).all() and (links[:, 1:][used] < count).all())


def _upper_layers_sound(data: bytes, count: int, most: int) -> bool:
    layer = 4 * (most + 1)
    place, rows = 0, []
    for _ in range(count):
        if place + 4 > len(data):
            return False
        (size,) = struct.unpack_from("<I", data, place)
        place += 4
        if size % layer or place + size > len(data):
            return False
        if size:
            rows.append(np.frombuffer(data, "<u4", size // 4, place).reshape(-1, most + 1))
        place += size
    return place == len(data) and (not rows or _links_sound(np.concatenate(rows), most, count))
