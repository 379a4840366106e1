"""Ways out of a sandbox, each as a Python expression that is run inside: what it raises or a false value is a way that is shut.

Names that they may use: `libc` (its `syscall` sets errno and raises), `told` (what stands outside, as `Canaries` has it), and the modules
imported by `PRELUDE`.
"""

from __future__ import annotations

PRELUDE = """
import ctypes, errno, fcntl, glob, json, os, resource, signal, socket, struct, subprocess, sys, time
from pathlib import Path
_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long
class libc:
    @staticmethod
    def syscall(number, *arguments):
        found = _libc.syscall(ctypes.c_long(number), *(ctypes.c_long(each) if isinstance(each, int) else each for each in arguments))
        if found < 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        return True
    @staticmethod
    def call(name, *arguments):
        if getattr(_libc, name)(*arguments) < 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        return True
def connected(family, address, kind=socket.SOCK_STREAM):
    with socket.socket(family, kind) as tried:
        tried.settimeout(3)
        tried.connect(address)
        tried.send(b'out')
        return True
def opened(*arguments):
    socket.socket(*arguments).close()
    return True
def wrote(path, text='x'):
    Path(path).write_text(text)
    return True
def holds(path):
    return told['secret'].encode() in Path(path).read_bytes()
def tells(path):
    try: return told['secret'].encode() in Path(path).read_bytes()
    except OSError: return False
def libc_number(number, *arguments):
    return _libc.syscall(ctypes.c_long(number), *arguments)
def opens(*arguments):
    try: return opened(*arguments)
    except OSError: return False
def changing_link(path):
    for target in ('/notebook/own', path):
        if os.path.lexists('/notebook/changing'): os.unlink('/notebook/changing')
        os.symlink(target, '/notebook/changing')
        if tells('/notebook/changing'): return True
    return False
def forked(attempt):
    child = os.fork()
    if not child:
        try: os._exit(0 if attempt() else 1)
        except BaseException: os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
def attempt(name, way):
    try:
        found = way()
    except BaseException as error:
        print(f'{name}: shut ({type(error).__name__}: {error})'[:300])
    else:
        print(f'{name}: {"OPEN" if found else "shut"}')
"""

