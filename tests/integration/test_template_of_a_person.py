"""An ordinary user builds a template anew, as `vitrail doctor` says, and a qube has its programs; root only."""

import json
import os

import pytest

from guid.core.template import Made
from tests.harness.hidden import ROOT_ONLY, Hidden, lacking
from tests.harness.templates import PACKAGE
from tests.harness.wait import wait_until

UID = 7777
NUMBER = f":{30_000 + os.getpid() % 9_000}"
PERSON = f"""
useradd --uid {UID} kim
sed -i /^kim:/d /etc/subuid /etc/subgid
test -n "$(apt-cache policy bubblewrap | grep -s http)" || apt-get update -qq
"""
"""Somebody who has no ids but their own yet."""
BROKEN = Made("bookworm", (PACKAGE,), "", "2026-11-22T11:49:06Z", "0.1", "mmdebstrap 1.3.5", 3 << 20)

pytestmark = [pytest.mark.desktop, pytest.mark.sandbox, pytest.mark.slow, pytest.mark.timeout(900), ROOT_ONLY]


@pytest.mark.mends("subordinate: usermod", "templates: vitrail template build --rebuild games")
def test_template_is_built_anew_by_an_ordinary_user_and_used() -> None:
    with Hidden(PERSON, files=True) as machine, machine.child(["Xvfb", NUMBER], machine.folder / "Xvfb.log"):
        template = machine.folder / "data" / "vitrail" / "templates" / "games"
        (template / "root").mkdir(parents=True)
        (template / "template.json").write_text(BROKEN.text())
        for path in (machine.folder, machine.folder / "run", *(machine.folder / "data").rglob("*")):
            os.chown(path, UID, UID)
        os.chown(machine.folder / "data", UID, UID)
        person = machine.environment(DISPLAY=NUMBER)
        found = lacking(machine.doctor("extras", uid=UID))
        machine.shell(str(found["subordinate"]))
        assert "--rebuild games" in str(found["templates"])
        said = machine.shell(str(found["templates"]), person, uid=UID)
        assert "built template games (bookworm, " in said
        assert not {"templates", "subordinate"} & lacking(machine.doctor("extras", uid=UID)).keys()
        owners = {path.lstat().st_uid for path in (template / "root").rglob("*")}
        assert owners == {UID}, "nothing of it belongs to one of the person's other ids"

        machine.shell("vitrail create play --label green --template games", person, uid=UID)
        machine.shell(f"vitrail run --qube play -- {PACKAGE}", person, uid=UID)
        try:

            def shown() -> bool:
                (qube,) = json.loads(machine.shell("vitrail ls --json", person, uid=UID))["qubes"]
                return any(window["mapped"] and "mineur" in window["title"] for window in qube["windows"])

            wait_until(shown, 60, "the window of a program that only the template has")
            assert machine.shell("vitrail doctor --oracle", person, uid=UID).startswith(
                "every frame is right: 1 window"
            )
        finally:
            machine.shell("vitrail stop play", person, uid=UID)
