"""guid/core/focus.py: no window of a qube comes forward while the person is elsewhere."""

import pytest

from guid.core.focus import NEVER_USED, user_time_when_mapped


@pytest.mark.parametrize(
    ("elsewhere", "last_ms", "told"), [(True, None, 0), (True, 5000, 0), (False, 5000, 5000), (False, None, None)]
)
def test_user_time_is_zero_while_another_window_is_active(
    *, elsewhere: bool, last_ms: int | None, told: int | None
) -> None:
    assert NEVER_USED == 0, "what EWMH calls it"
    assert user_time_when_mapped(active_elsewhere=elsewhere, last_used_ms=last_ms) == told
