"""Fixtures of the functions' tests."""

import pytest

from tests.platform import Platform


@pytest.fixture
def platform() -> Platform:
    return Platform()
