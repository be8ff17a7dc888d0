"""The person's options change while the agent is connected."""

from guid.core import effects as fx
from guid.core.options import DEFAULT_OPTIONS
from guid.core.values import RemoteId
from protocol.messages import MessageType
from tests.guid.core.talk import Talk


def test_change_options_sets_titles_anew_and_limits_the_next_copy() -> None:
    talk = Talk()
    talk.create(7, (0, 0, 9, 9))
    talk.say(MessageType.WMNAME, 7, "gr\u00fcn".encode())
    done = talk.session.change_options(DEFAULT_OPTIONS._replace(allow_utf8_titles=False, max_clipboard_size=100))
    assert done == [fx.SetTitle(RemoteId(7), "gr_n")]
    assert talk.session.clipboard.max_copy_bytes == 100
