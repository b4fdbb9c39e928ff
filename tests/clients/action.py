"""Runs the steps of `action.yml` as a runner does, in the repository of the working directory, and
exits as the first step that fails. Arguments: the file, a directory for the runner's own files, then
INPUT=VALUE. Steps that use other actions are left out; they only save time.

The environment has what GitHub sets for a step; outputs and summary are in `output.txt` and
`summary.md` of the runner's directory."""

import os
import re
import subprocess
import sys

import yaml


def expression(text, inputs):
    """Replaces `${{ inputs.NAME }}`; anything else in a script would be a value made code."""
    return re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda found: inputs[found[1]], text)


def wanted(condition, inputs):
    """The conditions that the file has: `inputs.NAME == ''`."""
    if condition is None:
        return True
    name = re.fullmatch(r"inputs\.([a-z-]+) == ''", condition)[1]
    return inputs[name] == ""


def run(step, inputs, runner):
    assert step["shell"] == "bash", step
    assert "${{" not in step["run"], "a value is written into a script"
    environment = dict(os.environ)
    environment.update(
        RUNNER_TEMP=runner,
        GITHUB_ACTION_PATH=os.path.dirname(os.path.abspath(sys.argv[1])),
        GITHUB_OUTPUT=os.path.join(runner, "output.txt"),
        GITHUB_STEP_SUMMARY=os.path.join(runner, "summary.md"),
    )
    for name, value in step.get("env", {}).items():
        environment[name] = expression(value, inputs)
        assert "${{" not in environment[name], f"{value} is unknown here"
    # How the runner starts `shell: bash`.
    shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    return subprocess.run(shell, env=environment, check=False).returncode


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        action = yaml.safe_load(file)
    given = dict(argument.split("=", 1) for argument in sys.argv[3:])
    known = action["inputs"]
    assert set(given) <= set(known), f"the action has no such input: {set(given) - set(known)}"
    inputs = {name: given.get(name, known[name]["default"]) for name in known}
    assert action["runs"]["using"] == "composite"
    for step in action["runs"]["steps"]:
        if "run" in step and wanted(step.get("if"), inputs):
            code = run(step, inputs, sys.argv[2])
            if code != 0:
                sys.exit(code)


if __name__ == "__main__":
    main()
