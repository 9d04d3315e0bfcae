"""The entry point of the function app: registers the triggers, nothing else."""

import azure.functions as func

from functions import (
    advisories,
    billing,
    dashboard,
    exports,
    gate,
    images,
    openapi,
    projections,
    pulls,
    registry_events,
    retention,
    rules,
    scans,
    status,
)

app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)
for triggers in (
    registry_events,
    scans,
    projections,
    pulls,
    advisories,
    retention,
    images,
    exports,
    gate,
    rules,
    billing,
    status,
    openapi,
    dashboard,
):
    app.register_functions(triggers.blueprint)
