"""A jail that Podman or Docker builds: one container for each of a student's processes.

The image is empty, and nothing is downloaded: what a process needs of this machine is shown to it
read-only. Inside, the walls that a process can put up by itself stand as well (see
`grading.sandbox.container_inside`). Each container imports TensorFlow anew, which takes seconds.
"""

import contextlib
import functools
import hashlib
import io
import json
import os
import secrets
import select
import shutil
import socket
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from grading.sandbox import library, root
from grading.sandbox.container_inside import DOOR, INSIDE
from grading.sandbox.container_keeper import LONGEST_REASON, ContainerError, answer
from grading.sandbox.work import Limits, Work, with_threads

PROGRAMS = ("podman", "docker")
ONLY_PODMAN = ("--read-only-tmpfs=false", "--passwd=false", "--no-hosts", "--env-host=false")
PROXIES = [f"{kind}_proxy" for kind in ("http", "https", "ftp", "no", "all")]
SECONDS = 120  # that a container has for its start, and then for its imports
FIRST_USER = 1_800_000_000  # of those that exist nowhere else, one for each container
MOST_USERS = 60_000
OPEN = (root.HOME, "/tmp")  # where everybody inside can write, as in /dev/shm
KEEPER = (sys.executable, "-m", "grading.sandbox.container_keeper")


def missing(course: str = "") -> str:
    """What keeps this machine from having containers that hide a course, in words, or ''.

    Args:
        course: folder of the course, or '' to look only for the containers.
    """
    try:
        connection, report = _started(Work([], {}, course=course))
    except (ContainerError, OSError) as error:
        return str(error)
    connection.close()
    os.close(report)
    return ""


def child(work: Work) -> tuple[socket.socket, int]:
    """A connection to a new student's process, and a pipe from its keeper.

    Raises:
        RuntimeError: it could not be started.
    """
    try:
        connection, report = _started(work)
    except ContainerError as error:
        raise RuntimeError(f"a student's container could not be started: {error}") from None
    select.select([connection], [], [], SECONDS)  # until everything is imported
    return connection, report


def command(
    program: str, name: str, user: int, limits: Limits, shown: dict[str, str], veils: Iterable[str]
) -> list[str]:
    """The command line that starts a container, up to its image.

    Args:
        program: podman or docker, with or without its folder.
        name: of the container.
        user: the number of the user and of the group that it becomes.
        limits: `Limits`.
        shown: dict from where files and folders can be read inside to where they lie.
        veils: folders that are empty inside.
    """
    memory = limits.memory + limits.disk  # files lie in memory
    line = [program, "run", "--detach", "--pull=never", "--log-driver=none"]
    line += [f"--name={name}", "--hostname=student", f"--user={user}:{user}"]
    line += ["--network=none", "--ipc=private", "--cgroupns=private", "--read-only"]
    line += ["--cap-drop=all", "--security-opt=no-new-privileges", "--security-opt=label=disable"]
    line += [f"--memory={memory}", f"--memory-swap={memory}", f"--pids-limit={limits.processes}"]
    line += [f"--ulimit=nproc={limits.processes}", "--ulimit=nofile=1024", "--ulimit=core=0"]
    line += ["--oom-score-adj=1000", f"--shm-size={limits.disk}", f"--workdir={root.HOME}"]
    line += [f"--tmpfs={one}:size={limits.disk},mode=1777,exec" for one in OPEN]
    # A proxy's address can hold a password, and both programs pass it on.
    line += [f"--env={name}=" for one in PROXIES for name in (one, one.upper())]
    line += [f"--tmpfs={path}:size=1m,mode=755" for path in veils]
    for path, source in shown.items():
        line.append(f"--mount=type=bind,source={source},destination={path},readonly")
    if Path(program).name == "podman":
        line += ONLY_PODMAN
    return line


def layout(readable: Iterable[str], hidden: Iterable[str]) -> tuple[dict[str, str], list[str]]:
    """What has to be shown and veiled; of two such places the deeper one decides.

    Args:
        readable: files and folders; a link stands in the image, and what it leads to is shown.
        hidden: folders.

    Returns:
        shown: dict from where a file or folder can be read inside to where it lies.
        veils: folders that are empty inside.
    """
    places = {path: "" for path in hidden}
    for path in readable:
        if os.path.exists(path):
            real = os.path.realpath(path)
            places |= {real: real}
            if not os.path.islink(path):  # but a folder around it may be one
                places |= {os.path.abspath(path): real}
    shown, veils = {}, []
    for path, source in sorted(places.items()):
        around = next((places[str(up)] for up in Path(path).parents if str(up) in places), "")
        if source and not around:
            shown[path] = source
        elif around and not source:
            veils.append(path)
    return shown, veils


class _Connection(socket.socket):
    """A connection to a process in a container, which ends when it is closed."""

    keeper: "subprocess.Popen[bytes]"
    folder: contextlib.ExitStack

    def close(self) -> None:
        """Hangs up, and waits until the container is gone."""
        super().close()
        _end(self.keeper)
        self.folder.close()


