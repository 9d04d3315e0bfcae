"""What the accuracy tests share: packages from the registries, downloaded once and kept between runs."""

import pytest

from tests.support.real_images.downloads import Downloads


@pytest.fixture(scope="session")
def downloads(pytestconfig: pytest.Config) -> Downloads:
    return Downloads(pytestconfig.cache.mkdir("packages"))
