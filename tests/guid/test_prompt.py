"""guid/prompt.py where the person cannot be asked."""

import resource

import pytest

from colors.question import Named, Question
from guid.fork import NoProcess
from guid.prompt import start_prompt


def test_question_for_which_no_descriptor_is_left_is_refused_in_words() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    nobody = Named("work", "red", 0xCC0000)
    question = Question("Paste?", nobody, nobody, "text", ())
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        with pytest.raises(NoProcess, match="Too many open files"):
            start_prompt(question, ":0", 1.0)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
