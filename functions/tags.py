"""Tags over HTTP: what each named, and how two images that it named differ."""

import azure.functions as func
import msgspec

from functions.answers import answer, answers
from functions.caveats import caveats
from functions.times import as_of
from shared.api import parameters
from shared.api.errors import bad_request
from shared.api.images import findings_body
from shared.api.paging import PageRequest, page
from shared.bootstrap import app
from shared.domain.references import parse_digest, parse_registry, parse_repository, parse_tag
from shared.services.query_tags import TagFilter

blueprint = func.Blueprint()


@blueprint.function_name("list_tags")
@blueprint.route(route="api/tags", methods=["GET"])
@answers
def list_tags(req: func.HttpRequest) -> func.HttpResponse:
    """List what the tags of a repository named and from when to when, newest first."""
    registry = parameters.reference("registry", req.params.get("registry"), parse_registry)
    repository = parameters.reference("repository", req.params.get("repository"), parse_repository)
    if registry is None or repository is None:
        raise bad_request("registry" if registry is None else "repository", "must be given")
    tag = parameters.reference("tag", req.params.get("tag"), parse_tag)
    digest = parameters.reference("digest", req.params.get("digest"), parse_digest)
    named = app().query_tags(TagFilter(registry, repository, tag, digest), as_of(req))
    asked = PageRequest.parse(req.params.get("top"), req.params.get("skipToken"), req.url)
    found = page(list(enumerate(named)), lambda item: (item[0],), asked)
    value = [msgspec.to_builtins(one) for _, one in found["value"]]
    return answer({**found, "value": value}, caveat=caveats(req).everywhere)


@blueprint.function_name("compare_images")
@blueprint.route(route="api/images/{registry}/{digest}/compare/{older}", methods=["GET"])
@answers
def compare_images(req: func.HttpRequest) -> func.HttpResponse:
    """Compare the findings of an image with those of an older one: fixed, new and unchanged."""
    newer = parameters.image_id(req.route_params["registry"], req.route_params["digest"])
    older = parameters.image_id(req.route_params["registry"], req.route_params["older"])
    at = as_of(req)
    compared, signals = app().compare_images(older, newer, at), app().signals.as_of(at)
    found = compared.findings
    parts = {"fixed": found.fixed, "new": found.new, "unchanged": found.unchanged}
    counts = {f"{name}Count": len(part) for name, part in parts.items()}
    return answer(
        {
            **counts,
            "leftOpen": msgspec.to_builtins(compared.left_open),
            **{name: findings_body(part, signals) for name, part in parts.items()},
        },
        caveat=caveats(req).everywhere,
    )
