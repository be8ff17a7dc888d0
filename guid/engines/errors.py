"""Why a qube could not be started, each with what to do about it. Must not know how an engine works."""

from __future__ import annotations


class EngineError(Exception):
    """A qube cannot be started or kept apart as promised. The message tells the person what to do."""


class MachineLacks(EngineError):
    """This machine lacks something that `vitrail doctor` looks at. `words` are without the advice to ask it."""

    @property
    def words(self) -> str:
        """What lacks."""
        return super().__str__()

    def __str__(self) -> str:
        return f"{self.words}; what else lacks, and what mends it, says: vitrail doctor"


class BubblewrapMissing(MachineLacks):
    """No usable `bwrap` program: it is absent or too old."""


class UserNamespacesForbidden(MachineLacks):
    """The kernel or its security module does not let an ordinary user make a user namespace."""


class SandboxRefused(MachineLacks):
    """bubblewrap cannot build the sandbox on this machine for another reason (say, a container masks /proc)."""


class InterpreterUnsuitable(MachineLacks):
    """The system's Python, which runs the agent inside the qube, is missing or too old."""


class AgentIncomplete(EngineError):
    """Code that the agent needs in the qube is not installed beside us."""


class HomeUnusable(EngineError):
    """The qube's home is missing, is somebody else's, or lies where the qube's uid cannot go."""


class NoQubeUid(MachineLacks):
    """Root started us and no unused uid is left, or this machine does not let us become one."""


class UnsafeDescriptor(EngineError):
    """A file descriptor meant for the qube would let it reach more than intended."""


class EmulatorMissing(EngineError):
    """A program of the qemu engine is missing: the emulator, a static busybox, or mke2fs."""


class KernelMissing(EngineError):
    """There is no kernel for virtual machines that we may read."""


class MachineUnsupported(MachineLacks):
    """There is no system call filter for this kind of processor."""


class NetworkMissing(MachineLacks):
    """The program that gives a qube a network of its own is missing."""


class NotOffered(EngineError):
    """The qube's definition asks for something that this engine does not do."""


class TemplateUnusable(EngineError):
    """The folder that is to be a qube's system is none that a qube can have."""
