"""Made-up councils, people and pathways, deterministic by seed, with faults that are written down."""

from asccld.synthetic.councils import make_councils
from asccld.synthetic.deliveries import Delivery, write_deliveries
from asccld.synthetic.faults import KINDS, inject_faults
from asccld.synthetic.file_faults import FILE_RULES, FileFault, file_faults
from asccld.synthetic.local_extracts import write_extracts, write_with_extracts
from asccld.synthetic.local_words import SYSTEMS
from asccld.synthetic.model import Submission
from asccld.synthetic.national import write_national
from asccld.synthetic.writing import write_submissions

__all__ = [
    "FILE_RULES",
    "KINDS",
    "SYSTEMS",
    "Delivery",
    "FileFault",
    "Submission",
    "file_faults",
    "inject_faults",
    "make_councils",
    "write_deliveries",
    "write_extracts",
    "write_national",
    "write_submissions",
    "write_with_extracts",
]
