"""Reads the files that say what may be pasted where, at each paste anew; must not know what is pasted.

In the order in which their rules count: clipboard.toml, then policy.d/*.policy in the current form of Qubes OS, then
qubes-rpc/policy/qubes.ClipboardPaste in its older form; all under the settings' folder. None of them there: everything
is allowed. One of them not understood: everything is denied, and the verdict says which file and why.
The files of Qubes OS itself lie in other places besides, and where there are none nothing is allowed.
"""

from __future__ import annotations

import os
import re
import stat
import tomllib
from pathlib import Path

from guid.clipboard import policy_qubes, policy_toml
from guid.clipboard.policy_qubes import Around
from guid.clipboard.policy_toml import BadPolicy
from guid.clipboard.verdict import Action, Rule, TraitsOf, UnknownTrait, Verdict, verdict

TOML_NAME = "clipboard.toml"
CURRENT_FOLDER = "policy.d"
CURRENT_SUFFIX = ".policy"
OLDER_NAME = f"qubes-rpc/policy/{policy_qubes.SERVICE}"
OF_THIS_BOOT = Path("/run/qubes") / CURRENT_FOLDER
"""Where Qubes OS has files in the current form besides. Source: qubes-core-qrexec 4.2, FilePolicy."""
MAX_FILE_BYTES = 1 << 20


class Policy:
    """What may be pasted, by the files under `folder`.

    traits_of: what patterns may ask about a qube by its name. of_qubes: `folder` stands for /etc/qubes. Then a file of
    `this_boot` takes the place of one of the same name, the rules of Qubes OS 4.0 lie in `folder`'s neighbour and count
    where !compat-4.0 says, and without any file nothing is allowed.
    closed: without any file nothing is allowed, whoever's they are.
    """

    def __init__(
        self,
        folder: Path,
        traits_of: TraitsOf,
        *,
        of_qubes: bool = False,
        closed: bool = False,
        this_boot: Path = OF_THIS_BOOT,
    ) -> None:
        self._folder = folder
        self._traits_of = traits_of
        self._of_qubes = of_qubes
        self._closed = closed
        self._this_boot = this_boot

    def decide(self, source: str, target: str) -> Verdict:
        """Say whether what was copied in `source` may be pasted into `target`. Never raises: a doubt is a refusal."""
        try:
            rules = self._rules()
            if rules is None and self._closed:
                return Verdict(
                    Action.DENY, why=f"the rules of dom0 are not here; write some: {self._folder / TOML_NAME}"
                )
            return verdict(rules, source, target, self._traits_of)
        except (BadPolicy, OSError) as error:
            return Verdict(Action.DENY, why=f"the clipboard's rules are not understood: {error}")
        except UnknownTrait as error:
            return Verdict(Action.DENY, why=f"the clipboard's rules cannot be kept: {error}")

    def files(self) -> list[Path]:
        """The files that count, of those that are there. Raises OSError."""
        some = (self._folder / TOML_NAME, *self._current_files(), self._folder / OLDER_NAME)
        return [path for path in some if path.exists()]

    def faults(self) -> list[tuple[Path, int, str]]:
        """The files that are not understood, each with a line and why. Line 1 if it is not known."""
        found = []
        for path in self.files():
            try:
                self._rules_of(path)
            except (BadPolicy, OSError) as error:
                line, said = _line(str(error), path), str(error).removeprefix(f"{path.name}, ")
                found.append((path, line, f"{path}: line {line}: {said}"))
        return found

    def _rules_of(self, path: Path) -> None:
        text = _text(path) or ""
        if path.name == TOML_NAME:
            policy_toml.rules(_parsed(text))
        elif path.suffix == CURRENT_SUFFIX:
            self._current(path, text)
        else:
            policy_qubes.older_rules(text)

    def _rules(self) -> list[Rule] | None:
        """All rules in their order; None if nothing is written. Raises BadPolicy, OSError."""
        own = _text(self._folder / TOML_NAME)
        current = self._current_files()
        older = _text(self._folder / OLDER_NAME)
        if own is None and older is None and not current and not self._of_qubes:
            return None
        found: list[Rule] = []
        if own is not None:
            found += _named(TOML_NAME, policy_toml.rules(_parsed(own)))
        for path in current:
            text = _text(path)
            if text is not None:
                found += self._current(path, text)
        if older is not None:
            found += _named(OLDER_NAME, policy_qubes.older_rules(older))
        return found

    def _current(self, path: Path, text: str) -> list[Rule]:
        def include(name: str) -> str:
            included = _text(path.parent / name)
            if included is None:
                raise BadPolicy(f"{name} is included and is not there")
            return included

        def include_all(name: str) -> list[str]:
            return [str(each) for each in self._policy_files(path.parent / name)]

        try:
            return _named(path.name, policy_qubes.rules(text, Around(include, include_all, self._compat)))
        except BadPolicy as error:
            raise BadPolicy(f"{path.name}, {error}") from error

    def _compat(self) -> list[Rule]:
        """What !compat-4.0 stands for; the person's own files of the older form count anyway."""
        path = self._folder.parent / OLDER_NAME
        text = _text(path) if self._of_qubes else None
        return policy_qubes.older_rules(text, name=str(path)) if text is not None else []

    def _current_files(self) -> list[Path]:
        folders = [self._folder / CURRENT_FOLDER, *([self._this_boot] if self._of_qubes else [])]
        by_name = {path.name: path for folder in folders for path in self._policy_files(folder)}
        return [by_name[name] for name in sorted(by_name)]

    @staticmethod
    def _policy_files(folder: Path) -> list[Path]:
        """By name, as Qubes OS orders them; hidden ones are none."""
        if not folder.is_dir():
            return []
        return sorted(each for each in folder.iterdir() if each.suffix == CURRENT_SUFFIX and each.name[0] != ".")


def _named(file: str, rules: list[Rule]) -> list[Rule]:
    """The same rules, saying which file they are from."""
    return [rule._replace(verdict=rule.verdict._replace(why=f"{file}, {rule.verdict.why}")) for rule in rules]


def _line(said: str, path: Path) -> int:
    """The line that an error names, or the one where the rule begins that it names; else 1."""
    found = re.search(r"\b(line|rule) (\d+)", said)
    if found is None:
        return 1
    number = int(found[2])
    if found[1] == "line":
        return number
    heads = [at for at, line in enumerate((_text(path) or "").splitlines(), 1) if line.strip().startswith("[[rule")]
    return heads[number - 1] if number <= len(heads) else 1


def _parsed(text: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadPolicy(f"{TOML_NAME}: {error}") from error


def _text(path: Path) -> str | None:
    """A file's text, None if there is none. Raises BadPolicy, OSError."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    with os.fdopen(fd, "rb") as file:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise BadPolicy(f"{path} is no file")
        raw = file.read(MAX_FILE_BYTES + 1)
    if len(raw) > MAX_FILE_BYTES:
        raise BadPolicy(f"{path} is longer than {MAX_FILE_BYTES >> 20} MiB")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadPolicy(f"{path}: {error}") from error
