"""The entry point of the function app: registers the triggers, nothing else."""

import azure.functions as func

from functions import (
    advisories,
    arm,
    billing,
    dashboard,
    findings,
    images,
    projections,
    pulls,
    registry_events,
    resource_graph,
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
    findings,
    rules,
    billing,
    arm,
    status,
    resource_graph,
    dashboard,
):
    app.register_functions(triggers.blueprint)
