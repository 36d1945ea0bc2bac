"""What can be done inside a jail, and what cannot, as root and as an ordinary user.

Every test starts a fresh Python, which forks and enters a jail. Where the system has no namespaces
these tests fail; they never pass without a wall.
"""

import os
import socket
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from grading.sandbox import jail, root
from tests.support.jails import LIMITS

pytestmark = pytest.mark.jail


def test_this_machine_has_a_jail():
    assert jail.missing() == ""


def test_a_jail_holds_nothing_but_python_and_a_folder(inside):
    known = {"usr", "lib", "lib64", "bin", "etc", "dev", "proc", "sys", "tmp"}
    known |= {Path(place).parts[1] for place in (sys.prefix, sys.base_prefix, root.HOME)}
    code = """
        import os
        answer = [os.listdir("/"), os.getcwd(), os.listdir()]
        answer += [os.listdir("/tmp"), os.listdir("/etc")]
    """
    top, here, mine, shared, settings = inside(code)
    assert set(top) <= known
    assert (here, mine) == (root.HOME, [])
    prefix = Path(sys.prefix)  # of the tests' own Python, which may lie there
    assert set(shared) <= ({prefix.parts[2]} if prefix.is_relative_to("/tmp") else set())
    assert set(settings) <= {"ld.so.cache", "fonts", "localtime"}


def test_no_other_file_can_be_read(inside, tmp_path):
    path = tmp_path / "key"
    path.write_text("secret")
    for one in (path, Path(__file__), Path.home() / ".bashrc", Path("/etc/passwd")):
        code = f"""
            import os
            answer = [os.path.exists({str(one)!r}), os.path.exists("/proc/1/root" + {str(one)!r})]
        """
        assert inside(code) == [False, False]


def test_only_three_places_can_be_written(inside):
    code = """
        answer = []
        for line in open("/proc/self/mounts"):
            _, place, _, options, *_ = line.split()
            if "ro" not in options.split(","):
                answer.append(place)
    """
    assert sorted(inside(code)) == sorted(["/dev/shm", "/tmp", root.HOME])


def test_what_is_written_is_gone_afterwards(inside):
    code = """
        import os
        answer = os.listdir() + os.listdir("/dev/shm")
        for folder in (".", "/tmp", "/dev/shm"):
            open(folder + "/left", "w").write("x")
    """
    assert inside(code) == []
    assert inside(code) == []


def test_python_works_inside(inside):
    code = """
        import concurrent.futures, decimal, multiprocessing, socket, subprocess, sys, threading
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            threads = list(pool.map(abs, [-1, -2]))
        done = subprocess.run([sys.executable, "-c", "print(3)"], capture_output=True, text=True)
        with multiprocessing.get_context("fork").Pool(1) as pool:
            processes = pool.map(abs, [-4])
        one, other = socket.socketpair()
        one.send(b"5")
        answer = [*threads, int(done.stdout), *processes, int(other.recv(1))]
    """
    assert inside(code) == [1, 2, 3, 4, 5]


def test_python_works_inside_whatever_the_graders_umask(inside):
    assert inside("import decimal, os\nanswer = len(os.listdir('/usr'))", before=UMASK) > 0


UMASK = "import os\nos.umask(0o077)\n"


def test_it_is_nobody_with_no_rights(inside):
    code = """
        import os
        status = dict(line.split(":", 1) for line in open("/proc/self/status"))
        kept = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp")
        answer = [[int(status[name], 16) for name in kept]]
        answer += [os.getuid(), os.geteuid(), os.getgroups()]
    """
    rights, real, effective, groups = inside(code)
    assert rights == [0, 0, 0, 0, 0, 1, 2]
    assert real == effective != 0
    assert not {0} & set(groups)


def test_there_is_no_other_process(inside):
    code = """
        import os
        answer = [os.getpid(), os.getppid(), [n for n in os.listdir("/proc") if n.isdigit()]]
    """
    assert inside(code) == [1, 0, ["1"]]


