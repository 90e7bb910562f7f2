"""Files of named tensors, read in pieces: memory does not grow with the tensors."""

from __future__ import annotations

import abc
import ast
import json
import os
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import IO, Any, Optional, Union

import numpy as np
import numpy.typing as npt

from slipstream.errors import SlipstreamError

Path = Union[str, "os.PathLike[str]"]

#: What tensors of these types are combined as, by what the formats call them.
FLOATS: dict[str, Any] = {"F16": np.float32, "BF16": np.float32, "F32": np.float32, "F64": np.float64}


# What reading a damaged archive raises.
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)


class FileError(SlipstreamError):
    """A file that is not what it should be."""


@dataclass(frozen=True)
class Tensor:
    """A tensor as its file describes it."""

    name: str
    #: F16, BF16, F32, F64, or another type, which is not combined.
    kind: str
    shape: tuple[int, ...]
    bytes: int

    @property
    def is_float(self) -> bool:
        """Whether it is combined."""
        return self.kind in FLOATS

    @property
    def is_foreign(self) -> bool:
        """Whether it holds numbers between numbers, real or complex, in a form that is not combined."""
        kind = self.kind.lstrip("<>|=")
        # Two bytes of no known kind are how NumPy saves ml_dtypes' bfloat16.
        return not self.is_float and (kind == "V2" or kind[:1] in ("f", "c", "F", "C"))

    @property
    def count(self) -> int:
        """The number of elements."""
        count = 1
        for length in self.shape:
            count *= length
        return count


class Reader(abc.ABC):
    """The bytes of one tensor, from the first to the last."""

    @abc.abstractmethod
    def read(self, size: int) -> bytes | npt.NDArray[np.uint8]:
        """The next so many bytes."""

    @abc.abstractmethod
    def close(self) -> None:
        """Ends the reading."""


class TensorFile(abc.ABC):
    """A file of named tensors. Its tensors have one shape and one type each, and are C-contiguous."""

    def __init__(self, path: Path) -> None:
        self.path = os.fspath(path)
        self.tensors: dict[str, Tensor] = {}

    @abc.abstractmethod
    def reader(self, name: str) -> Reader:
        """Reads a tensor."""

    @abc.abstractmethod
    def close(self) -> None:
        """Closes the file."""

    def fail(self, what: str) -> FileError:
        """An error that names the file."""
        return FileError(f"{self.path}: {what}")


class _MappedReader(Reader):
    def __init__(self, data: npt.NDArray[np.uint8]) -> None:
        self._data, self._at = data, 0

    def read(self, size: int) -> npt.NDArray[np.uint8]:
        part = self._data[self._at : self._at + size]
        self._at += size
        return part

    def close(self) -> None:
        self._data = self._data[:0]


