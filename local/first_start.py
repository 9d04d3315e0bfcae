"""The first look: sample images are pushed and shown as their scans come in."""

import json
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from local.api import Api, ImageHealth
from local.images.push import push
from local.results_table import print_results
from local.samples.images import DISTRIBUTION, Sample, build_samples

_ADVISORY_SECONDS = 60.0
_SCAN_SECONDS = 120.0
_POLL_SECONDS = 0.3

type Supervise = Callable[[], None]


class FirstStart:
    """Loads the samples into one registry and one product, once for a data folder.

    ``supervise`` is called while waiting and may raise to end the wait.
    """

    def __init__(self, api: Api, login_server: str, console: Console, supervise: Supervise) -> None:
        self._api = api
        self._login_server = login_server
        self._console = console
        self._supervise = supervise

    def run(self, pushed: Path) -> None:
        """Push the samples, write the file ``pushed``, and show what the scans find.

        Raises ApiFailure or PushRefused; the samples are then tried again by the next start.
        """
        started = time.monotonic()
        self._console.print("First start: reading the advisories …")
        self._api.refresh_advisories()
        self._api.refresh_signals()  # else nobody would know for hours what is exploited
        # An image that is scanned before its advisories are there would be shown as not assessed at first.
        self._wait(lambda: self._api.knows_ecosystem(DISTRIBUTION), _ADVISORY_SECONDS)
        samples = build_samples()
        for sample in samples:
            push(f"http://{self._login_server}", sample.repository, sample.content, sample.tag)
        pushed.write_text(json.dumps([f"{sample.repository}:{sample.tag}" for sample in samples]))
        print_results(self._console, self._scanned(samples), time.monotonic() - started)

    def _scanned(self, samples: list[Sample]) -> list[ImageHealth]:
        wanted = {image.digest for sample in samples for image in sample.images}
        found: list[ImageHealth] = []
        with self._progress() as progress:
            bar = progress.add_task("Scanning the sample images", total=len(wanted))

            def all_finished() -> bool:
                found[:] = [image for image in self._api.images(self._login_server) if image.digest in wanted]
                finished = sum(image.finished for image in found)
                progress.update(bar, completed=finished)
                return finished == len(wanted)

            self._wait(all_finished, _SCAN_SECONDS)
        return found

    def _wait(self, done: Callable[[], bool], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not done() and time.monotonic() < deadline:
            self._supervise()
            time.sleep(_POLL_SECONDS)

    def _progress(self) -> Progress:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        return Progress(*columns, console=self._console, disable=not self._console.is_terminal)
