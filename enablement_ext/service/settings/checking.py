"""Settings of the processes that check large notebooks."""

from __future__ import annotations

from traitlets import Float, Int
from traitlets.config import Configurable

from enablement_ext.service.checking.process import CheckingOptions

_MIB = 1024 * 1024


class CheckingProcesses(Configurable):
    """Processes in which notebooks of more than a megabyte are checked, so that nobody else waits for one."""

    count = Int(
        2,
        min=1,
        max=16,
        help="How many there are at most for bundles of up to 16 MiB, and as many again for larger ones; each starts when it is needed.",
    ).tag(config=True)
    memory_bytes = Int(
        3072 * _MIB,
        min=256 * _MIB,
        help="The most memory (address space) of one of them. A notebook whose check takes more is refused.",
    ).tag(config=True)
    seconds = Float(
        120.0,
        help="How long one check may take; after that its process is ended, and the sender is asked to try again.",
    ).tag(config=True)

    def options(self) -> CheckingOptions:
        """The settings as the pool takes them."""
        return CheckingOptions(self.count, self.memory_bytes, self.seconds)
