"""docs/configuration.md says what the models say."""

from __future__ import annotations

import pytest

from tools.blocks import filled, table
from tools.configuration import PATH, written


def test_choices_and_variables_are_those_of_the_models() -> None:
    text = PATH.read_text()
    assert written(text) == text, "run `make docs`"


def test_only_what_is_marked_is_made_anew() -> None:
    text = "before\n<!-- made: one -->\nold\n<!-- end -->\nafter\n"
    assert filled(text, {"one": "\nnew\n"}) == "before\n<!-- made: one -->\nnew\n<!-- end -->\nafter\n"


def test_a_part_without_a_place_and_a_place_without_a_part_are_told() -> None:
    for text, blocks in (("plain", {"one": "x"}), ("<!-- made: two -->\n<!-- end -->", {})):
        with pytest.raises(ValueError, match="blocks"):
            filled(text, blocks)


def test_a_cell_may_hold_what_parts_cells() -> None:
    assert table(("a",), [("x | y",)]).splitlines()[-1] == "| x \\| y |"
