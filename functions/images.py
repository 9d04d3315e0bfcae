"""Images over HTTP: lists, one image, its findings and history, and recommendations."""

from datetime import datetime

import azure.functions as func
import msgspec

from functions.answers import answer, answers
from shared.api import parameters
from shared.api.images import findings_body, history_body, image_body, newest_first
from shared.api.paging import PageRequest, page
from shared.bootstrap import app
from shared.domain.image_health import Health, worst_image_first
from shared.domain.references import ImageId, parse_registry, parse_repository
from shared.services.query_images import ImageFilter, ImagePosition

blueprint = func.Blueprint()
_ONE = "api/images/{registry}/{digest}"


@blueprint.function_name("list_images")
@blueprint.route(route="api/images", methods=["GET"])
@answers
def list_images(req: func.HttpRequest) -> func.HttpResponse:
    """List images with their health, worst first."""
    wanted = ImageFilter(
        registry=parameters.reference("registry", req.params.get("registry"), parse_registry),
        repository=parameters.reference("repository", req.params.get("repository"), parse_repository),
        health=parameters.one_of("health", req.params.get("health"), Health, ", ".join(Health)),
    )
    asked = _page(req)
    after = asked.position(ImagePosition)
    listed = app().query_images.images_matching(wanted, _as_of(req), after=after, most=asked.enough)
    found = page(listed, lambda one: worst_image_first(one.health), asked)
    return answer({**found, "value": [image_body(one.health) for one in found["value"]]})


@blueprint.function_name("get_image")
@blueprint.route(route=_ONE, methods=["GET"])
@answers
def get_image(req: func.HttpRequest) -> func.HttpResponse:
    """Show one image."""
    found = app().query_images.one(_image(req), _as_of(req))
    return answer({**image_body(found.health), "upgrades": found.upgrades})


@blueprint.function_name("list_findings")
@blueprint.route(route=_ONE + "/findings", methods=["GET"])
@answers
def list_findings(req: func.HttpRequest) -> func.HttpResponse:
    """List the findings of an image, worst first, disabled ones included."""
    asked = _page(req)
    judged = app().query_images.findings(_image(req), _as_of(req))
    numbered = list(enumerate(judged))
    found = page(numbered, lambda item: (item[0],), asked)
    return answer({**found, "value": findings_body([one for _, one in found["value"]])})


@blueprint.function_name("list_history")
@blueprint.route(route=_ONE + "/history", methods=["GET"])
@answers
def list_history(req: func.HttpRequest) -> func.HttpResponse:
    """List the events of an image and of the rules that touched it, newest first, with what each changed and why."""
    found = page(app().query_history(_image(req), _as_of(req)), newest_first, _page(req))
    return answer({**found, "value": history_body(found["value"])})


@blueprint.function_name("list_recommendations")
@blueprint.route(route="api/recommendations", methods=["GET"])
@answers
def list_recommendations(req: func.HttpRequest) -> func.HttpResponse:
    """List what to upgrade, the upgrade that fixes most first; healthy images have none."""
    made = app().query_recommendations(_as_of(req))
    found = page(made, lambda one: (one.severity.rank, -one.findings, one.package, one.ecosystem), _page(req))
    return answer({**found, "value": msgspec.to_builtins(found["value"])})


def _image(req: func.HttpRequest) -> ImageId:
    return parameters.image_id(req.route_params["registry"], req.route_params["digest"])


def _as_of(req: func.HttpRequest) -> datetime | None:
    return parameters.time("asOf", req.params.get("asOf"))


def _page(req: func.HttpRequest) -> PageRequest:
    return PageRequest.parse(req.params.get("top"), req.params.get("skipToken"), req.url)
