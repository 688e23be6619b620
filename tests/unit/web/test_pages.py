"""Headers, static files and the template environment that every page shares."""

import hashlib
import zlib

import pytest
from jinja2 import UndefinedError

from breather.web.pages import asset_url, assets, content_security_policy, environment, page_headers


def test_the_policy_allows_nothing_inline_and_nobody_else() -> None:
    assert content_security_policy() == (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def test_only_the_given_origins_may_frame_a_page() -> None:
    policy = content_security_policy(("https://exchange.example", "http://localhost:8001"))
    assert policy.endswith("; frame-ancestors https://exchange.example http://localhost:8001")


@pytest.mark.parametrize("origin", ["*", "exchange.example", "https://a.example; script-src *", "https://a b", ""])
def test_what_is_no_origin_is_refused_with_an_example(origin: str) -> None:
    with pytest.raises(ValueError, match="write it like https://"):
        content_security_policy((origin,))


def test_a_page_is_never_kept_and_never_tells_where_it_came_from() -> None:
    headers = page_headers(("https://exchange.example",))
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "https://exchange.example" in headers["Content-Security-Policy"]


def test_static_files_are_a_closed_list_addressed_by_their_content() -> None:
    css = assets()["alert.css"]
    assert css.media_type == "text/css; charset=utf-8"
    assert css.digest == hashlib.sha256(css.body).hexdigest()[:12]
    assert asset_url("alert.css") == f"/static/alert.css?v={css.digest}"
    assert {"alert.css", "alert.js", "breather-alert.js", "breather.svg"} <= set(assets())
    assert "../pages.py" not in assets()


def test_a_file_that_does_not_exist_fails_at_once() -> None:
    with pytest.raises(KeyError):
        asset_url("alert.sass")


def test_templates_escape_and_refuse_missing_names() -> None:
    assert environment().from_string("{{ word }}").render(word="<b>") == "&lt;b&gt;"
    with pytest.raises(UndefinedError):
        environment().from_string("{{ word }}").render()


def test_a_page_with_all_it_loads_stays_small() -> None:
    """The whole page, HTML included, is to stay below 35 KB compressed; its files take a third of that."""
    files = b"".join(assets()[name].body for name in ("alert.css", "alert.js", "breather.svg"))
    assert len(zlib.compress(files)) < 12_000
