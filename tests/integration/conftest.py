"""What tests of both sides together share; knows no one of them."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from guid.building import check_builder
from guid.templates import TemplateError
from tests.harness.templates import template_system


@pytest.fixture(scope="session", autouse=True)
def template_ahead(request: pytest.FixtureRequest) -> Iterator[Future[Path] | str]:
    """A template, built while other tests run, if any test will ask for it; else why there is none."""
    if not any("template" in getattr(item, "fixturenames", ()) for item in request.session.items):
        yield "no test wants one"
        return
    try:
        check_builder()
    except TemplateError as error:
        yield str(error)
        return
    with ThreadPoolExecutor(1) as worker:
        yield worker.submit(template_system)


@pytest.fixture(scope="session")
def template(template_ahead: Future[Path] | str) -> Path:
    """The system of a real template, which nobody changes."""
    if isinstance(template_ahead, str):
        pytest.skip(template_ahead)
    return template_ahead.result()
