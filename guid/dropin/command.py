"""`vitrail-guid` from its command line to its exit code; must not know what a window is.

Exit codes: 0 when the agent is connected (or an earlier daemon serves it), 1 when that failed. In the foreground those
of `vitrail daemon` besides: ExitCode.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence

from guid.dropin.arguments import BadUsage, Request, request_of, usage
from guid.dropin.background import WITHOUT_WAIT_S, FirstWord, LogError, fork_background, log_to
from guid.dropin.decided import BadStart, report, rgb_of, start_of, told
from guid.dropin.runfiles import Booting, RunFileError, Running
from guid.paths import PathsError
from protocol.limits import VERSION_MAJOR, VERSION_MINOR

PROGRAM = "vitrail-guid"
FAILED = 1

log = logging.getLogger(__name__)


def main(words: Sequence[str] | None = None) -> int:
    """Run `vitrail-guid`; returns the exit code."""
    given = sys.argv[1:] if words is None else words
    try:
        return _act(request_of(given))
    except BadUsage as error:
        print(f"{PROGRAM}: {error}\n\n{usage(PROGRAM)}", file=sys.stderr)
    except (BadStart, RunFileError, LogError, PathsError) as error:
        print(f"{PROGRAM}: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        pass
    return FAILED


def _act(request: Request) -> int:
    if request.help:
        print(usage(PROGRAM))
        return 0
    if request.version:
        print(f"Qubes GUI Daemon protocol version: {VERSION_MAJOR}.{VERSION_MINOR}")
        return 0
    if request.check_config:
        lines, faults = report(request)
        print("\n".join(lines))
        for fault in faults:
            print(f"{PROGRAM}: {fault}", file=sys.stderr)
        return FAILED if faults else 0
    if request.domain is None or request.name is None:
        raise BadUsage("-d and -N are needed")
    if (request.vchan_socket is None) != (request.pool_fd is None):
        raise BadUsage("--vchan-socket and --pool-fd go together")
    return _start(request, request.domain)


def _start(request: Request, domain: int) -> int:
    from guid.dropin.serving import LEVELS, label_of, serve  # noqa: PLC0415 - not to say how it is used

    start = start_of(request)
    lines = told(start.path, start.decided.faults)
    if lines:
        raise BadStart("\n".join(lines))
    logging.basicConfig(
        level=LEVELS[start.log_level(request)], format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr
    )
    for line in told(start.path, start.decided.remarks):
        log.warning("%s", line)
    label = label_of(rgb_of(request.color), request.label)
    wait_s = max(float(start.startup_s(request)), 0.0)
    booting = Booting(request.folder, domain, patience_s=max(wait_s, WITHOUT_WAIT_S))
    running = Running(request.folder, domain)
    pid = running.pid()
    if pid is not None:
        booting.over()
        log.info("%s: the daemon %d serves domain %d already", request.name, pid, domain)
        return 0

    def in_background(word: FirstWord) -> int:
        try:
            log_to(request.logs / f"guid.{request.name}.log")
            os.chdir(request.folder)
            return serve(request, start, label, booting=booting, running=running, connected=word.say)
        except (RunFileError, LogError, PathsError, OSError) as error:
            print(f"{PROGRAM}: {error}", file=sys.stderr, flush=True)
            return FAILED

    if request.foreground:
        os.chdir(request.folder)
        return serve(request, start, label, booting=booting, running=running, connected=_nobody_waits)
    heard = fork_background(in_background, wait_s or WITHOUT_WAIT_S)
    booting.leave()
    log_path = request.logs / f"guid.{request.name}.log"
    if heard or (heard is None and wait_s == 0):
        return 0
    reason = "the agent is not there yet; the daemon goes on waiting" if heard is None else "the daemon ended"
    print(f"{PROGRAM}: {request.name}: {reason}; its log is {log_path}", file=sys.stderr)
    return FAILED


def _nobody_waits() -> None:
    """In the foreground whoever started this sees it."""
