"""Which proxy the usual variables ask for."""

from __future__ import annotations

import pytest
from yarl import URL

from service.upstream.transport import proxy_for

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://api.piste.gouv.fr/cpro", "http://proxy.example:3128"),
        ("http://api.piste.gouv.fr/cpro", None),
        ("https://inside.example/cpro", None),
    ],
)
def test_should_follow_the_usual_variables(monkeypatch: pytest.MonkeyPatch, url: str, expected: str | None) -> None:
    """By scheme, and not for hosts that are excepted."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "HTTPS_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    monkeypatch.setenv("no_proxy", "inside.example")

    assert proxy_for(URL(url)) == expected