class Safetensors(TensorFile):
    """A .safetensors file, mapped into memory."""

    #: Bits of the types; those that are not floats are copied as they are.
    BITS = {
        "BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8, "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8,
        "I16": 16, "U16": 16, "F16": 16, "BF16": 16, "I32": 32, "U32": 32, "F32": 32, "I64": 64, "U64": 64, "F64": 64,
        "C64": 64, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6}

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        size = os.path.getsize(self.path)
        if size < 8:
            raise self.fail(f"it has {size} bytes, and a .safetensors file begins with the 8 that tell its header's length")
        with open(self.path, "rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            if length > size - 8:
                raise self.fail(f"its header would be {length} bytes long, and {size - 8} are left; it may be cut off")
            text = file.read(length)
        try:
            header = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise self.fail(f"its header is no JSON: {error}") from None
        if not isinstance(header, dict):
            raise self.fail("its header is no JSON object")
        self.metadata: Optional[dict[str, Any]] = header.pop("__metadata__", None)
        self._offsets: dict[str, tuple[int, int]] = {}
        self._data = np.memmap(self.path, np.uint8, "r") if size else np.empty(0, np.uint8)
        for name, entry in header.items():
            self._add(name, entry, 8 + length, size - 8 - length)

    def _add(self, name: str, entry: Any, start: int, size: int) -> None:
        try:
            kind, shape = entry["dtype"], tuple(entry["shape"])
            begin, end = entry["data_offsets"]
            bits = self.BITS[kind]
            whole = all(type(value) is int and value >= 0 for value in (*shape, begin, end))
        except (KeyError, TypeError, ValueError):
            raise self.fail(f"tensor '{name}' has no dtype that is known, no shape or no data_offsets") from None
        tensor = Tensor(name, kind, shape, end - begin if whole else -1)
        if not whole or not begin <= end <= size or tensor.count * bits != 8 * tensor.bytes:
            raise self.fail(
                f"tensor '{name}' ({kind}, {list(shape)}) cannot be bytes {begin} to {end} of {size}; "
                "the file may be cut off")
        self.tensors[name] = tensor
        self._offsets[name] = (start + begin, start + end)

    def reader(self, name: str) -> Reader:
        begin, end = self._offsets[name]
        return _MappedReader(self._data[begin:end])

    def close(self) -> None:
        self._data = np.empty(0, np.uint8)


class _StreamReader(Reader):
    def __init__(self, stream: Any, owner: TensorFile, name: str) -> None:
        self._stream, self._owner, self._name = stream, owner, name

    def read(self, size: int) -> bytes:
        try:
            data: bytes = self._stream.read(size)
        except _DAMAGE as error:
            raise self._owner.fail(f"array '{self._name}' is damaged: {error}") from None
        if len(data) != size:
            raise self._owner.fail(f"array '{self._name}' is cut off")
        return data

    def close(self) -> None:
        self._stream.close()


class NPZ(TensorFile):
    """A .npz file, compressed or not."""

    KINDS = {"<f2": "F16", "<f4": "F32", "<f8": "F64"}

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.metadata: Optional[dict[str, Any]] = None
        try:
            self._archive = zipfile.ZipFile(self.path)
        except (zipfile.BadZipFile, ValueError) as error:
            raise self.fail(f"it is no .npz file: {error}") from None
        self._starts: dict[str, int] = {}
        self.headers: dict[str, bytes] = {}
        #: How each array is stored in the archive.
        self.compressions: dict[str, int] = {}
        for info in self._archive.infolist():
            if not info.filename.endswith(".npy"):
                raise self.fail(f"it holds '{info.filename}', which is no .npy array")
            name = info.filename[:-4]
            if name in self.tensors:
                raise self.fail(f"it has two arrays named '{name}'")
            try:
                with self._archive.open(info) as stream:
                    self._add(name, stream, info.file_size)
            except FileError:
                raise
            except _DAMAGE as error:
                raise self.fail(f"array '{name}' is damaged: {error}") from None
            self.compressions[name] = info.compress_type

    def _add(self, name: str, stream: IO[bytes], size: int) -> None:
        head = stream.read(8)
        if head[:6] != b"\x93NUMPY" or len(head) < 8 or head[6] not in (1, 2, 3):
            raise self.fail(f"'{name}.npy' does not begin like an array")
        width = 2 if head[6] == 1 else 4
        length_bytes = stream.read(width)
        length = int.from_bytes(length_bytes, "little")
        # Longer ones would be a table of thousands of fields.
        text = stream.read(length) if length <= 1 << 16 else b""
        start = 8 + width + length
        try:
            if len(length_bytes) != width or len(text) != length:
                raise ValueError("cut off")
            header = ast.literal_eval(text.decode("utf-8" if head[6] == 3 else "latin-1").strip())
            described, shape, fortran = header["descr"], tuple(header["shape"]), header["fortran_order"]
            if not all(type(length) is int and length >= 0 for length in shape):
                raise ValueError("shape")
        except (ValueError, SyntaxError, KeyError, TypeError, MemoryError, RecursionError):
            raise self.fail(f"the header of '{name}.npy' cannot be read") from None
        kind = self.KINDS.get(described if isinstance(described, str) else "", str(described))
        tensor = Tensor(name, kind, shape, size - start)
        if tensor.is_float:
            if fortran and len(shape) > 1:
                kind = f"{kind} in Fortran's order"
                tensor = Tensor(name, kind, shape, size - start)
            elif tensor.count * np.dtype(described).itemsize != tensor.bytes:
                raise self.fail(f"'{name}.npy' ({described}, {list(shape)}) has {tensor.bytes} bytes of elements")
        elif isinstance(described, str) and described[:1] == ">" and described[1:2] == "f":
            tensor = Tensor(name, f"{described}, of the other byte order", shape, size - start)
        self.tensors[name] = tensor
        self.headers[name] = head + length_bytes + text
        self._starts[name] = start

    def reader(self, name: str) -> Reader:
        stream = self._archive.open(f"{name}.npy")
        reader = _StreamReader(stream, self, name)
        reader.read(self._starts[name])
        return reader

    def close(self) -> None:
        self._archive.close()


def open_file(path: Path) -> Safetensors | NPZ:
    """Opens a file of the kind that its name says."""
    ending = os.path.splitext(os.fspath(path))[1].lower()
    if ending == ".safetensors":
        return Safetensors(path)
    if ending == ".npz":
        return NPZ(path)
    raise FileError(f"{os.fspath(path)}: its name must end in .safetensors or .npz, to tell what it is")
