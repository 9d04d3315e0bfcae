"""What was found, in the formats of other tools."""

from shared.api import csv_tables, cyclonedx, sarif, spdx
from shared.api.openapi.interface import Answer, Operation
from shared.api.openapi.parameters import AS_OF, OF_IMAGES, SBOM_FORMAT

_ONE = "/api/images/{registry}/{digest}"
_FILE = {"Content-Disposition": "The name of the file."}
_ERRORS = {
    400: ("InvalidParameter", "A parameter cannot be used."),
    404: ("ImageNotFound", "No such image is known, or it was deleted."),
    409: ("NotScanned", "No scan has ended with an answer, or the image is unsupported."),
    410: ("ReportNotKept", "The report of that time is no longer kept."),
}

EXPORTS = (
    Operation(
        "get_sbom",
        "get",
        _ONE + "/sbom",
        "Give the packages of an image with their vulnerabilities, as CycloneDX 1.6 or SPDX 2.3.",
        {200: Answer("The document.", media_types=(cyclonedx.MEDIA_TYPE, spdx.MEDIA_TYPE), headers=_FILE, caveat=True)},
        (SBOM_FORMAT, AS_OF),
        errors=_ERRORS,
    ),
    Operation(
        "get_sarif",
        "get",
        _ONE + "/sarif",
        "Give the findings of an image as a SARIF 2.1.0 log.",
        {200: Answer("The log.", media_types=(sarif.MEDIA_TYPE,), headers=_FILE, caveat=True)},
        (AS_OF,),
        errors=_ERRORS,
    ),
    Operation(
        "get_findings_table",
        "get",
        _ONE + "/findings.csv",
        "Give the findings of an image as a table for spreadsheets, in which no cell is a formula.",
        {200: Answer("The table.", media_types=(csv_tables.MEDIA_TYPE,), headers=_FILE, caveat=True)},
        (AS_OF,),
        errors=_ERRORS,
    ),
    Operation(
        "get_images_table",
        "get",
        "/api/images.csv",
        "Give all images as a table for spreadsheets.",
        {200: Answer("The table.", media_types=(csv_tables.MEDIA_TYPE,), headers=_FILE, caveat=True)},
        (*OF_IMAGES, AS_OF),
        errors={400: _ERRORS[400]},
    ),
)
