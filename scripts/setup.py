"""Installs what Vitrail needs into the system and `.venv`; knows nothing of the code, and runs on Python 3.8 or later.

`setup.py runtime demo test vm dist` brings the groups of scripts/packages.txt that it is given; with `test` the tools
of the developer come too. What is there already is left alone: a run with nothing to do takes a fraction of a second.
YES=1, or standard input that is no terminal, answers its one question. PYTHON=… names the interpreter for `.venv`.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
GROUPS = ("runtime", "demo", "test", "vm", "dist", "apps")
DEFAULT_GROUPS = ("runtime", "demo", "test", "vm", "dist")
BUILD_LOCK, USER_LOCK, DEV_LOCK = "requirements-build.lock", "requirements.lock", "requirements-dev.lock"
FITS = (
    "import ensurepip, pathlib, sys, sysconfig, venv\n"
    "header = pathlib.Path(sysconfig.get_path('include')) / 'Python.h'\n"
    "sys.exit(sys.version_info < (3, 11) or not header.exists())\n"
)


class SetupError(Exception):
    """Something the person has to mend; the text says how."""


class Package(NamedTuple):
    """One line of packages.txt."""

    group: str
    name: str
    reason: str


def say(text: str) -> None:
    print(f"setup: {text}", flush=True)


def wanted_packages(groups: list[str]) -> list[Package]:
    lines = (ROOT / "scripts" / "packages.txt").read_text().splitlines()
    rows = [Package(*line.split(None, 2)) for line in lines if line.strip() and not line.startswith("#")]
    return [row for row in rows if row.group in groups]


def missing_packages(packages: list[Package]) -> list[Package]:
    """Those that dpkg does not have installed."""
    asked = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *(package.name for package in packages)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=False,
    )
    installed = {line.split()[0] for line in asked.stdout.splitlines() if line.endswith(" installed")}
    return [package for package in packages if package.name not in installed]


def agreed() -> bool:
    if os.environ.get("YES") == "1" or not sys.stdin.isatty():
        return True
    return input("setup: install them? [Y/n] ").strip().lower() in ("", "y", "yes")


def install_packages(packages: list[Package]) -> None:
    if not packages:
        return
    if shutil.which("dpkg-query") is None or shutil.which("apt-get") is None:
        say("this is no Debian system; going on, in the hope that the equivalents of these are there:")
        print(f"  {' '.join(package.name for package in packages)}")
        return
    missing = missing_packages(packages)
    if not missing:
        return
    say("these Debian packages are missing:")
    for package in missing:
        print(f"  {package.name:26} {package.reason}")
    as_root = [] if os.geteuid() == 0 else ["sudo"]
    names = [package.name for package in missing]
    if as_root and shutil.which("sudo") is None:
        raise SetupError(f"neither root nor sudo; as root, run: apt-get install {' '.join(names)}")
    if not agreed():
        raise SetupError("nothing was installed")
    apt = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y"]
    run_step("apt-get update", [*apt, "update"])
    run_step(f"apt-get install {' '.join(names)}", [*apt, "install", "--no-install-recommends", *names])


def run_step(title: str, argv: list[str], extra_env: dict[str, str] | None = None) -> None:
    """Run one command to its end with its output kept back, and shown only if it fails."""
    say(f"{title} …")
    began = time.monotonic()
    done = subprocess.run(
        argv,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env={**os.environ, **(extra_env or {})},
        cwd=ROOT,
        check=False,
    )
    if done.returncode != 0:
        print(done.stdout)
        raise SetupError(f"{title} failed, see above (exit status {done.returncode})")
    say(f"{title}: done in {time.monotonic() - began:.0f} s")


def find_python() -> str:
    """A Python of at least 3.11 that can make virtual environments and compile extensions.

    PYTHON wins; then the system's own, which the qubes run too and which Debian's headers fit; then what PATH has.
    """
    chosen = os.environ.get("PYTHON")
    named = [chosen] if chosen else ["/usr/bin/python3", "python3", "python3.13", "python3.12", "python3.11"]
    for name in named:
        path = shutil.which(name)
        if path and subprocess.run([path, "-c", FITS], stderr=subprocess.DEVNULL, check=False).returncode == 0:
            return path
    raise SetupError(
        f"no Python 3.11 or later with venv and headers among {', '.join(named)}; "
        "install python3-venv and python3-dev, or name another with PYTHON=/path/to/python3"
    )


def fingerprint(lock: str) -> str:
    """Changes with what an environment is made from, and with where it lies (its scripts name its own path)."""
    digest = hashlib.sha256(str(ROOT).encode())
    for name in (BUILD_LOCK, lock, "pyproject.toml"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def is_current(lock: str) -> bool:
    """Whether `.venv` was last brought to what `lock` says now."""
    stamp = VENV / f"{lock}.stamp"
    return (VENV / "bin" / "python").exists() and stamp.exists() and stamp.read_text() == fingerprint(lock)


def lock_for(groups: Iterable[str]) -> str:
    """What these groups need in `.venv`. A demo counts the pixels of frames, as tests do."""
    return DEV_LOCK if {"demo", "test"} & set(groups) else USER_LOCK


def install_environment(lock: str) -> None:
    """Bring `.venv` to what `lock` says, and link this tree into it. The developer's lock holds the user's."""
    if is_current(lock) or is_current(DEV_LOCK):
        return
    python = VENV / "bin" / "python"
    if not python.exists():
        base = find_python()
        say(f"making .venv with {base}")
        run_step("python -m venv .venv", [base, "-m", "venv", "--clear", str(VENV)])
    path = {"PATH": f"{VENV / 'bin'}:{os.environ.get('PATH', '/usr/bin:/bin')}", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    pip = [str(python), "-m", "pip", "install", "--quiet", "--no-build-isolation"]
    for name in (BUILD_LOCK, lock):
        run_step(f"pip install -r {name}", [*pip, "--require-hashes", "-r", name], path)
    run_step("pip install -e . (this tree)", [*pip, "--no-deps", "-e", "."], path)
    (VENV / f"{lock}.stamp").write_text(fingerprint(lock))


def main(argv: list[str]) -> int:
    groups = argv or list(DEFAULT_GROUPS)
    unknown = set(groups) - set(GROUPS)
    if unknown:
        print(f"setup: unknown group {', '.join(sorted(unknown))}; there are {', '.join(GROUPS)}", file=sys.stderr)
        return 2
    tree = os.open(ROOT, os.O_RDONLY)
    fcntl.flock(tree, fcntl.LOCK_EX)  # two runs at once would install over each other
    try:
        install_packages(wanted_packages(groups))
        install_environment(lock_for(groups))
    except SetupError as error:
        print(f"setup: {error}", file=sys.stderr)
        return 1
    finally:
        os.close(tree)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
