"""Version order: one module per scheme, each turns a version into bytes that sort as the versions do."""
