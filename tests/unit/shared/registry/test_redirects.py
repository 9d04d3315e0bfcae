import pytest
from urllib3.util import parse_url

from shared.domain.failures import FailureReason, ScanFailure
from shared.registry.allowlist import Endpoint
from shared.registry.redirects import is_own_origin, redirected, without_credentials

SECURE = Endpoint("contoso.azurecr.io", "https", azure=True)
PLAIN = Endpoint("127.0.0.1:5055", "http", azure=False)
BLOB = parse_url("https://contoso.azurecr.io/v2/team/app/blobs/sha256:00")


@pytest.mark.parametrize(
    ("url", "endpoint", "own"),
    [
        ("https://contoso.azurecr.io/x", SECURE, True),
        ("https://contoso.azurecr.io:443/x", SECURE, True),
        ("https://CONTOSO.azurecr.io/x", SECURE, True),
        ("http://contoso.azurecr.io/x", SECURE, False),
        ("https://contoso.azurecr.io:444/x", SECURE, False),
        ("https://contoso.azurecr.io.evil.example/x", SECURE, False),
        ("https://contoso.azurecr.io@evil.example/x", SECURE, False),
        ("http://127.0.0.1:5055/x", PLAIN, True),
        ("http://127.0.0.1/x", PLAIN, False),
    ],
)
def test_the_own_origin_is_scheme_host_and_port(url: str, endpoint: Endpoint, own: bool) -> None:
    assert is_own_origin(parse_url(url), endpoint) is own


def test_a_redirect_may_be_absolute_or_relative() -> None:
    absolute = redirected(BLOB, "https://contoso.westeurope.data.azurecr.io/b?sig=1", SECURE)
    assert absolute.url == "https://contoso.westeurope.data.azurecr.io/b?sig=1"
    assert redirected(BLOB, "/elsewhere", SECURE).url == "https://contoso.azurecr.io/elsewhere"


def test_a_registry_without_tls_may_redirect_with_and_without() -> None:
    assert redirected(BLOB, "http://127.0.0.1:9000/b", PLAIN).scheme == "http"
    assert redirected(BLOB, "https://storage.example/b", PLAIN).scheme == "https"


@pytest.mark.parametrize(
    "location",
    [
        "http://storage.example/b?sig=secret",
        "file:///etc/passwd",
        "gopher://storage.example/",
        "https://user:secret@storage.example/b",
        "//storage.example:port/b",
        "https://[::1/b",
        "javascript:alert(1)",
    ],
)
def test_a_redirect_that_must_not_be_followed_is_refused_without_its_secret(location: str) -> None:
    with pytest.raises(ScanFailure, match="not followed") as failure:
        redirected(BLOB, location, SECURE)
    assert failure.value.reason is FailureReason.REGISTRY_NOT_ALLOWED
    assert "sig=secret" not in failure.value.message


def test_only_credentials_are_left_out() -> None:
    assert without_credentials({"authorization": "Bearer x", "Range": "bytes=5-"}) == {"Range": "bytes=5-"}
