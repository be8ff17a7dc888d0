"""What commands ask of the supervisor, an operation each; must not know how qubes are kept running."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from colors.labels import DEFAULT, label_named
from guid import definitions, removal
from guid.core.aside import Aside
from guid.core.definition import Definition, Net, net
from guid.core.lastuse import LastUse
from guid.core.notices import Urgency
from guid.core.starting import lacking
from guid.core.tomltext import quoted
from guid.core.unshown import MANAGER
from guid.output import Output, last_lines
from guid.paths import config_dir, data_dir, qube_log
from guid.programs import Waiter
from guid.qube import Qube, QubeState
from guid.requests import Client, Commands, Operation, Refused
from guid.running import Running
from guid.settings import SettingsError, definition_of, labels

log = logging.getLogger(__name__)

WINDOWS_DEADLINE_S = 1.0
"""A daemon has this long to list its windows."""

NOTHING = ("true",)
"""What is run where only the qube is wanted."""


@dataclass(eq=False, slots=True)
class _Listing:
    """An `ls` that waits for daemons."""

    client: Client
    missing: set[str]
    deadline: float


class Operations:
    """Answers are given by `commands`, which is set once it is there.

    ourselves: what the supervisor says of itself. end: ends it, None where that is not a command's to ask for.
    show_panel: shows the attention panel, and says whether it can; watch: tells one more watcher; tell: shows a notice;
    set as `commands` is.
    """

    commands: Commands
    show_panel: Callable[[], bool]
    tell: Callable[[str, str, str, Urgency], None]
    watch: Callable[[Callable[[bytes], int]], None]

    def __init__(self, running: Running, ourselves: Mapping[str, Any], end: Callable[[], None] | None = None) -> None:
        self._running = running
        self._ourselves = dict(ourselves)
        self._end = end
        self._listings: list[_Listing] = []
        running.daemons.on_listed.append(self._listed)
        self.table = {
            "run": _in_our_folders(self._run),
            "dispose": _in_our_folders(self._dispose),
            "ls": self._list,
            "stop": self._stop,
            "aside": self._set_aside,
            "attention": self._attention,
            "relabel": _in_our_folders(self._relabel),
            "reread": _in_our_folders(self._reread),
            "rm": _in_our_folders(self._remove),
            "follow": self._follow,
            "log": self._log,
            "watch": self._watch,
            "unshown": self._unshown,
            "clipboard": self._clipboard,
            "retire": self._retire,
        }

    def tick(self, now: float) -> None:
        """Time has passed."""
        for listing in [listing for listing in self._listings if not listing.missing or now > listing.deadline]:
            self._listings.remove(listing)
            described = [qube.describe() for qube in self._running.by_name.values()]
            self.commands.finish(listing.client, {"qubes": described, "supervisor": self._ourselves})

    # Running

    def _run(self, client: Client, request: dict[str, Any]) -> None:
        name, label, engine = request["qube"], request["label"], request.get("engine")
        self._running.take_display(request["display"])
        qube = self._running.by_name.get(name)
        facts: dict[str, Any] = {"created_qube": False, "started_qube": False}
        if qube is None or qube.state in (QubeState.VIOLATED, QubeState.FAILED):
            definition, facts["created_qube"] = _defined(name, label, engine)
            qube = self._running.start(name, definition)
            facts |= {"started_qube": True, "warning": self._running.memory_warning(name, definition)}
        elif qube.state is QubeState.STOPPING:
            raise Refused(f"qube {name} is stopping; try again in a moment")
        elif qube.aside.paused:
            raise Refused(f"qube {name} is paused; let it go on first: vitrail resume {name}")
        else:
            lacking(name, Definition(qube.label, qube.engine), label, engine, known=())
            facts["warning"] = f"qube {name} is hidden: vitrail show {name}" if qube.aside.hidden else ""
        facts["label"] = qube.label.name

        printed = _printing(qube) if request["wait"] else dict

        def answer(message: dict[str, Any]) -> None:
            self.commands.finish(client, message | facts | printed())

        deadline = self._running.awake.now + qube.traits.start_timeout_s
        qube.tell_daemon({"summoned": True})
        qube.programs.run(request["argv"] or list(NOTHING), Waiter(answer, deadline, until_exit=request["wait"]))

    def _dispose(self, client: Client, request: dict[str, Any]) -> None:
        """Run a program in a qube that ends with it. until: "started", "exit", or "end": what is waited for."""
        self._running.take_display(request["display"])
        label, until = label_named(request["label"] or DEFAULT.name, labels()), request["until"]
        network = net(request.get("net") or Net.NONE.value)
        name, held = (request["qube"], None) if "qube" in request else removal.new_disposable()
        if name in self._running.by_name:
            raise Refused(f"qube {name} is running already")
        with removal.unless_started(name, held):
            definition = Definition(label, template=request.get("template"), net=network)
            qube = self._running.start(name, definition, disposable=True)
        last_use = qube.last_use or LastUse()
        printed = _printing(qube) if until == "exit" else dict
        facts = {"qube": name, "label": label.name, "started_qube": True}
        waiting = True

        def answer(message: dict[str, Any]) -> bool:
            nonlocal waiting
            sent = waiting and self.commands.finish(client, message | facts)
            waiting = False
            return sent

        def started() -> None:
            if until == "started":
                answer({"status": 0})

        def ended(message: dict[str, Any]) -> None:
            last_use.command_ended(self._running.awake.now)
            if "error" in message or until == "exit":
                answer(message | printed())

        if until == "end":
            qube.heir = lambda: answer({"ended": True})
        deadline = self._running.awake.now + qube.traits.start_timeout_s
        qube.programs.run(request["argv"], Waiter(ended, deadline, until_exit=True, started=started))

    def _stop(self, client: Client, request: dict[str, Any]) -> None:
        qube = self._known(request["qube"])
        if qube.ended():
            self._running.by_name.pop(qube.name)
            self.commands.finish(client, {"stopped": qube.name})
            return
        qube.on_end.append(lambda: self._say(client, {"stopped": qube.name}))
        qube.stop(self._running.awake.now)
        if request.get("now"):
            qube.kill()

    def _set_aside(self, client: Client, request: dict[str, Any]) -> None:
        """Hide, show, pause or resume. wanted: fields of Aside."""
        qube = self._known(request["qube"])
        wanted = {key: bool(value) for key, value in request["wanted"].items() if key in Aside._fields}
        self._running.set_aside(qube, qube.aside._replace(**wanted))
        if wanted.get("hidden") is False:
            qube.tell_daemon({"summoned": True})
        self.commands.finish(client, {"qube": qube.name, **qube.aside._asdict()})

    def _attention(self, client: Client, _request: dict[str, Any]) -> None:
        """Show the panel that says whose window has the focus."""
        if not self.show_panel():
            raise Refused("the panel cannot be shown: no qube is running, or there is no display")
        self.commands.finish(client, {"shown": True})

    def _say(self, client: Client, message: dict[str, Any]) -> None:
        self.commands.finish(client, message)

    # Looking

    def _list(self, client: Client, _request: dict[str, Any]) -> None:
        asked = {qube.name for qube in self._running.by_name.values() if qube.ask_windows()}
        self._listings.append(_Listing(client, asked, self._running.awake.now + WINDOWS_DEADLINE_S))

    def _listed(self, name: str) -> None:
        for listing in self._listings:
            listing.missing.discard(name)

    def _follow(self, client: Client, request: dict[str, Any]) -> None:
        """Say whenever a qube's log has grown, and when the qube has ended."""
        qube = self._known(request["qube"])
        say = self.commands.keep(client)
        if say({"grown": True}) and not qube.ended():
            qube.log.followers.append(say)
        else:
            say({"ended": True})

    def _log(self, client: Client, request: dict[str, Any]) -> None:
        """The end of a qube's log, as printable ASCII."""
        name = request["qube"]
        self.commands.finish(client, {"qube": name, "lines": last_lines(qube_log(name))})

    def _watch(self, client: Client, _request: dict[str, Any]) -> None:
        """Say what there is of all qubes, and whatever changes."""
        self.watch(self.commands.stream(client))

    def _unshown(self, client: Client, _request: dict[str, Any]) -> None:
        """The manager's window lacks its toolkit, and nobody reads what it prints."""
        self.tell(*MANAGER)
        self.commands.finish(client, {"told": True})

    def _clipboard(self, client: Client, request: dict[str, Any]) -> None:
        if request.get("do") == "watch":
            self._running.exchange.watchers.append(self.commands.keep(client))
        else:
            self.commands.finish(client, self._running.exchange.operation(request))

    def _retire(self, client: Client, _request: dict[str, Any]) -> None:
        """Make room for another version, if that costs nobody a qube."""
        free = self._end is not None and all(qube.ended() for qube in self._running.by_name.values())
        self.commands.finish(client, {"retired": free})
        if free and self._end is not None:
            self._end()

    # Definitions

    def _relabel(self, client: Client, request: dict[str, Any]) -> None:
        """Give a qube another label, at once."""
        name = request["qube"]
        label = label_named(str(request["label"]), labels())
        if definition_of(name) is None:
            raise Refused(f"there is no definition of qube {name}")
        definitions.change(name, {"label": quoted(label.name)})
        self._running.in_a_child(_keep_up)
        self._reread(client, request)

    def _reread(self, client: Client, request: dict[str, Any]) -> None:
        """A definition has changed: what can count at once does."""
        qube = self._running.by_name.get(request["qube"])
        if qube is not None and qube.last_use is None:
            self._running.reread(qube)
        self.commands.finish(client, {"running": qube is not None and not qube.ended()})

    def _remove(self, client: Client, request: dict[str, Any]) -> None:
        """Take a definition away, and set its home aside; whoever asks removes that."""
        name = request["qube"]
        qube = self._running.by_name.get(name)
        if qube is not None and not qube.ended():
            raise Refused(f"qube {name} is running; stop it first: vitrail stop {name} (or vitrail rm --force {name})")
        self.commands.finish(client, removal.take_away(name))
        self._running.by_name.pop(name, None)

    def _known(self, name: str) -> Qube:
        qube = self._running.by_name.get(name)
        if qube is None:
            known = ", ".join(self._running.by_name) or "none"
            raise Refused(f"no qube {name} is running (running: {known})")
        return qube


