"""The commands, in the order in which ``--help`` lists them. Each module imports what is heavy when it runs."""

from cli.commands.drop import COMMAND as DROP
from cli.commands.rebuild import COMMAND as REBUILD
from cli.commands.requeue import COMMAND as REQUEUE
from cli.commands.rollback import COMMAND as ROLLBACK
from cli.commands.status import COMMAND as STATUS
from cli.interface import Command

COMMANDS: tuple[Command, ...] = (STATUS, REBUILD, ROLLBACK, DROP, REQUEUE)
