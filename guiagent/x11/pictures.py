"""Picture files to pixels and back, each in a process of its own with limits. It must not know who wants them, nor X.

A decoder may be led astray by its file; here it is led astray in a child that ends afterwards, and only what it wrote,
checked, comes back. Decoding is Pillow's (Debian's python3-pil); packing needs the standard library only.
"""

from __future__ import annotations

import io
import logging
import os
import resource
import select
import signal
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple, NoReturn

from guiagent.core.contents import Image
from protocol.clipboard import image_offer
from protocol.limits import BYTES_PER_PIXEL, MAX_CLIPBOARD_IMAGE_BYTES

LOG = logging.getLogger(__name__)

FORMATS: Final = ("PNG", "BMP", "TIFF")
"""What Pillow may take a file for."""
MAX_MEMORY_BYTES: Final = 1 << 30
"""Of a child's address space: the interpreter 0.1 GiB, the file 40 MiB, its pixels in two forms up to 64 bits each."""
MAX_CPU_S: Final = 10
"""Decoding the largest image takes 1 s; the kernel ends a child that computes on."""
MAX_RESULT_BYTES: Final = MAX_CLIPBOARD_IMAGE_BYTES + (1 << 20)
"""Pixels, or their file: a PNG of noise is a little longer than its pixels."""
PNG_LEVEL: Final = 1
"""Of zlib. Level 6 takes four times as long for a tenth less, and the file lives in the memory of one qube."""
EXIT_DONE, EXIT_NO_PILLOW, EXIT_FAILED = 0, 3, 4

_SIZE: Final = struct.Struct("=II")


class Result(NamedTuple):
    """One job has ended. image: of a decoding; its size only, if it is too large. file: of an encoding."""

    job: int
    encoded: bool
    image: Image | tuple[int, int] | None = None
    file: bytes | None = None


@dataclass(frozen=True, slots=True)
class _Child:
    job: int
    encodes: bool
    pid: int
    pidfd: int
    output: int


class Pictures:
    """The jobs under way; few at a time: one copy, one or two forms of a paste."""

    def __init__(self, without: str = "images are not copied out of this qube") -> None:
        """without: what does not happen where there is no Pillow, for the log."""
        self._without = without
        self._poll = select.epoll()
        self._children: dict[int, _Child] = {}
        self._missed_pillow = False

    def fileno(self) -> int:
        """A descriptor that is readable when a job has ended."""
        return self._poll.fileno()

    def decode(self, job: int, data: bytes, *, whole: bool) -> None:
        """Begin to turn a file into pixels. whole: `data` is all of it; otherwise only its size is of interest."""
        self._start(job, lambda: _decoded(data, whole=whole), encodes=False)

    def encode(self, job: int, format_name: str, image: Image) -> None:
        """Begin to pack an image. format_name: image/png or image/bmp."""
        self._start(job, lambda: _ENCODERS[format_name](image), encodes=True)

    def cancel(self, job: int) -> None:
        """Nobody wants this any longer."""
        for child in [child for child in self._children.values() if child.job == job]:
            os.kill(child.pid, signal.SIGKILL)
            self._end(child)

    def finished(self) -> Iterator[Result]:
        """The jobs that have ended since the last call."""
        for fd, _ in self._poll.poll(0):
            child = self._children[fd]
            output = os.dup(child.output)
            try:
                code = os.waitstatus_to_exitcode(self._end(child))
                if code == EXIT_NO_PILLOW and not self._missed_pillow:
                    self._missed_pillow = True
                    LOG.warning("%s: Pillow is missing in it (Debian: python3-pil)", self._without)
                yield _result(child, code, output)
            finally:
                os.close(output)

    def close(self) -> None:
        """End all jobs."""
        for child in list(self._children.values()):
            os.kill(child.pid, signal.SIGKILL)
            self._end(child)
        self._poll.close()

    def _start(self, job: int, work: Callable[[], bytes], *, encodes: bool) -> None:
        output = os.memfd_create("vitrail-picture", os.MFD_CLOEXEC)
        pid = os.fork()
        if pid == 0:
            _run(work, output)
        pidfd = os.pidfd_open(pid)
        self._children[pidfd] = _Child(job, encodes, pid, pidfd, output)
        self._poll.register(pidfd, select.EPOLLIN)

    def _end(self, child: _Child) -> int:
        """Reap it. Returns its wait status."""
        del self._children[child.pidfd]
        self._poll.unregister(child.pidfd)
        os.close(child.pidfd)
        os.close(child.output)
        return os.waitpid(child.pid, 0)[1]


