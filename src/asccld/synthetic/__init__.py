"""Made-up councils, people and pathways, deterministic by seed, with faults that are written down."""

from asccld.synthetic.councils import make_councils
from asccld.synthetic.model import Submission

__all__ = ["Submission", "make_councils"]
