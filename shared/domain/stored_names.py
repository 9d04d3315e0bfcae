"""Every name that reaches storage. Old data must load for ever: add, never rename; golden files guard this."""

from typing import Final

# Event types (contract).
SCAN_REQUESTED: Final = "scan-requested"
SCAN_COMPLETED: Final = "scan-completed"
SCAN_FAILED: Final = "scan-failed"
IMAGE_TAGGED: Final = "image-tagged"
IMAGE_UNTAGGED: Final = "image-untagged"
IMAGE_PULLED: Final = "image-pulled"
IMAGE_DELETED: Final = "image-deleted"
REPORTS_DELETED: Final = "reports-deleted"
INDEX_RESOLVED: Final = "index-resolved"
FINDING_DISABLED: Final = "finding-disabled"
FINDING_ENABLED: Final = "finding-enabled"
SIGNALS_ADOPTED: Final = "signals-adopted"
SCORES_ADOPTED: Final = "scores-adopted"
REGISTRY_ENABLED: Final = "registry-enabled"
REGISTRY_DISABLED: Final = "registry-disabled"
REGISTRY_SWEPT: Final = "registry-swept"
PLAN_ENABLED: Final = "plan-enabled"
PLAN_DISABLED: Final = "plan-disabled"

# Kinds of streams, the first part of a stream's name.
IMAGE_STREAM: Final = "image"
INDEX_STREAM: Final = "index"
RULES_STREAM: Final = "rules"
REGISTRY_STREAM: Final = "registry"
SWEEP_STREAM: Final = "sweep"
PLAN_STREAM: Final = "plan"
# Each with how many parts follow.
STREAM_KINDS: Final = {
    IMAGE_STREAM: 2,
    INDEX_STREAM: 2,
    RULES_STREAM: 1,
    REGISTRY_STREAM: 1,
    SWEEP_STREAM: 1,
    PLAN_STREAM: 1,
}

# Tables.
EVENTS_TABLE: Final = "events"
STREAMS_TABLE: Final = "streams"
# The tables of a generation of projections end in its number: images1, billing1.
IMAGES_TABLES: Final = "images"
BILLING_TABLES: Final = "billing"
PROJECTIONS_TABLE: Final = "projections"
TAGS_TABLE: Final = "tags1"
DEAD_LETTERS_TABLE: Final = "deadletters"
PACKAGE_SETS_TABLE: Final = "packagesets"
NOTICES_TABLE: Final = "notices"
PULL_OFFSETS_TABLE: Final = "pulloffsets"
RECONCILIATIONS_TABLE: Final = "reconciliations"

# Queues.
REGISTRY_EVENTS_QUEUE: Final = "registry-events"
REGISTRY_EVENTS_POISON_QUEUE: Final = "registry-events-poison"
SCANS_QUEUE: Final = "scans"
SCANS_POISON_QUEUE: Final = "scans-poison"
PROJECTIONS_QUEUE: Final = "projections"
PROJECTIONS_POISON_QUEUE: Final = "projections-poison"
RECONCILIATIONS_QUEUE: Final = "reconciliations"
RECONCILIATIONS_POISON_QUEUE: Final = "reconciliations-poison"
WALKS_QUEUE: Final = "walks"
WALKS_POISON_QUEUE: Final = "walks-poison"

# Blob containers.
REPORTS_CONTAINER: Final = "reports"
INVENTORIES_CONTAINER: Final = "inventories"
LAYERS_CONTAINER: Final = "layers"
ADVISORIES_CONTAINER: Final = "advisories"
SIGNALS_CONTAINER: Final = "signals"
# Written by Azure: what Event Grid could not deliver, and the diagnostic logs of registries.
UNDELIVERED_CONTAINER: Final = "undelivered-events"
PULL_LOGS_CONTAINER: Final = "insights-logs-containerregistryrepositoryevents"
