"""What was found, in the formats of other tools: CycloneDX, SPDX, SARIF and CSV. Files to keep, each whole."""

import azure.functions as func
import msgspec

from functions.answers import answers, attachment
from functions.caveats import caveats
from functions.times import as_of
from shared.api import csv_tables, parameters
from shared.bootstrap import app
from shared.domain.references import ImageId
from shared.services.query_scan_result import ScanResult

blueprint = func.Blueprint()
_ONE = "api/images/{registry}/{digest}"


@blueprint.function_name("get_sbom")
@blueprint.route(route=_ONE + "/sbom", methods=["GET"])
@answers
def get_sbom(req: func.HttpRequest) -> func.HttpResponse:
    """Give the packages of an image with their vulnerabilities, as ``format=cyclonedx`` or ``spdx``."""
    from shared.api import cyclonedx, spdx

    formats = {
        "cyclonedx": (cyclonedx.cyclonedx_document, cyclonedx.MEDIA_TYPE, "cdx.json"),
        "spdx": (spdx.spdx_document, spdx.MEDIA_TYPE, "spdx.json"),
    }
    asked = req.params.get("format") or "cyclonedx"
    make, media_type, suffix = parameters.chosen("format", asked, formats)
    result = _result(req)
    return attachment(msgspec.json.encode(make(result)), media_type, _name(req, suffix), caveat=result.caveat)


@blueprint.function_name("get_sarif")
@blueprint.route(route=_ONE + "/sarif", methods=["GET"])
@answers
def get_sarif(req: func.HttpRequest) -> func.HttpResponse:
    """Give the findings of an image as a SARIF log."""
    from shared.api import sarif

    result = _result(req)
    log = msgspec.json.encode(sarif.sarif_log(result))
    return attachment(log, sarif.MEDIA_TYPE, _name(req, "sarif"), caveat=result.caveat)


@blueprint.function_name("get_findings_table")
@blueprint.route(route=_ONE + "/findings.csv", methods=["GET"])
@answers
def get_findings_table(req: func.HttpRequest) -> func.HttpResponse:
    """Give the findings of an image as a table for spreadsheets."""
    result = _result(req)
    table = csv_tables.findings_table(result.image, result.judged, result.signals)
    return attachment(table, csv_tables.MEDIA_TYPE, _name(req, "csv"), caveat=result.caveat)


@blueprint.function_name("get_images_table")
@blueprint.route(route="api/images.csv", methods=["GET"])
@answers
def get_images_table(req: func.HttpRequest) -> func.HttpResponse:
    """Give all images, narrowed as in the list of images, as a table for spreadsheets."""
    found = app().query_images.images_matching(parameters.image_filter(req.params), as_of(req))
    known = caveats(req)
    table = csv_tables.images_table((one.health for one in found), known)
    return attachment(table, csv_tables.MEDIA_TYPE, "images.csv", caveat=known.everywhere)


def _result(req: func.HttpRequest) -> ScanResult:
    return app().query_scan_result(_image(req), as_of(req))


def _image(req: func.HttpRequest) -> ImageId:
    return parameters.image_id(req.route_params["registry"], req.route_params["digest"])


def _name(req: func.HttpRequest, suffix: str) -> str:
    return f"{_image(req).digest.replace(':', '-')}.{suffix}"
