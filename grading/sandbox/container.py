"""A jail that Podman or Docker builds: one container for each of a student's processes.

The image is empty, and nothing is downloaded: what a process needs of this machine is shown to it
read-only. Inside, the walls that a process can put up by itself stand as well (see
`grading.sandbox.jail`). Each container imports TensorFlow anew, which takes seconds.
"""

import functools
import hashlib
import io
import json
import os
import secrets
import select
import shutil
import socket
import struct
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path

import psutil

from grading.sandbox import jail
from grading.sandbox.work import Limits, Work

PROGRAMS = ("podman", "docker")
ONLY_PODMAN = ("--read-only-tmpfs=false", "--passwd=false", "--no-hosts", "--env-host=false")
DOOR = "/run/grader"  # the socket, inside
PROXIES = [f"{kind}_proxy" for kind in ("http", "https", "ftp", "no", "all")]
SECONDS = 120  # that a container has for its start, and then for its imports
LONGEST_REASON = 1000  # bytes
FIRST_USER = 1_800_000_000  # of those that exist nowhere else, one for each container
MOST_USERS = 60_000
WAIT = 'read _; exec "$0" kill "$1"'  # of a shell: it ends a container once its input is closed


def missing() -> str:
    """What keeps this machine from having containers, in words, or ''."""
    try:
        with _started(Limits(), []):
            return ""
    except (RuntimeError, OSError, subprocess.SubprocessError) as error:
        return str(error)


def child(work: Work) -> tuple[socket.socket, int]:
    """A connection to a new student's process, and the process id of its parent.

    Raises:
        RuntimeError: it could not be started.
    """
    connection = _started(work.limits, work.checks)
    if not select.select([connection], [], [], SECONDS)[0]:
        connection.close()
        raise RuntimeError(f"a container imported nothing in {SECONDS} s")
    return connection, connection.keeper


def command(
    program: str, name: str, user: int, image: str, limits: Limits, shown: Iterable[str]
) -> list[str]:
    """The start of the command line that runs a program in a container.

    Args:
        program: podman or docker, with or without its folder.
        name: of the container.
        user: the number of the user and of the group that it becomes.
        image: what lies under everything that is shown.
        limits: `Limits`.
        shown: absolute paths of files and folders that can be read inside.
    """
    memory = limits.memory + limits.disk  # files lie in memory
    line = [program, "run", "--detach", "--rm", "--pull=never", "--log-driver=none"]
    line += [f"--name={name}", "--hostname=student", f"--user={user}:{user}"]
    line += ["--network=none", "--ipc=private", "--cgroupns=private", "--read-only"]
    line += ["--cap-drop=all", "--security-opt=no-new-privileges", "--security-opt=label=disable"]
    line += [f"--memory={memory}", f"--memory-swap={memory}", f"--pids-limit={limits.processes}"]
    line += [f"--ulimit=nproc={limits.processes}", "--ulimit=nofile=1024", "--ulimit=core=0"]
    line += ["--oom-score-adj=1000", f"--shm-size={limits.disk}", f"--workdir={jail.HOME}"]
    line += [f"--tmpfs={place}:size={limits.disk},mode=1777" for place in (jail.HOME, "/tmp")]
    # A proxy's address can hold a password, and both programs pass it on.
    line += [f"--env={name}=" for one in PROXIES for name in (one, one.upper())]
    line += [f"--mount=type=bind,source={path},destination={path},readonly" for path in shown]
    if Path(program).name == "podman":
        line += ONLY_PODMAN
    return [*line, image]


class _Connection(socket.socket):
    """A connection to a process in a container, which ends when it is closed."""

    keeper: int
    end: "subprocess.Popen[bytes]"

    def close(self) -> None:
        super().close()
        self.end.communicate()