def _run(work: Callable[[], bytes], output: int) -> NoReturn:
    """What the child does: nothing of the agent's but this job."""
    status = EXIT_FAILED
    try:
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        os.closerange(3, output)
        os.closerange(output + 1, os.sysconf("SC_OPEN_MAX"))
        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (MAX_CPU_S, MAX_CPU_S))
        resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_RESULT_BYTES, MAX_RESULT_BYTES))
        result = memoryview(work())
        while result:
            result = result[os.write(output, result) :]
        status = EXIT_DONE
    except ModuleNotFoundError:
        status = EXIT_NO_PILLOW
    finally:
        os._exit(status)  # whatever else was raised: the status says that there is no result


def _result(child: _Child, code: int, output: int) -> Result:
    """Look at what a child left, and believe no more of it than its length bears out."""
    nothing = Result(child.job, child.encodes)
    if code != EXIT_DONE:
        LOG.debug("a picture's process ended with %d", code)
        return nothing
    length = os.fstat(output).st_size
    if child.encodes:
        return nothing._replace(file=os.pread(output, min(length, MAX_RESULT_BYTES), 0))
    if length < _SIZE.size:
        return nothing
    size: tuple[int, int] = _SIZE.unpack(os.pread(output, _SIZE.size, 0))
    width, height = size
    if length == _SIZE.size:
        return nothing._replace(image=size)
    offer = image_offer(width, height)
    if not offer.fits or length != _SIZE.size + offer.total_bytes:
        return nothing
    return nothing._replace(image=Image(width, height, os.pread(output, offer.total_bytes, _SIZE.size)))


# What runs in a child only


def _decoded(data: bytes, *, whole: bool) -> bytes:
    """The size of a picture, and its pixels if they are within the limits."""
    from PIL import Image as Pillow  # noqa: PLC0415 - an extra, and never in the agent itself

    Pillow.MAX_IMAGE_PIXELS = None  # the size is looked at here, before a pixel is decoded
    with Pillow.open(io.BytesIO(data), formats=FORMATS) as picture:
        width, height = picture.size
        size = _SIZE.pack(width, height)
        if not whole or not image_offer(width, height).fits:
            return size
        pixels: bytes = picture.convert("RGBA").tobytes()
        return size + pixels


def _png(image: Image) -> bytes:
    """Source: PNG specification 1.2: signature, IHDR (8 bits, colour and alpha), IDAT with unfiltered rows, IEND."""
    stride = BYTES_PER_PIXEL * image.width_px
    packer = zlib.compressobj(PNG_LEVEL)
    packed = [packer.compress(b"\0" + image.rgba[at : at + stride]) for at in range(0, len(image.rgba), stride)]
    packed.append(packer.flush())
    head = struct.pack(">IIBBBBB", image.width_px, image.height_px, 8, 6, 0, 0, 0)
    chunks = (_chunk(b"IHDR", head), _chunk(b"IDAT", b"".join(packed)), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(data, zlib.crc32(kind)))


def _bmp(image: Image) -> bytes:
    """Source: BITMAPFILEHEADER, BITMAPINFOHEADER; 32 bits a pixel, uncompressed, rows from bottom to top, no alpha."""
    stride = BYTES_PER_PIXEL * image.width_px
    swapped = bytearray(image.rgba)
    swapped[0::4], swapped[2::4] = image.rgba[2::4], image.rgba[0::4]
    rows = [swapped[at : at + stride] for at in range(len(swapped) - stride, -1, -stride)]
    info = struct.pack("<IiiHHIIiiII", 40, image.width_px, image.height_px, 1, 32, 0, len(swapped), 2835, 2835, 0, 0)
    head = struct.pack("<2sIHHI", b"BM", 14 + len(info) + len(swapped), 0, 0, 14 + len(info))
    return head + info + b"".join(rows)


_ENCODERS: Final[dict[str, Callable[[Image], bytes]]] = {"image/png": _png, "image/bmp": _bmp}
