"""Scans on demand."""

from shared.api.openapi.bodies import AcceptedScan
from shared.api.openapi.interface import Answer, Operation
from shared.api.openapi.parameters import SCAN_REQUEST_ID
from shared.api.scans import NewScan
from shared.services.query_scan import ScanStatus

SCANS = (
    Operation(
        "request_scan",
        "post",
        "/api/scans",
        "Request a scan of what a tag or digest names now.",
        {202: Answer("The scan was requested.", AcceptedScan, headers={"Location": "Where its status is."})},
        (SCAN_REQUEST_ID,),
        NewScan,
        {"registry": "contoso.azurecr.io", "repository": "team/app", "reference": "1.0"},
        {
            400: ("InvalidParameter", "The body or the request id cannot be used."),
            403: ("RegistryNotAllowed", "The registry is not watched."),
            404: ("ManifestMissing", "The registry has no such image."),
            409: ("RequestConflict", "The request id was used for something else."),
            422: ("ManifestInvalid", "What the registry gave is no image."),
            502: ("RegistryUnreachable", "The registry does not answer as it should."),
        },
    ),
    Operation(
        "get_scan",
        "get",
        "/api/scans/{registry}/{digest}/{scan_id}",
        "Show how far a scan is.",
        {200: Answer("The scan.", ScanStatus)},
        errors={
            400: ("InvalidParameter", "A parameter cannot be used."),
            404: ("ScanNotFound", "No such scan was requested."),
        },
    ),
)
