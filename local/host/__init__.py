"""A host for Azure Functions apps on one machine.

It embeds Microsoft's ``azure-functions-runtime`` in a child process, so that indexing, conversion of bindings and the
rules for errors are those of production, and implements the listeners itself: HTTP, the Event Grid webhook, storage
queues and timers. It is neither Azure Functions nor Azure Functions Core Tools, and it refuses what it cannot do.
"""