def test_there_is_no_network(inside):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        heard = []
        threading.Thread(target=lambda: heard.append(listener.accept()), daemon=True).start()
        code = f"""
            import socket
            answer = [name for _, name in socket.if_nameindex() if name == "lo"]
            try:
                socket.create_connection({listener.getsockname()!r}, 2)
                answer.append("connected")
            except OSError as error:
                answer.append(error.strerror)
        """
        assert inside(code) == ["lo", "Network is unreachable"]
        assert heard == []


def test_no_socket_reaches_past_the_network(inside):
    code = """
        import socket
        answer = []
        for family in range(50):
            for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW):
                try:
                    socket.socket(family, kind)
                    answer.append(family)
                except OSError:
                    pass
        answer = sorted(set(answer))
    """
    assert set(inside(code)) <= {socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK}


def test_no_listener_outside_is_reached_by_name(inside):
    name = f"jail-{os.getpid()}"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"\0{name}")
        listener.listen()
        code = f"""
            import socket
            try:
                answer = socket.socket(socket.AF_UNIX).connect("\\0{name}") or "connected"
            except OSError as error:
                answer = "refused"
        """
        assert inside(code) == "refused"


NEVER = {  # x86-64 and aarch64
    "unshare": (272, 97),
    "setns": (308, 268),
    "chroot": (161, 51),
    "pivot_root": (155, 41),
    "mount": (165, 40),
    "umount2": (166, 39),
    "mount_setattr": (442, 442),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "open_tree_attr": (467, 467),
    "open_by_handle_at": (304, 265),
    "fanotify": (300, 262),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    "process_madvise": (440, 440),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "syslog": (103, 116),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "userfaultfd": (323, 282),
    "io_uring_register": (427, 427),
    "setsid": (112, 157),
    "setrlimit": (160, 164),
    "vmsplice": (278, 75),
    "splice": (275, 76),
    "tee": (276, 77),
    "sendfile": (40, 71),
    "listen": (50, 201),
    "setsockopt": (54, 208),
    "timer_create": (222, 107),
    "mlock": (149, 228),
    "remap_file_pages": (216, 234),
    "sync": (162, 81),
    "seccomp": (317, 277),
    "inotify_init1": (294, 26),
    "name_to_handle_at": (303, 264),
    "personality": (135, 92),
    "clone3": (435, 435),
}


def test_system_calls_that_nobody_needs_are_refused(inside):
    code = f"""
        import ctypes, errno, os
        libc = ctypes.CDLL(None, use_errno=True)
        _, column = calls.ARCHITECTURES[os.uname().machine]
        def tried(number, *arguments):
            ctypes.set_errno(0)
            done = libc.syscall(number, *[ctypes.c_long(a) for a in (*arguments, 0, 0, 0, 0)])
            return "done" if done >= 0 else errno.errorcode[ctypes.get_errno()]
        answer = {{name: tried(numbers[column]) for name, numbers in {NEVER}.items()}}
        for flag in (0x10000000, 0x20000, 0x40000000, 0x20000000):
            answer[f"clone {{flag:x}}"] = tried(calls.ALLOWED["clone"][column], flag | 17)
        answer["prctl"] = tried(calls.ALLOWED["prctl"][column], 1, 0)
    """
    answer = inside(code)
    assert {answer.pop(name) for name in NEVER} == {"ENOSYS"}
    assert set(answer.values()) == {"EPERM"}
    assert len(answer) == 5


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="only there calls have other numbers")
def test_the_same_calls_under_other_numbers_are_refused(inside):
    code = """
        import ctypes, errno
        libc = ctypes.CDLL(None, use_errno=True)
        done = libc.syscall(0x40000000 + 272, 0x10000000)  # unshare of x32
        answer = errno.errorcode[ctypes.get_errno()] if done < 0 else "done"
    """
    assert inside(code) == "ENOSYS"


def test_there_is_no_jail_in_a_jail(inside):
    code = """
        import socket
        try:
            jail.enter([], jail.Limits(), socket.socketpair()[0])
        except jail.JailError as error:
            answer = str(error)
    """
    assert inside(code) == "new namespaces is refused: Function not implemented"


def test_limits_cannot_be_raised(inside):
    code = """
        import resource
        answer = []
        for name in ("DATA", "AS", "FSIZE", "NPROC", "CPU", "NOFILE", "CORE"):
            kind = getattr(resource, "RLIMIT_" + name)
            try:
                resource.setrlimit(kind, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
                answer.append(name)
            except (ValueError, OSError):
                pass
    """
    assert inside(code) == []