def _keep_up() -> None:
    """Bring the desktop's menu up to date, if the person keeps it."""
    from guid.menu import MenuError, keep_up  # noqa: PLC0415 - in a child, and seldom

    try:
        keep_up()
    except (MenuError, SettingsError) as error:
        log.warning("the menu is not up to date: %s", error)


def _in_our_folders(operation: Operation) -> Operation:
    """The operation, refused for a command whose qubes lie elsewhere: one of the same name is another qube."""

    def checked(client: Client, request: dict[str, Any]) -> None:
        ours = {"config": str(config_dir()), "data": str(data_dir())}
        theirs = request.get("folders", ours)
        for kind, variable in (("config", "XDG_CONFIG_HOME"), ("data", "XDG_DATA_HOME")):
            if theirs.get(kind) != ours[kind]:
                raise Refused(
                    f"the supervisor that runs keeps its qubes in {ours[kind]}, not in {theirs.get(kind)}: stop them"
                    f" first (vitrail stop --all), or set {variable}={ours[kind].removesuffix('/vitrail')}"
                )
        operation(client, request)

    return checked


def _printing(qube: Qube) -> Callable[[], dict[str, str]]:
    """What tells what is printed from now on, by a program that is to be run and by others of the qube."""
    qube.log.read_whole()
    output = Output(qube.log.path)

    def printed() -> dict[str, str]:
        qube.log.read_whole()
        return {"printed": output.text()}

    return printed


def _defined(name: str, label: str | None, engine: str | None) -> tuple[Definition, bool]:
    """What the qube is, and whether this command has made it."""
    found = definition_of(name)
    literals = lacking(name, found, label, engine, known=definitions.names())
    if literals:
        return definitions.change(name, literals), found is None
    return found or Definition(), False
