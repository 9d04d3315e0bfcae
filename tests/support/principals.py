"""The header by which App Service tells an app who is signed in."""

import base64
import json

SIGNED_IN_BY = "X-MS-CLIENT-PRINCIPAL"


def principal(*roles: str, role_typ: str = "roles", **claims: str) -> str:
    """Return the header of a user with app roles and other claims."""
    listed = [{"typ": kind, "val": value} for kind, value in claims.items()]
    listed += [{"typ": role_typ, "val": role} for role in roles]
    content = {"auth_typ": "aad", "name_typ": "name", "role_typ": role_typ, "claims": listed}
    return base64.b64encode(json.dumps(content).encode()).decode()
