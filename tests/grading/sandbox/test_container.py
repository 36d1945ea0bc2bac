"""What a container is asked for, and what holds inside one.

Where neither Podman nor Docker runs containers, what needs one is skipped, and says why. The
attackers of tests/attacks are handed in to containers by test_attacks.py.
"""

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from grading.sandbox import container, container_inside, root
from grading.sandbox.container_keeper import ContainerError, answer
from grading.sandbox.process import start
from grading.sandbox.session import StudentGoneError
from grading.sandbox.work import CONTAINER, KilledError, Limits, Work
from vaelib import losses

pytestmark = pytest.mark.jail

LIMITS = Limits(memory=1 << 30, disk=64 << 20)


@pytest.fixture(scope="session")
def containers():
    """Skips a test where there are none."""
    if lacking := container.missing():
        pytest.skip(f"this machine runs no containers, so nothing is proven of them: {lacking}")


@pytest.fixture(scope="module")
def inside(containers):
    """Runs code in one container, and returns what it calls `answer`, as text."""
    with closing(_start(LIMITS)) as process:

        def run(code):
            _, raised = process.run_cell(f"{code}\nraise RuntimeError(repr(answer))")
            return raised.removeprefix("RuntimeError: ")

        yield run


def _start(limits, *asked):
    checks = dict.fromkeys(asked, "")
    return start(Work([], checks, limits=limits, jail=CONTAINER), time.monotonic() + 600)


def _command(program):
    return container.command(program, "name", 5, LIMITS, {"/usr/bin": "/usr/bin"}, ["/usr/bin/own"])


@pytest.mark.parametrize("program", container.PROGRAMS)
def test_a_container_is_asked_for_without_network_rights_and_writing(program):
    wanted = {"--network=none", "--cap-drop=all", "--security-opt=no-new-privileges"}
    wanted |= {"--read-only", "--ipc=private", "--cgroupns=private", "--user=5:5"}
    wanted |= {"--pull=never", "--log-driver=none", f"--pids-limit={LIMITS.processes}"}
    memory = LIMITS.memory + LIMITS.disk
    wanted |= {f"--memory={memory}", f"--memory-swap={memory}", "--env=HTTPS_PROXY="}
    wanted |= {"--mount=type=bind,source=/usr/bin,destination=/usr/bin,readonly"}
    wanted |= {"--tmpfs=/usr/bin/own:size=1m,mode=755"}
    assert wanted <= set(_command(program))


@pytest.mark.parametrize("program", container.PROGRAMS)
def test_every_file_of_this_machine_is_shown_read_only(program):
    mounts = [one for one in _command(program) if one.startswith(("--mount", "--volume", "-v"))]
    assert all(one.endswith(",readonly") for one in mounts)
    assert not {"--privileged", "--pid=host", "--device"} & set(_command(program))


def test_options_that_podman_alone_knows_are_not_for_docker():
    assert set(_command("/usr/bin/podman")) >= set(container.ONLY_PODMAN)
    assert not set(_command("/usr/bin/docker")) & set(container.ONLY_PODMAN)


def test_of_places_that_are_shown_and_hidden_the_deeper_one_decides(tmp_path):
    for path in ("lib/python", "lib/course/library", "lib/course/checks", "home/course"):
        (tmp_path / path).mkdir(parents=True)
    readable = [f"{tmp_path}/{path}" for path in ("lib", "lib/python", "lib/course/library", "no")]
    hidden = [f"{tmp_path}/{path}" for path in ("lib/course", "home/course")]
    shown, veils = container.layout(readable, hidden)
    assert shown == {path: path for path in (readable[0], readable[2])}
    assert veils == [hidden[0]]


def test_of_a_link_is_shown_what_it_leads_to(tmp_path):
    (tmp_path / "python3.1").mkdir()
    (tmp_path / "python").symlink_to("python3.1")
    link, real = f"{tmp_path}/python", f"{tmp_path}/python3.1"
    assert container.layout([link], []) == ({real: real}, [])


def _machine(monkeypatch, folder):
    """Makes a folder the only one in which programs are looked for."""
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(container, "_runtime", container._runtime.__wrapped__)


def test_a_machine_without_such_programs_says_so(monkeypatch, tmp_path):
    _machine(monkeypatch, tmp_path)
    assert container.missing() == "there is neither podman nor docker"


def test_what_a_program_answers_to_its_first_question_is_told(monkeypatch, tmp_path):
    docker = tmp_path / "docker"
    docker.write_text("#!/bin/sh\necho 'Is the docker daemon running?' >&2\nexit 1\n")
    docker.chmod(0o755)
    _machine(monkeypatch, tmp_path)
    assert container.missing() == "docker info failed: Is the docker daemon running?"


def test_why_a_container_does_not_start_is_told(monkeypatch, tmp_path):
    podman = tmp_path / "podman"
    podman.write_text(
        "#!/bin/sh\n[ $1 = run ] && echo 'no control groups' >&2 && exit 125\necho '{}'\n"
    )
    podman.chmod(0o755)
    _machine(monkeypatch, tmp_path)
    assert container.missing() == "podman run failed: no control groups"


def test_a_program_that_fails_is_quoted_with_its_last_line():
    line = [sys.executable, "-c", "import sys; print('one\\ntwo', file=sys.stderr); sys.exit(3)"]
    with pytest.raises(ContainerError, match=r"failed: two$"):
        answer(line)


