"""The seccomp filter: system calls that a notebook has no use for and that have led out of sandboxes.

A filter is a program of the classic BPF machine (linux/filter.h) over `struct seccomp_data`. Everything is allowed but what stands here;
bubblewrap loads it for whatever it starts, and no process can take one off again.
"""

from __future__ import annotations

import errno
import platform
import struct
from collections.abc import Mapping, Sequence

_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
_X32 = 0x40000000  # x86_64's second set of numbers
# machine -> AUDIT_ARCH_…
_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_NEW_NAMESPACES = 0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000
# Sockets: of this machine by name, of the (empty) network, and the question which addresses there are. Not: vsock, which knows no
# namespaces, and whatever else there is.
_FAMILIES = (1, 2, 10)
_NETLINK, _NETLINK_ROUTE = 16, 0
_TYPING_IN = (0x5412, 0x541C)  # TIOCSTI, TIOCLINUX: keys pressed in somebody's terminal

# name -> number on x86_64, number on aarch64 (None: there is none). Refused with EPERM.
_REFUSED: Mapping[str, tuple[int | None, int | None]] = {
    # other processes
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    # mounts and namespaces
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "statmount": (457, 457),
    "listmount": (458, 458),
    "open_tree_attr": (467, 467),
    "unshare": (272, 97),
    "setns": (308, 268),
    # keys of the kernel
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    # programs in the kernel, and ways around this filter
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    # the machine
    "reboot": (169, 142),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "acct": (163, 89),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "syslog": (103, 116),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "adjtimex": (159, 171),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "iopl": (172, None),
    "ioperm": (173, None),
    "modify_ldt": (154, None),
    "vhangup": (153, 58),
    "fanotify_init": (300, 262),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "lookup_dcookie": (212, 18),
    # memory that no process is charged for
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    "migrate_pages": (256, 238),
    "move_pages": (279, 239),
}
_CLONE, _CLONE3, _SOCKET, _SOCKETPAIR, _IOCTL = (56, 220), (435, 435), (41, 198), (53, 199), (16, 29)

_Instruction = tuple[int, int, int, int]


def system_call_filter(machine: str = "") -> bytes | None:
    """The program for this machine, None for one whose numbers are not known here."""
    known = machine or platform.machine()
    if known not in _ARCHITECTURES:
        return None
    column = list(_ARCHITECTURES).index(known)
    program = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_JUMP_EQUAL, 1, 0, _ARCHITECTURES[known]),
        _refuse(errno.EPERM),
        (_LOAD, 0, 0, _NUMBER),
    ]
    if known == "x86_64":
        program += [(_JUMP_AT_LEAST, 0, 1, _X32), _refuse(errno.EPERM)]
    for numbers in _REFUSED.values():
        number = numbers[column]
        if number is not None:
            program += _when(number, [_refuse(errno.EPERM)])
    # Without clone3, whose flags lie in memory that a filter cannot read, the C library goes back to clone.
    program += _when(_CLONE3[column], [_refuse(errno.ENOSYS)])
    program += _when(
        _CLONE[column], [_argument(0), (_JUMP_ANY_BIT, 0, 1, _NEW_NAMESPACES), _refuse(errno.EPERM), _ALLOWED]
    )
    for call in (_SOCKET, _SOCKETPAIR):
        program += _when(call[column], _families())
    typing = [(_JUMP_EQUAL, 0, 1, number) for number in _TYPING_IN]
    program += _when(
        _IOCTL[column], [_argument(1), *(step for each in typing for step in (each, _refuse(errno.EPERM))), _ALLOWED]
    )
    program.append(_ALLOWED)
    return b"".join(struct.pack("<HBBI", *step) for step in program)


_ALLOWED: _Instruction = (_RETURN, 0, 0, _ALLOW)


def _refuse(error: int) -> _Instruction:
    return (_RETURN, 0, 0, _ERRNO | error)


def _argument(index: int) -> _Instruction:
    """The lower half of an argument: all that the kernel itself looks at in these calls."""
    return (_LOAD, 0, 0, _FIRST_ARGUMENT + 8 * index)


def _when(number: int, steps: Sequence[_Instruction]) -> list[_Instruction]:
    return [(_JUMP_EQUAL, 0, len(steps), number), *steps]


def _families() -> list[_Instruction]:
    steps: list[_Instruction] = [_argument(0)]
    for family in _FAMILIES:
        steps += [(_JUMP_EQUAL, 0, 1, family), _ALLOWED]
    steps += [(_JUMP_EQUAL, 0, 3, _NETLINK), _argument(2), (_JUMP_EQUAL, 0, 1, _NETLINK_ROUTE), _ALLOWED]
    return [*steps, _refuse(errno.EAFNOSUPPORT)]
