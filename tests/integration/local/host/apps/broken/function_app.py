"""An app that cannot be loaded: its annotation is one that production refuses."""

import azure.functions as func

app = func.FunctionApp()


@app.route(route="x")
def wrong(req: int) -> str:
    return str(req)
