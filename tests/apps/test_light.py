"""The programs that are quickly there, tried as `make apps` tries all of them."""

from collections.abc import Iterator

import pytest

from tests.apps.case import App
from tests.apps.programs import APPS
from tests.apps.run import OK, desktop, tried
from tests.harness.session import Session

pytestmark = [pytest.mark.desktop, pytest.mark.sandbox, pytest.mark.timeout(300)]

LIGHT = [app for app in APPS if app.light]


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with desktop() as started:
        yield started


@pytest.mark.parametrize("app", LIGHT, ids=lambda app: app.slug)
def test_program_does_in_a_qube_what_it_does_at_home(session: Session, app: App) -> None:
    outcome = tried(session, app)
    assert outcome.status == OK, "\n".join(f"{name}: {error}" for name, error in outcome.errors.items())
