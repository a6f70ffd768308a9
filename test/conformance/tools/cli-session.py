"""Runs AWS CLI commands in one process: a command a line on stdin as JSON, its result a line on stdout."""

import contextlib
import io
import json
import sys

from awscli.clidriver import create_clidriver


def run(driver, words):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = driver.main(words)
        except SystemExit as leaving:
            code = leaving.code
    return {"exitCode": code, "stdout": out.getvalue(), "stderr": err.getvalue()}


def main():
    driver = create_clidriver()
    for line in sys.stdin:
        print(json.dumps(run(driver, json.loads(line))), flush=True)


main()
