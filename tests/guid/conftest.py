"""What all tests of the daemon's side need."""

from guid.clipboard import effects as clipboard_effects
from guid.clipboard import events
from guid.core import buscalls, effects, handover, scene, values
from tests.harness.strict import compare_by_kind

compare_by_kind(effects, handover, values, scene, buscalls, clipboard_effects, events)