def _started(limits: Limits, asked: Iterable[str]) -> _Connection:
    """A connection to a new container, in which all walls stand.

    Raises:
        RuntimeError: it could not be started.
    """
    program, rootless = _runtime()
    name = f"vae-grade-{secrets.token_hex(8)}"
    first = 1 if rootless else FIRST_USER
    user = first + secrets.randbelow(MOST_USERS)
    line = command(program, name, user, _image(program), limits, _shown())
    roots = [os.path.dirname(_package(one)) for one in ("grading", "vaelib")]
    with tempfile.TemporaryDirectory(prefix="vae-grade-") as folder:
        door = f"{folder}/door"
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(door)
            os.chmod(door, 0o666)  # nobody else gets into its folder
            listener.listen(1)
            listener.settimeout(SECONDS)
            line[-1:-1] = [f"--mount=type=bind,source={door},destination={DOOR},readonly"]
            line[-1:-1] = [f"--env=PYTHONPATH={os.pathsep.join(roots)}"]
            line += [sys.executable, "-m", "grading.sandbox.container"]
            line += [json.dumps(asdict(limits)), json.dumps(list(asked))]
            end = subprocess.Popen(
                ["/bin/sh", "-c", WAIT, program, name],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is not for it
            )
            try:
                _run(line)
                accepted, _ = listener.accept()
            except BaseException:
                end.communicate()
                raise
    connection = _Connection(fileno=accepted.detach())
    connection.end = end
    try:
        connection.settimeout(SECONDS)
        said = connection.recv(LONGEST_REASON).decode()
        if said != jail.INSIDE:
            raise RuntimeError(said or "the process died on its way into the container")
        connection.keeper = _parent(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _parent(connection: socket.socket) -> int:
    """The parent of the process at the other end, which has nothing else below it."""
    peer = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    process, _, _ = struct.unpack("3i", peer)
    return psutil.Process(process).ppid()


@functools.cache
def _runtime() -> tuple[str, bool]:
    """The program that runs containers, and whether root inside is nobody of importance outside.

    Raises:
        RuntimeError: there is none, or it does not answer.
    """
    found = [path for path in map(shutil.which, PROGRAMS) if path]
    if not found:
        raise RuntimeError(f"there is neither {' nor '.join(PROGRAMS)}")
    reasons = []
    for path in found:
        try:
            told = json.loads(_run([path, "info", "--format={{json .}}"]))
        except (RuntimeError, ValueError) as error:
            reasons.append(str(error))
            continue
        mapped = [one for one in told.get("SecurityOptions") or [] if "name=seccomp" not in one]
        docker = any("rootless" in one or "userns" in one for one in mapped)
        podman = told.get("host", {}).get("security", {}).get("rootless", False)
        return path, docker or podman
    raise RuntimeError("; ".join(reasons))


@functools.cache
def _image(program: str) -> str:
    """The name of an image with nothing in it but the links in this machine's root directory."""
    links = [path for path in jail.SYSTEM if os.path.islink(path)]
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for path in links:
            member = tarfile.TarInfo(path.lstrip("/"))
            member.type, member.linkname = tarfile.SYMTYPE, os.readlink(path)
            tar.addfile(member)
    content = archive.getvalue()
    name = f"localhost/vae-grade:{hashlib.sha256(content).hexdigest()[:12]}"
    try:
        _run([program, "image", "inspect", name])
    except RuntimeError:
        _run([program, "import", "-", name], content)
    return name


def _shown() -> list[str]:
    """What can be read inside: the system, Python, the library, and this side of the grader."""
    system = [path for path in jail.SYSTEM if not os.path.islink(path)]
    python = [sys.prefix, sys.base_prefix, os.path.realpath(sys.base_prefix)]
    grader = _package("grading")
    own = [_package("vaelib"), f"{grader}/__init__.py", f"{grader}/sandbox"]
    paths = {os.path.normpath(path) for path in (*system, *python, *own) if os.path.exists(path)}
    return sorted(one for one in paths if not any(str(up) in paths for up in Path(one).parents))


def _package(name: str) -> str:
    """The folder of a package of ours; it is not imported."""
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError(f"the package {name} is not installed")
    return spec.submodule_search_locations[0]


def _run(line: list[str], content: bytes | None = None) -> str:
    done = subprocess.run(line, input=content, capture_output=True, check=False, timeout=SECONDS)
    if done.returncode:
        lines = done.stderr.decode(errors="replace").split("\n")
        said = next((one for one in reversed(lines) if one.strip()), "it gave no reason")
        raise RuntimeError(f"{Path(line[0]).name} {line[1]} failed: {said}"[:LONGEST_REASON])
    return done.stdout.decode(errors="replace")


def _demand_limits(limits: Limits) -> None:
    """Control groups must bind: where they were not given to the user, some programs only warn.

    Raises:
        jail.JailError: they do not.
    """
    for most, files in {
        limits.memory + limits.disk: ("memory.max", "memory/memory.limit_in_bytes"),
        limits.processes: ("pids.max", "pids/pids.max"),
    }.items():
        paths = [Path("/sys/fs/cgroup") / name for name in files]
        said = next((path.read_text().strip() for path in paths if path.exists()), "max")
        if not said.isdecimal() or int(said) > most:
            raise jail.JailError(
                f"the container's control group has no limit in {files[0]}: it says {said}, and "
                f"{most} would do. Run it as root, or let the system delegate control groups"
            )


def main() -> None:
    """Serves the grader from inside a container; the arguments are limits and exercises."""
    limits = Limits(**json.loads(sys.argv[1]))
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(DOOR)
    try:
        _demand_limits(limits)
        jail.settle(limits)
    except Exception as error:
        connection.sendall(str(error).encode()[:LONGEST_REASON])
        return
    connection.sendall(jail.INSIDE.encode())

    from grading.sandbox import zygote  # only now: it imports TensorFlow

    zygote.serve(connection, json.loads(sys.argv[2]))


if __name__ == "__main__":
    main()
