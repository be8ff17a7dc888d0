"""`vitrail doctor`: looks at everything that is needed, and tells what lacks; must not know what is needed."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final

from guid.core.needs.examination import NEEDS, Judged, State, all_packages, examine, is_well
from guid.core.needs.mending import PROPOSED, Install
from guid.core.needs.need import Group, Weight
from guid.core.needs.seen import Display, Extras, Kernel, Seen, Supervisor
from guid.looks.extras import look_at_extras
from guid.looks.kernel import look_at_kernel
from guid.looks.person import look_at_person
from guid.looks.places import look_at_places
from guid.looks.programs import look_at_programs
from guid.looks.supervisor import look_at_supervisor
from guid.x11.fitness import look_at_display

INDENT: Final = " " * 8


def check_up(groups: Collection[Group] = tuple(Group), *, as_json: bool) -> int:
    """Look, and print what was found of some groups; returns 0 if nothing lacks that is needed, else 1."""
    seen = look(groups)
    judged = examine(seen, [need for need in NEEDS if need.group in groups])
    if as_json:
        print(json.dumps(_as_json(judged, seen), indent=2))
    else:
        for line in _lines(judged, seen):
            print(line)
    return 0 if is_well(judged) else 1


def look(groups: Collection[Group]) -> Seen:
    """Everything that the needs of some groups are judged by, now."""
    person = look_at_person()
    packages = {name for need in NEEDS if isinstance(need.mends, Install) for name in need.mends.names}
    return Seen(
        person=person,
        programs=look_at_programs(person, sorted(packages.union(PROPOSED))),
        kernel=look_at_kernel() if Group.SANDBOX in groups else Kernel(),
        display=look_at_display(os.environ.get("DISPLAY", ""), os.environ.get("WAYLAND_DISPLAY", ""))
        if Group.DESKTOP in groups
        else Display(),
        places=look_at_places(person),
        supervisor=look_at_supervisor() if {Group.FILES, Group.DESKTOP}.intersection(groups) else Supervisor(""),
        extras=look_at_extras(person) if Group.EXTRAS in groups else Extras(),
    )


def _lines(judged: Sequence[Judged], seen: Seen) -> Iterator[str]:
    for group in Group:
        its = [each for each in judged if each.need.group is group]
        if its:
            yield f"{group.value}:"
        for each in its:
            yield from _need_lines(each)
        unknown = [each.need.name for each in its if each.state is State.UNKNOWN]
        if unknown:
            yield f"  ?     cannot be told before the rest is mended: {', '.join(unknown)}"
    lacking = [each for each in judged if each.findings and each.need.weight is Weight.NEEDED]
    packages = all_packages(judged, seen)
    if packages:
        yield f"all packages at once: {packages}"
    notes = sum(len(each.findings) for each in judged)
    if not notes:
        yield "all is well"
    elif not lacking:
        yield f"nothing lacks that is needed; {notes} {'note' if notes == 1 else 'notes'} above"
    else:
        yield f"qubes cannot be used until this is mended: {', '.join(each.need.name for each in lacking)}"


def _need_lines(judged: Judged) -> Iterator[str]:
    need = judged.need
    if judged.state is State.GOOD:
        yield f"  ok    {need.looks}" + (f": {judged.remark}" if judged.remark else "")
    for finding in judged.findings:
        yield f"  {'NO' if need.weight is Weight.NEEDED else 'note':6}{need.name}: {finding.words}"
        yield f"{INDENT}so: {need.without}"
        if finding.mend:
            yield f"{INDENT}to mend: {finding.mend}"


def _as_json(judged: Sequence[Judged], seen: Seen) -> dict[str, Any]:
    return {
        "version": 1,
        "well": is_well(judged),
        "needs": [
            {
                "name": each.need.name,
                "group": each.need.group.name.lower(),
                "needed": each.need.weight is Weight.NEEDED,
                "state": each.state.value,
                "remark": each.remark,
                "findings": [
                    {"words": finding.words, "so": each.need.without, "mend": finding.mend or None}
                    for finding in each.findings
                ],
            }
            for each in judged
        ],
        "packages": all_packages(judged, seen) or None,
    }
