"""The commands, in the order in which ``--help`` lists them. Each module imports what is heavy when it runs."""

from cli.commands.billing import COMMAND as BILLING
from cli.commands.drop import COMMAND as DROP
from cli.commands.export import COMMAND as EXPORT
from cli.commands.exposure import COMMAND as EXPOSURE
from cli.commands.findings import COMMAND as FINDINGS
from cli.commands.image import COMMAND as IMAGE
from cli.commands.images import COMMAND as IMAGES
from cli.commands.import_ import COMMAND as IMPORT
from cli.commands.rebuild import COMMAND as REBUILD
from cli.commands.recommendations import COMMAND as RECOMMENDATIONS
from cli.commands.requeue import COMMAND as REQUEUE
from cli.commands.rollback import COMMAND as ROLLBACK
from cli.commands.rules import COMMAND as RULES
from cli.commands.scan import COMMAND as SCAN
from cli.commands.status import COMMAND as STATUS
from cli.commands.trends import COMMAND as TRENDS
from cli.commands.verify import COMMAND as VERIFY
from cli.commands.what_if import COMMAND as WHAT_IF
from cli.interface import Command

_PRODUCT = (IMAGES, IMAGE, FINDINGS, RECOMMENDATIONS, TRENDS, EXPOSURE, RULES, WHAT_IF, BILLING, SCAN)
_LOOKING_AFTER = (STATUS, REBUILD, ROLLBACK, DROP, REQUEUE, VERIFY, EXPORT, IMPORT)

COMMANDS: tuple[Command, ...] = (*_PRODUCT, *_LOOKING_AFTER)