FILES = {
    "home file": "holds(told['file'])",
    "home folder": "os.listdir(told['home']) and any(told['name'] in str(p) for p in Path(told['home']).rglob('*'))",
    "home by dots": "holds('/notebook/../../../..' + told['file'])",
    "home by proc root": "holds('/proc/self/root' + told['file'])",
    "home by first process": "holds('/proc/1/root' + told['file'])",
    "home by parent's folder": "holds(f'/proc/{os.getppid()}/cwd' + told['file'])",
    "environment of the first process": "Path('/proc/1/environ').read_bytes()",
    "environments of all": "any(map(tells, glob.glob('/proc/[0-9]*/environ')))",
    "command lines of all": "any(told['name'].encode() in Path(p).read_bytes() for p in glob.glob('/proc/[0-9]*/cmdline'))",
    "open files of the first process": "os.listdir('/proc/1/fd') and holds('/proc/1/fd/0')",
    "open files that were inherited": "any(told['name'] in os.readlink(p) for p in glob.glob('/proc/self/fd/*') if os.path.islink(p))",
    "memory of the first process": "open('/proc/1/mem', 'rb')",
    "memory of the machine": "open('/proc/kcore', 'rb') or open('/dev/mem', 'rb')",
    "disk of the machine": "any(open(p, 'rb') for p in glob.glob('/dev/[vsn][dv]*'))",
    "log of the kernel": "open('/dev/kmsg', 'rb')",
    "system's settings": "os.listdir('/sys')",
    "shadow": "open('/etc/shadow').read()",
    "accounts": "any(told['user'] == line.split(':')[0] for line in open('/etc/passwd') if told['user'] not in ('root', 'nobody'))",
    "container socket": "connected(socket.AF_UNIX, '/var/run/docker.sock')",
    "cluster's token": "open('/var/run/secrets/kubernetes.io/serviceaccount/token').read()",
    "run folder": "set(os.listdir('/run')) - {'kernel'}",
    "handles of files": "libc.syscall(304, -100, ctypes.create_string_buffer(128), 0)",
    "watching files outside": "libc.syscall(254, libc_number(253), told['file'].encode(), 0xfff)",
    "watching a file system": "libc.syscall(300, 0, 0)",
    "hard link to a file outside": "os.link(told['file'], '/notebook/linked') is None and holds('/notebook/linked')",
    "link that changes while it is read": "any(changing_link(told['file']) for _ in range(200))",
    "open files of the driver": "any(told['name'] in os.readlink(p) for p in glob.glob(f'/proc/{os.getppid()}/fd/*'))",
}
WRITES = {
    "startup file of the environment": "wrote(told['site'] + '/left.pth')",
    "sitecustomize of the environment": "wrote(told['site'] + '/sitecustomize.py')",
    "module of the environment": "wrote(told['site'] + '/six.py')",
    "rights of the environment": "os.chmod(told['site'], 0o777) is None",
    "interpreter": "wrote(os.path.realpath(sys.executable))",
    "standard library": "wrote(os.path.dirname(os.__file__) + '/left.py')",
    "programs of the system": "wrote('/usr/bin/left')",
    "settings of the system": "wrote('/etc/ld.so.preload')",
    "root folder": "wrote('/left')",
    "device folder": "wrote('/dev/left')",
    "core dumps": "wrote('/proc/sys/kernel/core_pattern', '|/bin/sh')",
    "sysrq": "wrote('/proc/sysrq-trigger', 'h')",
    "module loader": "wrote('/proc/sys/kernel/modprobe', '/notebook/x')",
    "folder of the sockets": "wrote('/run/kernel/left')",
    "link in place of a socket": "os.symlink(told['socket'], '/run/kernel/kernel-9') is None",
    "block device": "os.mknod('/notebook/disk', 0o60666, os.makedev(254, 0)) is None",
    "character device": "os.mknod('/notebook/mem', 0o20666, os.makedev(1, 1)) is None",
    "program with another's rights": "forked(lambda: subprocess.run(['/usr/bin/su', '-c', 'id'], input=b'', timeout=20).returncode == 0)",
    "other's socket in place of the kernel's": "os.rename('/tmp', '/run/kernel/kernel-8') is None",
    "timer slack and name of the first process": "wrote('/proc/1/comm') or wrote('/proc/1/timerslack_ns', '1')",
}
MOUNTS = {
    "mount": "libc.call('mount', b'none', b'/tmp', b'tmpfs', 0, None)",
    "remount writable": "libc.call('mount', b'none', b'/usr', None, 4096 | 32, None)",
    "bind": "libc.call('mount', b'/proc', b'/tmp', None, 4096, None)",
    "unmount": "libc.call('umount2', b'/usr', 2)",
    "new mounts": "libc.syscall(428, -100, b'/', 1) or libc.syscall(430, b'proc', 0)",
    "another root": "libc.call('chroot', b'/proc')",
    "pivot": "libc.syscall(155, b'/tmp', b'/tmp')",
    "cgroup file system": "libc.call('mount', b'none', b'/tmp', b'cgroup', 0, b'memory')",
    "own cgroup": "wrote('/sys/fs/cgroup/memory/memory.limit_in_bytes', '-1')",
    "new users": "forked(lambda: libc.call('unshare', 0x10000000))",
    "new mounts and users": "forked(lambda: libc.call('unshare', 0x10020000))",
    "new processes": "forked(lambda: libc.call('unshare', 0x20000000))",
    "users by clone": "libc.syscall(56, 0x10000000 | 17, 0, 0, 0, 0)",
    "clone3": "libc.syscall(435, ctypes.create_string_buffer(struct.pack('<11Q', 0x10000000, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0)), 88)",
    "namespace of the first process": "libc.call('setns', os.open('/proc/1/ns/net', os.O_RDONLY), 0)",
    "attributes of mounts": "libc.syscall(442, -100, b'/usr', 0, ctypes.create_string_buffer(32), 32)",
    "cgroup of all processes": "any(wrote(p, '0') for p in glob.glob('/sys/fs/cgroup/**/cgroup.procs', recursive=True))",
    "swap and quotas": "libc.syscall(167, b'/notebook/x', 0) or libc.syscall(179, 0, b'/', 0, 0)",
}
NETWORK = {
    "loopback of the host": "connected(socket.AF_INET, ('127.0.0.1', told['port']))",
    "address of the host": "connected(socket.AF_INET, (told['address'], told['port']))",
    "loopback, version 6": "connected(socket.AF_INET6, ('::1', told['port']))",
    "datagrams": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'out', (told['address'], told['port']))",
    "metadata": "connected(socket.AF_INET, ('169.254.169.254', 80))",
    "names": "socket.getaddrinfo('example.org', 80)",
    "abstract socket": "connected(socket.AF_UNIX, '\\0' + told['abstract'])",
    "abstract datagrams": "connected(socket.AF_UNIX, '\\0' + told['abstract'] + '-d', socket.SOCK_DGRAM)",
    "socket by name": "connected(socket.AF_UNIX, told['socket'])",
    "socket by a link": "os.symlink(told['socket'], '/tmp/s') or connected(socket.AF_UNIX, '/tmp/s')",
    "raw": "opened(socket.AF_INET, socket.SOCK_RAW, 1)",
    "packets": "opened(17, socket.SOCK_RAW, 3)",
    "vsock": "opened(40, socket.SOCK_STREAM)",
    "vsock of the host": "connected(40, (2, 22))",
    "events of the kernel": "opened(16, socket.SOCK_RAW, 15)",
    "firewall": "opened(16, socket.SOCK_RAW, 12)",
    "ciphers of the kernel": "opened(38, socket.SOCK_SEQPACKET)",
    "bluetooth, CAN, TIPC, XDP": "any(opened(family, kind) for family in (29, 30, 31, 44) for kind in (1, 2, 3))",
    "other interfaces": "[name for _, name in socket.if_nameindex() if name != 'lo']",
    "io_uring": "libc.syscall(425, 4, ctypes.create_string_buffer(120))",
    "sockets of every other family": "[family for family in range(3, 46) if family not in (10, 16) and any(opens(family, kind) for kind in (1, 2, 3, 5))]",
    "every other protocol of the kernel's events": "any(opens(16, 3, protocol) for protocol in range(1, 32))",
    "bus of the system": "connected(socket.AF_UNIX, '/run/dbus/system_bus_socket')",
    "bus of the session": "connected(socket.AF_UNIX, f\"/run/user/{os.getuid()}/bus\") or connected(socket.AF_UNIX, '\\0/tmp/dbus-x')",
}
PROCESSES = {
    "signal to a process of the host": "os.kill(told['pid'], 15) is None",
    "signal by a descriptor": "signal.pidfd_send_signal(os.pidfd_open(told['pid']), 15) is None",
    "other processes": "len(glob.glob('/proc/[0-9]*')) > 20 or Path(f\"/proc/{told['pid']}\").exists()",
    "ptrace": "libc.syscall(101, 16, 1, 0, 0)",
    "memory of another": "libc.syscall(310, 1, 0, 0, 0, 0, 0)",
    "descriptor of another": "libc.syscall(438, os.pidfd_open(1), 0, 0)",
    "administrator": "os.setuid(0) is None",
    "administrator's group": "os.setgid(0) is None",
    "groups": "os.setgroups([0]) is None",
    "capabilities": "int(next(l.split()[1] for l in open('/proc/self/status') if l.startswith('CapEff')), 16)",
    "new privileges": "libc.call('prctl', 38, 0, 0, 0, 0)",
    "priority": "os.nice(-5) < 0",
    "last to be killed": "wrote('/proc/self/oom_score_adj', '-500')",
    "core dumps of its own": "resource.setrlimit(resource.RLIMIT_CORE, (1 << 20, 1 << 20)) is None",
    "real-time": "os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)) is None",
    "shared memory, System V": "_libc.shmat(told['shm'], None, 0) != -1 or libc.syscall(29, 7, 4096, 0o1666)",
    "shared memory, POSIX": "holds('/dev/shm/' + told['name'])",
    "memory without a file": "libc.syscall(319, b'x', 0)",
    "messages": "libc.syscall(240, told['name'].encode(), 0, 0, 0)",
    "keys of the session": "libc.syscall(250, 0, -3, 0) and libc.syscall(250, 11, told['key'], ctypes.create_string_buffer(100), 100)",
    "new keys": "libc.syscall(248, b'user', b'x', b'y', 1, -3)",
    "asking for keys": "libc.syscall(249, b'user', told['name'].encode(), None, 0)",
    "programs in the kernel": "libc.syscall(321, 0, 0, 0)",
    "counters of the machine": "libc.syscall(298, ctypes.create_string_buffer(128), 0, -1, -1, 0)",
    "page faults": "libc.syscall(323, 0)",
    "modules": "libc.syscall(175, b'', 0, b'')",
    "another kernel": "libc.syscall(246, 0, 0, 0, 0)",
    "clock": "libc.syscall(227, 0, ctypes.create_string_buffer(struct.pack('<qq', 1, 0)))",
    "host name": "socket.sethostname('x') is None",
    "log of the machine": "libc.syscall(103, 3, ctypes.create_string_buffer(100), 100)",
    "second set of calls": "libc.syscall(0x40000000 | 39)",
    "keys typed in a terminal": "fcntl.ioctl(os.open('/dev/ptmx', os.O_RDWR), 0x5412, b'x') is not None",
    "comparing with another": "libc.syscall(312, 1, os.getpid(), 0, 0, 0)",
    "ports of the machine": "libc.syscall(172, 3) or libc.syscall(173, 0x80, 1, 1)",
    "accounts of processes": "libc.syscall(163, b'/notebook/x')",
    "signal to all": "os.kill(-1, 0) is None and len(glob.glob('/proc/[0-9]*')) > 20",
    "memory of another, by advice": "libc.syscall(440, os.pidfd_open(1), 0, 0, 4, 0)",
}
ALL = {"files": FILES, "writes": WRITES, "mounts": MOUNTS, "network": NETWORK, "processes": PROCESSES}
