"""The registry client: manifests, configurations and blobs of allowed registries, over the OCI Distribution API."""
