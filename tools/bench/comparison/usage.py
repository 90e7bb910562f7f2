"""What a process used, by the kernel's count for it alone.

Linux counts a process's memory from before its program began: it has had at least as much as whoever started it. So a
small process starts it here, and waits for it.
"""

import os
import select
import subprocess
import sys
from dataclasses import dataclass

# Its arguments: the descriptors of its answer and of a pipe that ends when both shall end, then the command.
LAUNCHER = """
import os, signal, sys, threading
answer, leash, command = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
os.set_inheritable(answer, False)
os.set_inheritable(leash, False)

def follow():
    os.read(leash, 1)
    os.killpg(0, signal.SIGKILL)

threading.Thread(target=follow, daemon=True).start()
try:
    # Python ignores these two, and a command would go on doing so.
    child = os.posix_spawnp(command[0], command, os.environ, setsigdef=[signal.SIGPIPE, signal.SIGXFSZ])
except OSError as error:
    os.write(answer, b"%d" % error.errno)
else:
    _, status, usage = os.wait4(child, 0)
    seconds = usage.ru_utime + usage.ru_stime
    os.write(answer, b"%d %r %d" % (os.waitstatus_to_exitcode(status), seconds, usage.ru_maxrss << 10))
"""


@dataclass
class Usage:
    """How a process ended (below zero: by that signal), and what it used."""

    status: int
    processor_seconds: float
    peak_bytes: int


class MeasuredProcess:
    """A command that runs, in a session of its own; the options are those of `subprocess.Popen`.

    It ends with the block that it is used in, or with the process that started it.
    """

    def __init__(self, command, **options):
        self._command = [str(word) for word in command]
        self._answer, answer = os.pipe()
        leash, self._leash = os.pipe()
        try:
            self._launcher = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", LAUNCHER, str(answer), str(leash), *self._command],
                pass_fds=[answer, leash], start_new_session=True, **options)
        except BaseException:
            os.close(self._answer)
            os.close(self._leash)
            raise
        finally:
            os.close(answer)
            os.close(leash)
        self.stdout, self.stderr = self._launcher.stdout, self._launcher.stderr

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()
        # Waits for the launcher, and closes the pipes.
        with self._launcher:
            os.close(self._answer)

    def kill(self):
        """Ends it, if it still runs."""
        if self._leash is not None:
            os.close(self._leash)
            self._leash = None

    def wait(self, timeout: float | None = None) -> Usage:
        """Waits for its end. Raises OSError where it could not be started, and TimeoutExpired, after killing it."""
        ready, _, _ = select.select([self._answer], [], [], timeout)
        if not ready:
            self.kill()
            raise subprocess.TimeoutExpired(self._command, timeout)
        words = os.read(self._answer, 200).split()
        if not words:
            return Usage(self._launcher.wait(), 0, 0)
        if len(words) == 1:
            number = int(words[0])
            raise OSError(number, os.strerror(number), self._command[0])
        return Usage(int(words[0]), float(words[1]), int(words[2]))
