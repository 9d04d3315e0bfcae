"""Findings over all images over HTTP: which images have a flaw or a package."""

import azure.functions as func

from functions.answers import answer, answers
from functions.times import as_of
from shared.api import parameters
from shared.api.findings import found_body, unreadable_body
from shared.api.paging import PageRequest, page
from shared.bootstrap import app
from shared.domain.finding_criteria import FindingCriteria
from shared.domain.references import parse_digest, parse_registry, parse_repository
from shared.domain.severity import Severity
from shared.services.query_findings import FindingPosition

blueprint = func.Blueprint()


@blueprint.function_name("find_findings")
@blueprint.route(route="api/findings", methods=["GET"])
@answers
def find_findings(req: func.HttpRequest) -> func.HttpResponse:
    """List findings over all images, worst first, each with its image."""
    asked = PageRequest.parse(req.params.get("top"), req.params.get("skipToken"), req.url)
    at = as_of(req)
    answered = app().query_findings(_criteria(req), at, after=asked.position(FindingPosition), most=asked.enough)
    found = page(answered.found, lambda one: one.position, asked)
    signals = app().signals.as_of(at)
    value = [found_body(one.image, one.judged, signals) for one in found["value"]]
    doubts = {"unanswered": answered.unanswered, **unreadable_body(answered.unreadable)}
    return answer({**found, "value": value, **doubts})


def _criteria(req: func.HttpRequest) -> FindingCriteria:
    given = req.params.get
    return FindingCriteria(
        registry=parameters.reference("registry", given("registry"), parse_registry),
        repository=parameters.reference("repository", given("repository"), parse_repository),
        digest=parameters.reference("digest", given("digest"), parse_digest),
        cve=parameters.words("cve", given("cve")),
        package=parameters.words("package", given("package")),
        version=parameters.words("version", given("version")),
        severity=parameters.one_of("severity", given("severity"), Severity, ", ".join(Severity)),
        disabled=parameters.flag("disabled", given("disabled")),
        fixable=parameters.flag("fixable", given("fixable")),
        exploited=parameters.flag("exploited", given("exploited")),
        epss_from=parameters.probability("epssFrom", given("epssFrom")),
    )
