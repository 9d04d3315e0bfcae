"""Images over HTTP: lists, one image, its findings and history, and recommendations."""

import azure.functions as func

from functions.answers import answer, answers
from functions.caveats import caveats
from functions.times import as_of
from shared.api import parameters
from shared.api.images import (
    findings_body,
    history_body,
    image_body,
    image_details_body,
    most_urgent_first,
    newest_first,
    verdict_body,
)
from shared.api.paging import PageRequest, page
from shared.api.recommendations import left_out_body, recommendation_body
from shared.bootstrap import app
from shared.domain.image_health import Health, worst_image_first
from shared.domain.recommendations import Position
from shared.domain.references import ImageId
from shared.services.query_images import ImagePosition

blueprint = func.Blueprint()
_ONE = "api/images/{registry}/{digest}"


@blueprint.function_name("list_images")
@blueprint.route(route="api/images", methods=["GET"])
@answers
def list_images(req: func.HttpRequest) -> func.HttpResponse:
    """List images with their health, worst first."""
    wanted = parameters.image_filter(req.params)
    asked = _page(req)
    known = caveats(req)
    after = asked.position(ImagePosition)
    listed = app().query_images.images_matching(wanted, as_of(req), after=after, most=asked.enough)
    found = page(listed, lambda one: worst_image_first(one.health), asked)
    return answer(
        {**found, "value": [image_body(one.health, known) for one in found["value"]]}, caveat=known.everywhere
    )


@blueprint.function_name("get_image")
@blueprint.route(route=_ONE, methods=["GET"])
@answers
def get_image(req: func.HttpRequest) -> func.HttpResponse:
    """Show one image."""
    at = as_of(req)
    found = app().query_images.one(_image(req), at)
    known = caveats(req)
    return answer(image_details_body(found, app().query_bases.one(found, at), known), caveat=known.everywhere)


@blueprint.function_name("list_findings")
@blueprint.route(route=_ONE + "/findings", methods=["GET"])
@answers
def list_findings(req: func.HttpRequest) -> func.HttpResponse:
    """List the findings of an image, worst first, disabled ones included."""
    asked = _page(req)
    about, at = _image(req), as_of(req)
    signals = app().signals.as_of(at)
    numbered = list(enumerate(most_urgent_first(app().query_images.findings(about, at), signals)))
    found = page(numbered, lambda item: (item[0],), asked)
    # A list without findings is good news only of a healthy image.
    known = caveats(req)
    told = verdict_body(app().query_images.one(about, at).health, known)
    value = findings_body([one for _, one in found["value"]], signals)
    return answer({**found, "value": value, "image": told}, caveat=known.everywhere)


@blueprint.function_name("list_history")
@blueprint.route(route=_ONE + "/history", methods=["GET"])
@answers
def list_history(req: func.HttpRequest) -> func.HttpResponse:
    """List the events of an image and of the rules that touched it, newest first, with what each changed and why."""
    found = page(app().query_history(_image(req), as_of(req)), newest_first, _page(req))
    return answer({**found, "value": history_body(found["value"])}, caveat=caveats(req).everywhere)


@blueprint.function_name("list_recommendations")
@blueprint.route(route="api/recommendations", methods=["GET"])
@answers
def list_recommendations(req: func.HttpRequest) -> func.HttpResponse:
    """List what to do, the worst and most exploited first; healthy images need nothing."""
    asked, wanted = _page(req), parameters.image_filter({**req.params, "health": Health.UNHEALTHY})
    listed = app().query_recommendations(as_of(req), wanted, after=asked.position(Position), most=asked.enough)
    found = page(listed, lambda one: one.position, asked)
    value = [recommendation_body(one) for one in found["value"]]
    left_out = left_out_body(app().query_recommendations.left_out(as_of(req), wanted))
    return answer({**found, "value": value, **left_out}, caveat=caveats(req).everywhere)


def _image(req: func.HttpRequest) -> ImageId:
    return parameters.image_id(req.route_params["registry"], req.route_params["digest"])


def _page(req: func.HttpRequest) -> PageRequest:
    return PageRequest.parse(req.params.get("top"), req.params.get("skipToken"), req.url)
