"""A pytest plugin for tools/mutation.py, which ends at the first failure: tests with the mark `slow` run last."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.get_closest_marker("slow") is not None)
