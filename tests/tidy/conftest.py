"""Reports the size of code and tests at the end of a run."""

import pytest

from tests.tidy.source import size_of_code, size_of_tests


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    code, tests = size_of_code(), size_of_tests()
    terminalreporter.write_line(f"code {code:,} lines, tests {tests:,} lines: {tests / code:.2f} to 1")
