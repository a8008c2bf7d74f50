"""Lists of subscribers in and out: files of our own and of the services that publishers come from."""

from subscribers.exchange.cells import bare_cell, guard_cell
from subscribers.exchange.exporting import Form, Which, export, export_csv
from subscribers.exchange.formats import State
from subscribers.exchange.importing import Refusal, Report, Watch, import_csv, import_file
from subscribers.exchange.layout import BadFile, Wanted
from subscribers.exchange.reading import Row
from subscribers.exchange.rejects import Rejects
from subscribers.exchange.services import FORMATS

__all__ = [
    "FORMATS",
    "BadFile",
    "Form",
    "Refusal",
    "Rejects",
    "Report",
    "Row",
    "State",
    "Wanted",
    "Watch",
    "Which",
    "bare_cell",
    "export",
    "export_csv",
    "guard_cell",
    "import_csv",
    "import_file",
]
