"""What all tests of the agent's side need."""

from guiagent.core import effects
from tests.harness.strict import compare_by_kind

compare_by_kind(effects)