@pytest.mark.parametrize(
    "files", [("memory.max", "pids.max"), ("memory/memory.limit_in_bytes", "pids/pids.max")]
)
@pytest.mark.parametrize(("said", "held"), [(0, True), (1, False), ("max", False), (None, False)])
def test_a_control_group_without_limits_is_refused(files, said, held, tmp_path):
    limits = (LIMITS.memory + LIMITS.disk, LIMITS.processes)
    for name, most in zip(files, limits, strict=True):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        if said is not None:
            (tmp_path / name).write_text(said if said == "max" else str(most + said))
    if held:
        container_inside.demand_limits(LIMITS, tmp_path)
    else:
        with pytest.raises(root.JailError, match="let the system delegate control groups"):
            container_inside.demand_limits(LIMITS, tmp_path)


def test_a_container_holds_nothing_but_python_and_folders_to_work_in(inside):
    places = (*root.SYSTEM, *root.places(), *root.WRITABLE, container_inside.DOOR)
    known = {Path(place).parts[1] for place in places}
    known |= {"proc", "sys", "dev", ".dockerenv", Path(__file__).parts[1]}
    seen = inside("import os\nanswer = ' '.join(os.listdir('/'))").strip("'").split()
    assert set(seen) <= known
    seen = inside("answer = ' '.join(os.listdir('/etc'))").strip("'").split()
    # The last two are made by the program that runs containers, and tell the name "student".
    names = {"ld.so.cache", "fonts", "localtime", "mtab", "hostname", "hosts", "resolv.conf"}
    assert set(seen) <= names


def test_the_course_cannot_be_seen_in_a_container(inside):
    folder = Path(__file__).parents[3]
    assert set(os.listdir(folder)) > {"solutions", "checks", "vaelib", "grading"}
    seen = inside(f"import os\nanswer = ' '.join(os.listdir({str(folder)!r}))")
    places = [Path(one) for one in root.places()]  # Python's own may lie in the course's folder
    python = {one.relative_to(folder).parts[0] for one in places if one.is_relative_to(folder)}
    assert set(seen.strip("'").split()) == {"grading", "vaelib"} | python
    assert python <= {"vaelib", Path(sys.prefix).name}
    seen = inside(f"answer = ' '.join(os.listdir({str(folder / 'grading')!r}))")
    assert set(seen.strip("'").split()) == {"__init__.py", "sandbox"}


def test_the_library_in_a_container_lacks_what_is_asked_for(containers):
    assert "softplus(logits) - x" in Path(losses.__file__).read_text("utf-8")
    with closing(_start(LIMITS, "bernoulli_nll")) as process:
        _, said = process.run_cell("from vaelib import losses\nlosses.bernoulli_nll(0, 0)")
        assert "is what this assignment asks you to write" in said
        source = "open(losses.__file__).read()"
        assert process.run_cell(f"assert 'softplus(logits) - x' not in {source}") is None
        assert process.run_cell("assert losses.mse_per_image([[1.0]], [[3.0]]) == 4") is None


def test_only_three_places_of_a_container_can_be_written(inside):
    code = """
import os
answer = []
for line in open("/proc/self/mounts"):
    place = line.split()[1]
    try:
        os.close(os.open(f"{place}/new", os.O_CREAT | os.O_WRONLY))
        answer.append(place)
    except OSError:
        pass
"""
    found = inside(code).strip("[]").replace("'", "").split(", ")
    assert sorted(found) == sorted(root.WRITABLE)


def test_a_process_in_a_container_is_nobody_and_alone(inside):
    code = """
import os, socket
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
kept = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp")
answer = [int(status[name], 16) for name in kept]
answer += [os.getpid(), os.getppid(), sum(one.isdigit() for one in os.listdir("/proc"))]
answer += [os.getuid() > 0, [name for _, name in socket.if_nameindex()]]
"""
    assert inside(code) == "[0, 0, 0, 0, 0, 1, 2, 1, 0, 1, True, ['lo']]"


def test_a_container_has_not_even_a_loopback_address(inside):
    code = """
import socket
answer = []
for family in (socket.AF_INET, socket.AF_INET6):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        try:
            socket.socket(family, kind)
            answer.append(kind)
        except OSError:
            pass
"""
    assert inside(code) == "[]"


def test_files_without_end_are_paid_for_with_the_memory_of_the_container(containers):
    code = "for i in range(10**8):\n    open(str(i), 'w').close()"
    process = _start(Limits(memory=600 << 20, disk=32 << 20))
    process.seconds = 300
    with pytest.raises(StudentGoneError) as gone:
        process.run_cell(code)
    process.close()
    assert gone.value.finding.reason == "too much memory"


def test_a_container_that_is_killed_from_outside_is_no_fault_of_the_students(containers):
    process = _start(LIMITS)
    _kept(os.getpid())[0].kill()
    with pytest.raises(StudentGoneError):
        process.run_cell("pass")
    with pytest.raises(KilledError):
        process.close()


WORKER = """
import time
from grading.sandbox.container import child
from grading.sandbox.work import Work
from vaelib import losses
kept = child(Work([], {}))
print("started", flush=True)
time.sleep(1000)
"""


def test_a_container_ends_with_the_worker_that_started_it(containers):
    with subprocess.Popen([sys.executable, "-c", WORKER], stdout=subprocess.PIPE) as worker:
        assert worker.stdout.readline() == b"started\n"
        first, keeper, program, name = _kept(worker.pid)
        worker.send_signal(signal.SIGKILL)
    assert psutil.wait_procs([first, keeper], timeout=60)[1] == []
    assert name not in answer([program, "ps", "--all", "--format={{.Names}}"])


def _kept(worker):
    """Of the last container of a worker: its first process, its keeper, the program, its name."""
    for keeper in reversed(psutil.Process(worker).children()):
        words = keeper.cmdline()
        if words[2:3] == [container.KEEPER[2]]:
            told = answer([words[3], "inspect", "--format={{.State.Pid}}", words[4]])
            return psutil.Process(int(told)), keeper, *words[3:5]
    return None
