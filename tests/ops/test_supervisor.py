"""The supervisor, with small programs in the place of web, worker and beat."""

import os
import signal
import time

import pytest

from tests.ops.watched import Watched, all_gone_within, children

SUPERVISED = """
    import os, sys
    from ops import undertaker
    from ops.processes import spawn
    from ops.state import OpsError
    from ops.supervisor import Program, Supervisor

    undertaker.PATIENCE_SECONDS = 1.5

    # A program with a child of its own; `deaf` ones ignore the polite signal.
    CODE = '''
    import os, signal, sys, time
    if "deaf" in sys.argv: signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if os.fork() == 0:
        time.sleep(600)
    print("pid", os.getpid(), flush=True)
    if "fails" in sys.argv: os._exit(3)
    time.sleep(600)
    '''

    def program(name, *words, **options):
        command = [sys.executable, "-c", CODE, *words]
        return Program(name, lambda output: spawn(command, env=os.environ, stdout=output), **options)

    supervisor = Supervisor()
    try:
        if "step" in sys.argv:
            supervisor.run_steps([program("step", "fails"), program("never")], [program("other")])
        programs = [program("one"), program("two", *sys.argv[1:], patience_seconds=60)]
        for each in programs:
            supervisor.start(each)
        supervisor.say("ready")
        supervisor.keep()
    except OpsError as error:
        supervisor.say(str(error))
        sys.exit(1)
    supervisor.end(programs)
    supervisor.say("over")
"""


@pytest.fixture
def watch(python):
    return lambda *words: Watched(python(SUPERVISED, *words))


def test_every_line_says_who_wrote_it(watch):
    supervisor = watch()

    supervisor.until(r"^one      \| pid \d+$")
    supervisor.until(r"^two      \| pid \d+$")


def test_a_killed_program_is_started_again_without_the_children_it_left(watch):
    supervisor = watch()
    first = supervisor.pid_of("two")

    os.kill(first, signal.SIGKILL)

    supervisor.until(r"two stopped unexpectedly \(killed by SIGKILL\); starting it again in 0.5 s")
    assert supervisor.pid_of("two") != first
    assert children(first) == []


def test_a_program_that_keeps_failing_is_given_longer_and_longer_pauses(watch):
    supervisor = watch("fails")

    pauses = [supervisor.until(r"two stopped .*exit code 3.* in ([\d.]+) s")[1] for _ in range(3)]

    assert pauses == ["0.5", "1", "2"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_asked_to_stop_it_stops_everything_and_ends_well(watch, number):
    supervisor = watch()
    one, two = supervisor.pid_of("one"), supervisor.pid_of("two")

    supervisor.process.send_signal(number)

    assert supervisor.process.wait(10) == 0
    assert children(one) + children(two) == []


def test_a_program_that_will_not_stop_is_forced_by_the_second_request(watch):
    supervisor = watch("deaf")
    two = supervisor.pid_of("two")

    supervisor.process.send_signal(signal.SIGINT)
    time.sleep(0.2)
    supervisor.process.send_signal(signal.SIGTERM)  # make hands on what we were sent already: the same request
    time.sleep(0.6)
    assert children(two)
    supervisor.process.send_signal(signal.SIGINT)

    assert supervisor.process.wait(10) == 0
    assert all_gone_within(5, two)


def test_killed_outright_it_leaves_nobody_behind_not_even_the_deaf(watch):
    supervisor = watch("deaf")
    groups = [supervisor.pid_of("one"), supervisor.pid_of("two")]

    supervisor.process.kill()

    assert all(all_gone_within(5, group) for group in groups)


def test_a_failed_step_ends_its_neighbours_and_names_itself(watch):
    supervisor = watch("step")

    supervisor.until(r"The step `step` failed \(exit code 3\)")

    assert supervisor.process.wait(10) == 1
    assert not any("never" in line for line in supervisor.lines)


def test_it_goes_on_when_nobody_reads_it_any_more(watch):
    supervisor = watch()
    two = supervisor.pid_of("two")
    supervisor.process.stdout.close()

    os.kill(two, signal.SIGKILL)
    time.sleep(1.5)

    assert supervisor.process.poll() is None
    supervisor.process.send_signal(signal.SIGTERM)
    assert supervisor.process.wait(10) == 0
