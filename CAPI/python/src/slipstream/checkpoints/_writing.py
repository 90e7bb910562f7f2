"""Writes the result: a copy of the last file with other numbers in it, which appears complete or not at all."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import stat
import struct
import zipfile
from typing import Any, BinaryIO, Iterable, Iterator, Optional

from slipstream.checkpoints._files import NPZ, Safetensors

#: The contents of a tensor, in pieces.
Contents = Iterable[Any]


@contextlib.contextmanager
def replacing(path: str) -> Iterator[BinaryIO]:
    """A file that takes the place of `path` when all has been written, and is removed otherwise.

    A link stays one, and a file that is there keeps its mode.
    """
    path = os.path.realpath(path)
    mode: Optional[int] = None
    with contextlib.suppress(FileNotFoundError):
        mode = stat.S_IMODE(os.stat(path).st_mode)
    temporary = os.path.join(os.path.dirname(path), f".slipstream-{secrets.token_hex(8)}")
    # A new file's mode is what the process's mask leaves of it, as of any other.
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666 if mode is None else 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            if mode is not None:
                os.fchmod(file.fileno(), mode)
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def write_safetensors(file: BinaryIO, like: Safetensors, contents: Iterable[tuple[str, Contents]]) -> None:
    """Writes tensors in the order of `contents`."""
    header: dict[str, Any] = {} if like.metadata is None else {"__metadata__": like.metadata}
    at = 0
    pending = list(contents)
    for name, _ in pending:
        tensor = like.tensors[name]
        header[name] = {
            "dtype": tensor.kind, "shape": list(tensor.shape), "data_offsets": [at, at + tensor.bytes]}
        at += tensor.bytes
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    # The format wants tensors to begin at multiples of 8.
    text += b" " * (-len(text) % 8)
    file.write(struct.pack("<Q", len(text)) + text)
    for _, pieces in pending:
        for piece in pieces:
            file.write(piece)


def write_npz(file: BinaryIO, like: NPZ, contents: Iterable[tuple[str, Contents]]) -> None:
    """Writes arrays with the headers and the compression that they have in `like`."""
    with zipfile.ZipFile(file, "w", allowZip64=True) as archive:
        for name, pieces in contents:
            info = zipfile.ZipInfo(f"{name}.npy")
            info.compress_type = like.compressions[name]
            with archive.open(info, "w", force_zip64=True) as stream:
                stream.write(like.headers[name])
                for piece in pieces:
                    stream.write(piece)