def test_memory_ends_at_its_limit(inside):
    code = """
        try:
            answer = len(bytearray(200 << 20))
        except MemoryError:
            answer = "no memory"
    """
    assert inside(code, limits={"memory": 100 << 20}) == "no memory"
    assert inside(code) == 200 << 20


def test_processes_and_threads_end_at_their_limit(inside):
    code = """
        import os, threading, time
        answer = [0, 0]
        try:
            for _ in range(200):
                threading.Thread(target=time.sleep, args=[1000], daemon=True).start()
                answer[0] += 1
        except RuntimeError:
            pass
        try:
            os.fork()
        except OSError as error:
            answer[1] = error.errno
    """
    started, error = inside(code)
    assert 20 < started < LIMITS["processes"]
    assert error == 11


def test_the_disk_ends_at_its_limit(inside):
    code = """
        import os
        answer = []
        for folder in (os.getcwd(), "/tmp", "/dev/shm"):
            written = 0
            try:
                for i in range(20):
                    with open(f"{folder}/{i}", "wb", buffering=0) as file:
                        written += file.write(bytes(1 << 20))
            except OSError:
                pass
            answer.append(written)
    """
    assert max(inside(code)) <= LIMITS["disk"]


def test_even_empty_files_have_a_limit(inside):
    code = """
        answer = 0
        try:
            for i in range(100_000):
                open(str(i), "w").close()
                answer += 1
        except OSError:
            pass
    """
    assert 1000 < inside(code, limits={"disk": 256 << 20}) <= root.MOST_FILES


def test_no_file_is_larger_than_the_disk(inside):
    code = """
        import os
        try:
            with open("large", "wb") as file:
                os.ftruncate(file.fileno(), 1 << 40)
            answer = "made"
        except OSError:
            answer = "refused"
    """
    assert inside(code) == "refused"


def test_the_system_would_end_it_before_any_other_process(inside):
    code = """
        answer = [open("/proc/self/oom_score_adj").read().strip()]
        try:
            open("/proc/self/oom_score_adj", "w").write("-1000")
        except OSError:
            answer.append("refused")
    """
    assert inside(code) == ["1000", "refused"]


DAEMONS = """
    import ctypes, os, signal, subprocess, time
    ctypes.CDLL(None).prctl(1, 0, 0, 0, 0)  # asks to outlive whoever started it
    for _ in range(3):
        if os.fork() == 0:
            for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
                signal.signal(number, signal.SIG_IGN)
            os.setpgid(0, 0)
            if os.fork() == 0:
                time.sleep(1000)
            os._exit(0)
    answer = "started"
"""


def test_every_process_ends_when_the_grader_hangs_up(inside):
    assert inside(DAEMONS) == "started"  # comes back only once all are dead


def test_every_process_ends_with_its_keeper(inside):
    assert inside(DAEMONS, end="os.kill(keeper, signal.SIGKILL)") == "started"


def test_a_keeper_is_not_stopped_by_what_stops_a_grader(inside):
    end = """
        os.kill(keeper, signal.SIGTERM)
        os.kill(keeper, signal.SIGINT)
        time.sleep(0.2)
        os.kill(keeper, 0)
    """
    assert inside(DAEMONS, end=end) == "started"


def test_a_process_that_kills_everybody_reaches_nobody(inside):
    code = """
        import os, signal
        answer = []
        assert os.getpid() == 1
        for process in (-1, *range(2, 400)):
            try:
                os.kill(process, signal.SIGKILL)
                answer.append(process)
            except ProcessLookupError:
                pass
    """
    assert inside(code) == []


def test_without_a_jail_the_reason_is_told():
    """A machine without namespaces, as far as this process can see."""
    code = """
        from grading.sandbox import jail, seccomp
        jail.libc.prctl(jail.NO_NEW_PRIVS, 1, 0, 0, 0)
        seccomp.refuse_calls()
        print(jail.missing())
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        cwd=Path(jail.__file__).parents[2],
    )
    assert done.stdout == "new namespaces is refused: Function not implemented\n"
    assert done.returncode == 0, done.stderr