def _started(work: Work) -> tuple[_Connection, int]:
    """A connection to a new container, in which all walls stand, and a pipe from its keeper."""
    program, mapped = _runtime()
    name = f"vae-grade-{secrets.token_hex(8)}"
    user = (1 if mapped else FIRST_USER) + secrets.randbelow(MOST_USERS)
    hidden = root.courses(work.course)
    readable = [*root.SYSTEM, *root.places(), *_own()]
    links = [one for one in readable if os.path.islink(one)]  # such as /lib
    shown, veils = layout(readable, hidden)
    limits = with_threads(work.limits)
    request = {
        "limits": asdict(limits),
        "hidden": hidden,
        "shown": [*shown, *readable],
    }
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="vae-grade-"))
        shown |= _without_answers(work, Path(folder, "library"), shown)
        listener = stack.enter_context(socket.socket(socket.AF_UNIX))
        door = f"{folder}/door"
        listener.bind(door)
        os.chmod(door, 0o666)  # nobody else gets into its folder
        listener.listen(1)
        line = command(program, name, user, limits, shown | {DOOR: door}, veils)
        packages = [str(library.package_folder(name).parent) for name in ("grading", "vaelib")]
        line += [f"--env=PYTHONPATH={os.pathsep.join(packages)}", _image(program, tuple(links))]
        line += [sys.executable, "-m", "grading.sandbox.container_inside", json.dumps(request)]
        report, keepers = os.pipe()
        keeper = subprocess.Popen(
            [*KEEPER, program, name, str(limits.memory), *line],
            stdin=subprocess.PIPE,
            stdout=keepers,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is not for it
        )
        os.close(keepers)
        try:
            connection = _accepted(listener, report)
        except BaseException:
            _end(keeper)
            os.close(report)
            raise
        listener.close()
        connection.keeper, connection.folder = keeper, stack.pop_all()
    return connection, report


def _without_answers(work: Work, folder: Path, shown: dict[str, str]) -> dict[str, str]:
    """Where a copy of the library has to be shown in its place, which lacks what is asked for."""
    original = os.path.realpath(library.original())
    copy = str(library.build(work.checks, folder))
    return {
        path: copy for path, source in [*shown.items(), (original, original)] if source == original
    }


def _accepted(listener: socket.socket, report: int) -> _Connection:
    """The connection of whoever comes first, once all walls stand there."""
    ready, _, _ = select.select([listener.fileno(), report], [], [], SECONDS)
    if listener.fileno() not in ready:
        said = os.read(report, LONGEST_REASON).decode() if ready else f"no word in {SECONDS} s"
        raise ContainerError(said or "its keeper died")
    accepted, _ = listener.accept()
    accepted.settimeout(SECONDS)
    try:
        said = accepted.recv(LONGEST_REASON).decode()
        if said != INSIDE:
            raise ContainerError(said or "the process died on its way into the container")
    except BaseException:
        accepted.close()
        raise
    return _Connection(fileno=accepted.detach())


def _end(keeper: "subprocess.Popen[bytes]") -> None:
    keeper.communicate()  # closes its input, which tells it to end


@functools.cache
def _runtime() -> tuple[str, bool]:
    """The program that runs containers, and whether users inside are others outside."""
    found = [path for path in map(shutil.which, PROGRAMS) if path]
    reasons = [] if found else [f"there is neither {' nor '.join(PROGRAMS)}"]
    for path in found:
        try:
            told = json.loads(answer([path, "info", "--format={{json .}}"]))
        except (ContainerError, ValueError) as error:
            reasons.append(str(error))
            continue
        options = told.get("SecurityOptions") or []  # of Docker
        mapped = any("rootless" in one or "userns" in one for one in options)
        return path, mapped or told.get("host", {}).get("security", {}).get("rootless", False)
    raise ContainerError("; ".join(reasons))


@functools.cache
def _image(program: str, links: tuple[str, ...]) -> str:
    """The name of an image with two empty folders and some links as on this machine."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for path in links:
            member = tarfile.TarInfo(path.lstrip("/"))
            member.type, member.linkname = tarfile.SYMTYPE, os.readlink(path)
            tar.addfile(member)
        for path in OPEN:
            member = tarfile.TarInfo(path.lstrip("/"))
            member.type, member.mode = tarfile.DIRTYPE, 0o1777
            tar.addfile(member)
    content = archive.getvalue()
    name = f"localhost/vae-grade:{hashlib.sha256(content).hexdigest()[:12]}"
    try:
        answer([program, "image", "inspect", name])
    except ContainerError:
        answer([program, "import", "-", name], content)
    return name


def _own() -> list[str]:
    """This side of the grader, which the process inside imports."""
    grading = library.package_folder("grading")
    return [f"{grading}/__init__.py", f"{grading}/sandbox"]
