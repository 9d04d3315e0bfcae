"""The entry point of the function app: registers the triggers, nothing else."""

import azure.functions as func

from functions import (
    advisories,
    arm,
    billing,
    dashboard,
    exports,
    exposure,
    findings,
    gate,
    images,
    notices,
    openapi,
    plan,
    projections,
    pulls,
    reconciliation,
    registry_events,
    resource_graph,
    retention,
    rules,
    scans,
    score,
    status,
    tags,
    trends,
    walks,
    what_if,
)
from shared.settings import signing_in

# Where users sign in, the roles of their tokens decide, and Azure's own clients know of no function key.
_KEY = func.AuthLevel.ANONYMOUS if signing_in() else func.AuthLevel.FUNCTION

app = func.FunctionApp(http_auth_level=_KEY)
for triggers in (
    registry_events,
    scans,
    projections,
    walks,
    pulls,
    reconciliation,
    advisories,
    retention,
    notices,
    images,
    exports,
    gate,
    tags,
    findings,
    trends,
    exposure,
    rules,
    plan,
    what_if,
    billing,
    score,
    arm,
    status,
    openapi,
    resource_graph,
    dashboard,
):
    app.register_functions(triggers.blueprint)
