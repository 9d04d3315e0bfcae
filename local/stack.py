"""Everything that runs on one machine: started in order, watched, and stopped so that nothing is left."""

import json
import logging
import time
from collections.abc import Callable, Mapping

from local.api import Api, ApiFailure
from local.azurite import azurite_command
from local.child import Child
from local.docker_registry import registry_command, registry_environment
from local.event_delivery import EventDelivery
from local.failures import StartFailure
from local.folders import DataFolder
from local.functions_host import host_command, host_settings, recorded_settings
from local.notification_listener import NotificationListener
from local.options import Options
from local.ports import LOOPBACK, accepts_connections, require_free
from local.pull_log import PullLog
from local.registry_relay import RegistryRelay
from local.registry_resource import RegistryResource
from local.restarts import RestartPolicy
from local.samples.feed import write_feed

_WEBHOOK = "runtime/webhooks/EventGrid?functionName=on_registry_event"
_START_SECONDS = 90.0
_POLL_SECONDS = 0.1
# The host lets running scans come to an end.
GRACE_SECONDS = {"host": 15.0, "registry": 5.0, "azurite": 10.0}
_LOG = logging.getLogger(__name__)


class Stack:
    """Azurite, the registry, its listener and the Functions host, all on the loopback address."""

    def __init__(
        self, options: Options, environment: Mapping[str, str], host: Callable[[int], list[str]] = host_command
    ) -> None:
        """Prepare a start with an environment; ``host`` gives the command that serves the product on a port."""
        self._options = options
        self._environment = environment
        self._host_command = host
        self._children: dict[str, Child] = {}
        self._listener: NotificationListener | None = None
        self._restarts = RestartPolicy()
        self.folder = DataFolder(options.folder)
        self.settings = host_settings(options, environment)
        self.registry = RegistryResource(options.subscription_id, f"{LOOPBACK}:{options.registry_port}")
        self.api = Api(f"http://{LOOPBACK}:{options.port}")

    @property
    def watches_local_registry(self) -> bool:
        """Say whether the product is set to look at the local registry."""
        registries = [entry.strip().rpartition("//")[2] for entry in self.settings["REGISTRIES"].split(",")]
        return self.registry.login_server in registries

    def start(self) -> None:
        """Start everything and return when the product answers.

        Raises PortInUse before anything is started, ChildDied with the last words of a program that ended, and
        StartFailure for what is not installed or does not come up. What was started must be stopped even then.
        """
        require_free(self._options.ports)
        self.folder.create()
        if self._options.samples:
            write_feed(self.folder.sample_advisories)
        self._start_azurite()
        self._start_registry()
        self._await_ports("azurite", *self._options.azurite_ports)
        self._await_ports("registry", self._options.registry_port)
        self.folder.installation.write_text(json.dumps(recorded_settings(self._options, self.settings)))
        self._start_child("host", self._host_command(self._options.port), self.settings)
        self._await("host", self.api.is_up)
        if self.watches_local_registry:
            self._reconcile()

    def _reconcile(self) -> None:
        """Look for what was pushed while the product was away: docker-registry keeps unsent notifications in memory."""
        try:
            self.api.reconcile()
        except ApiFailure as failure:
            _LOG.warning("what was pushed meanwhile is found by the next reconciliation only: %s", failure)

    def supervise(self) -> None:
        """Start a dead host again. Raises ChildDied if it died too often, or if Azurite or the registry died."""
        self._children["azurite"].require_alive()
        self._children["registry"].require_alive()
        host = self._children["host"]
        if host.exit_status is None:
            return
        pause = self._restarts.died()
        if pause is None:
            host.require_alive()
            return
        _LOG.warning("the host ended (status %d) and is started again: see %s", host.exit_status, host.log)
        time.sleep(pause)
        host.restart()

    def stop(self) -> None:
        """Stop everything: first what brings work in, last what keeps it."""
        self._stop_child("registry")
        if self._listener:
            self._listener.close()
            self._listener = None
        self._stop_child("host")
        self._stop_child("azurite")

    def kill(self) -> None:
        """End every program at once."""
        for child in self._children.values():
            child.kill()

    def _start_azurite(self) -> None:
        command = azurite_command(self.folder.azurite, self._options.azurite_ports)
        self._start_child("azurite", command, self._environment)

    def _start_registry(self) -> None:
        webhook = f"{self.api.base_url}/{_WEBHOOK}"
        delivery = EventDelivery(webhook, self.folder.undelivered_events)
        log = PullLog(self.settings["AzureWebJobsStorage"], self.registry)
        self._listener = NotificationListener(RegistryRelay(self.registry, delivery, log).receive)
        self._listener.start()
        command = registry_command(self.folder, self._options.registry_port, self._listener.url)
        self._start_child("registry", command, registry_environment(self._environment))

    def _start_child(self, name: str, command: list[str], environment: Mapping[str, str]) -> None:
        self._children[name] = Child(name, command, self.folder.logs / f"{name}.log", environment)

    def _stop_child(self, name: str) -> None:
        if child := self._children.get(name):
            child.stop(GRACE_SECONDS[name])

    def _await_ports(self, name: str, *ports: int) -> None:
        self._await(name, lambda: all(accepts_connections(port) for port in ports))

    def _await(self, name: str, ready: Callable[[], bool]) -> None:
        child = self._children[name]
        deadline = time.monotonic() + _START_SECONDS
        while not ready():
            child.require_alive()
            if time.monotonic() > deadline:
                raise StartFailure(f"{name} did not answer within {_START_SECONDS:.0f} s. {child.last_words()}")
            time.sleep(_POLL_SECONDS)
        # Another program may have answered on the port that the child could not have.
        child.require_alive()
