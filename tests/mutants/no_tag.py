"""The picture of the name tag is never drawn; its room stays plain."""

from guid.x11.tags import Tags
from tests.mutants.patch import replace


def mutate() -> None:
    replace(Tags, "draw", lambda _tags: None)
