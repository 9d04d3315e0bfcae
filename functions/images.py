"""Images over HTTP: lists, one image, its findings and history, and recommendations."""

import azure.functions as func

from functions.answers import answer, answers
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
from shared.api.recommendations import recommendation_body
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
    notice = app().plan(as_of(req)).notice
    after = asked.position(ImagePosition)
    listed = app().query_images.images_matching(wanted, as_of(req), after=after, most=asked.enough)
    found = page(listed, lambda one: worst_image_first(one.health), asked)
    return answer({**found, "value": [image_body(one.health, notice) for one in found["value"]]})


@blueprint.function_name("get_image")
@blueprint.route(route=_ONE, methods=["GET"])
@answers
def get_image(req: func.HttpRequest) -> func.HttpResponse:
    """Show one image."""
    at = as_of(req)
    found = app().query_images.one(_image(req), at)
    return answer(image_details_body(found, app().query_bases.one(found, at), app().plan(at).notice))


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
    told = verdict_body(app().query_images.one(about, at).health, app().plan(at).notice)
    return answer({**found, "value": findings_body([one for _, one in found["value"]], signals), "image": told})


@blueprint.function_name("list_history")
@blueprint.route(route=_ONE + "/history", methods=["GET"])
@answers
def list_history(req: func.HttpRequest) -> func.HttpResponse:
    """List the events of an image and of the rules that touched it, newest first, with what each changed and why."""
    found = page(app().query_history(_image(req), as_of(req)), newest_first, _page(req))
    return answer({**found, "value": history_body(found["value"])})


@blueprint.function_name("list_recommendations")
@blueprint.route(route="api/recommendations", methods=["GET"])
@answers
def list_recommendations(req: func.HttpRequest) -> func.HttpResponse:
    """List what to do, the worst and most exploited first; healthy images need nothing."""
    asked, wanted = _page(req), parameters.image_filter({**req.params, "health": Health.UNHEALTHY})
    listed = app().query_recommendations(as_of(req), wanted, after=asked.position(Position), most=asked.enough)
    found = page(listed, lambda one: one.position, asked)
    return answer({**found, "value": [recommendation_body(one) for one in found["value"]]})


def _image(req: func.HttpRequest) -> ImageId:
    return parameters.image_id(req.route_params["registry"], req.route_params["digest"])


def _page(req: func.HttpRequest) -> PageRequest:
    return PageRequest.parse(req.params.get("top"), req.params.get("skipToken"), req.url)
