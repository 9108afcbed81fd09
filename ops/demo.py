"""`make demo`: the demo organization generated anew, in a running Portolan or on servers started for it."""

import os
import subprocess
import sys
from collections.abc import Mapping

from ops import project
from ops.servers import Servers
from ops.state import ROOT, Lock, OpsError, var


def generate(servers: Servers, given: Mapping[str, str]) -> int:
    """Migrate where needed, then run the command; SEED chooses another, equally repeatable, organization."""
    variables = project.environment(servers, given)
    seed, is_forced = given.get("SEED", ""), given.get("FORCE", "") in {"1", "yes", "true"}
    if seed and not seed.isdigit():
        raise OpsError(f"SEED is {seed!r}; give a whole number.")
    options = [*(["--seed", seed] if seed else []), *(["--force"] if is_forced else [])]
    steps = [
        (project.manage("migrate", "--no-input", "--skip-checks", "--verbosity", "0"), project.as_owner(variables)),
        (project.manage("demo", "--replace", *options), variables),
    ]
    for command, step_variables in steps:
        code = subprocess.run(command, cwd=ROOT, env=step_variables, check=False).returncode
        if code:
            return code
    memory = project.Memory(servers)
    memory.remember_demo()
    memory.remember_sign_ins(None)
    return 0


def main(given: Mapping[str, str] | None = None) -> int:
    given = os.environ if given is None else given
    servers = Servers(var(), environ=given)
    try:
        if Lock(var() / "run.lock").is_held():
            print("Portolan runs in this folder; the demo organization is changed there.", flush=True)
            return generate(servers, given)
        with servers:
            return generate(servers, given)
    except OpsError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        servers.stop()
        return 130


if __name__ == "__main__":
    sys.exit(main())
