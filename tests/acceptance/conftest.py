"""One headless Chromium for all acceptance tests of a run."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def chromium() -> str | None:
    """`BREATHER_TEST_CHROMIUM`, or the first Chromium on the path; None leaves it to Playwright."""
    found = os.environ.get("BREATHER_TEST_CHROMIUM")
    return found or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=list(QUIET))
        yield opened
        opened.close()
