"""guiagent/core/outputs.py: monitors on the outputs that an X server has."""

from guiagent.core.effects import SetMonitors
from guiagent.core.outputs import plan
from guiagent.core.values import Geometry
from protocol.codec import encode
from protocol.messages import MessageType as T
from protocol.monitors import Area, Monitor, MonitorLayout, layout_fields, layout_tail
from tests.guiagent.core.world import World

LEFT, RIGHT = Monitor(0, 0, 1920, 1080, 508, 286), Monitor(1920, 0, 1080, 1000, 137, 127)
BOTH = MonitorLayout(3000, 1080, Area(0, 24, 3000, 1056), 1, (LEFT, RIGHT))


def test_each_monitor_has_an_output_where_there_are_enough() -> None:
    assert plan(BOTH, 16, sized=True) == ((LEFT, RIGHT), (), 1)
    assert plan(BOTH, 2, sized=True) == ((LEFT, RIGHT), (), 1)


def test_one_output_shows_all_and_its_parts_are_named() -> None:
    shown, named, primary = plan(BOTH, 1, sized=True)
    assert shown == (Monitor(0, 0, 3000, 1080, 380, 137),), "as dense as the primary one"
    assert (named, primary) == ((LEFT, RIGHT), 1)


def test_output_that_has_no_size_shows_all_and_the_monitor_in_it_is_named() -> None:
    alone = BOTH._replace(monitors=(LEFT,), primary=0)
    assert plan(alone, 1, sized=True) == ((LEFT,), (), 0)
    assert plan(alone, 1, sized=False).named == (LEFT,)


def order(world: World, layout: MonitorLayout) -> None:
    world.daemon(encode(T.MONITORS, 0, *layout_fields(layout), tail=layout_tail(layout)))


def test_monitors_of_the_daemon_are_the_qubes_and_so_is_the_work_area() -> None:
    world = World()
    order(world, BOTH)
    assert world.take_done() == [SetMonitors(BOTH)]
    assert world.qube.work_area == Geometry(*BOTH.work_area)
    assert world.qube.monitors == (Geometry(0, 0, 1920, 1080), Geometry(1920, 0, 1080, 1000))


def test_monitors_that_make_no_sense_are_passed_over() -> None:
    world = World()
    for changed in ({"monitors": ()}, {"primary": 2}, {"width": 0}, {"monitors": (LEFT, RIGHT._replace(x=1921))}):
        order(world, BOTH._replace(**changed))
    assert world.take_done() == []
    assert world.qube.work_area is None
