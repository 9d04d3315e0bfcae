"""What a started stack says of itself: where everything is."""

from rich.console import Console

from local.stack import Stack


def print_banner(console: Console, stack: Stack) -> None:
    """Print the addresses and a command that pushes an image."""
    base, registry = stack.api.base_url, stack.registry.login_server
    lines = [
        "Plimsoll runs. Ctrl-C stops it.",
        f"  dashboard  {base}/",
        f"  API        {base}/api/images",
        f"  registry   {registry}",
        f"  push       skopeo copy --dest-tls-verify=false docker://docker.io/library/alpine:3.20"
        f" docker://{registry}/alpine:3.20",
        f"             docker tag alpine:3.20 {registry}/alpine:3.20 && docker push {registry}/alpine:3.20",
        f"  logs       {stack.folder.logs}",
    ]
    for line in lines:
        console.print(line, markup=False, highlight=False, soft_wrap=True)
