"""The one place where errors become exit statuses."""

from __future__ import annotations

from collections.abc import Mapping

from azure.core.exceptions import AzureError

from cli.interface import CommandFailed, Exit, WrongUse
from shared.api.errors import ApiError
from shared.domain.failures import FailureReason, ScanFailure
from shared.domain.references import InvalidReference
from shared.domain.rule_book import InvalidRule, RuleChanged, RuleNotFound
from shared.eventlog.archive import ArchiveRefused
from shared.eventlog.interface import UnknownEvent
from shared.projections.findings_index.interface import IndexUnusable
from shared.projections.pointer import WrongStep
from shared.services.check_settings import SettingsDiffer
from shared.services.commands import RequestConflict
from shared.services.export_log import ExportRefused
from shared.services.import_log import ImportRefused
from shared.services.kept_reports import ReportNotKept
from shared.services.query_images import ImageNotFound
from shared.services.rebuild import RebuildStopped, TooManyFailures
from shared.settings import InvalidSettings
from shared.storage.documents import DocumentDamaged, DocumentMissing
from shared.storage.tables import RowChanged

_KNOWN: Mapping[type[Exception], Exit] = {
    ImageNotFound: Exit.NOT_FOUND,
    RuleNotFound: Exit.NOT_FOUND,
    WrongUse: Exit.WRONG_USE,
    InvalidSettings: Exit.WRONG_USE,
    InvalidReference: Exit.WRONG_USE,
    InvalidRule: Exit.WRONG_USE,
    SettingsDiffer: Exit.WRONG_USE,
    WrongStep: Exit.WRONG_USE,
    CommandFailed: Exit.PROBLEM,
    ArchiveRefused: Exit.PROBLEM,
    ExportRefused: Exit.PROBLEM,
    ImportRefused: Exit.PROBLEM,
    IndexUnusable: Exit.PROBLEM,
    RebuildStopped: Exit.PROBLEM,
    ReportNotKept: Exit.PROBLEM,
    RequestConflict: Exit.PROBLEM,
    RowChanged: Exit.PROBLEM,
    RuleChanged: Exit.PROBLEM,
    TooManyFailures: Exit.PROBLEM,
    UnknownEvent: Exit.PROBLEM,
    DocumentDamaged: Exit.PROBLEM,
    DocumentMissing: Exit.PROBLEM,
    AzureError: Exit.PROBLEM,
    OSError: Exit.PROBLEM,
}
_API: Mapping[int, Exit] = {400: Exit.WRONG_USE, 404: Exit.NOT_FOUND}


def exit_status(error: Exception) -> Exit | None:
    """Give the exit status of an error that is no fault of the program, None for one that is."""
    if isinstance(error, ApiError):
        return _API.get(error.status, Exit.PROBLEM)
    if isinstance(error, ScanFailure):
        return Exit.NOT_FOUND if error.reason is FailureReason.MANIFEST_MISSING else Exit.PROBLEM
    return next((status for kind, status in _KNOWN.items() if isinstance(error, kind)), None)
