# -*- coding: utf-8 -*-
# Copyright (c) 2026 the fwctl-deno authors
# SPDX-License-Identifier: MIT
"""What the modules share: running fwctl, reading its JSON, hiding secrets.

Nothing here writes to a device by itself, and nothing is ever tried twice.
"""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import json
import os
import re
import signal
import subprocess
import tempfile

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.text.converters import to_bytes, to_native, to_text

# Exit codes of fwctl, the same for every command.
DONE, ERROR, PENDING, STALE, REFUSED, UNDONE, NOT_UNDONE = range(7)

MEANING = {
    ERROR: "nothing is changed",
    STALE: "the device moved since it was planned for; nothing is written",
    REFUSED: "refused by policy; nothing is sent",
    UNDONE: "applied partly, then taken back completely",
    NOT_UNDONE: "applied partly and NOT taken back",
}

# Major version of the JSON that these modules read.
MAJOR = "1"

SCOPES = ["configuration", "debug-read-only", "debug-write", "debug-write-full"]
EFFECTS = ["read", "runtime", "next-reset", "disruptive", "destructive"]

# A secret that is shorter is found by chance in what is none.
LEAST_SECRET = 4
HIDDEN = "********"

COMMON_ARGS = dict(
    executable=dict(type="path", default="/usr/local/bin/fwctl"),
    state_dir=dict(type="path"),
    policy=dict(type="path"),
    definitions=dict(type="list", elements="path", default=[]),
    timeout=dict(type="int", default=600),
    model=dict(type="str"),
    model_state=dict(type="path"),
)

RECIPE_ARGS = dict(
    params=dict(type="dict", default={}),
    params_secret=dict(type="dict", default={}, no_log=True),
    max_scope=dict(type="str", choices=SCOPES),
    max_effect=dict(type="str", choices=EFFECTS),
    allow_taint=dict(type="bool", default=False),
    parallel=dict(type="int"),
    require_signed=dict(type="bool", default=False),
    trust=dict(type="path"),
)


class Trouble(Exception):
    """What ends a module: an error in fwctl's own form, and more for the result."""

    def __init__(self, error, **more):
        super(Trouble, self).__init__(error.get("message", ""))
        self.error = error
        self.more = more


class Ended(object):
    """How a command ended."""

    def __init__(self, code, body, notes):
        # The exit code.
        self.code = code
        # The JSON object of standard output.
        self.body = body
        # Lines of standard error.
        self.notes = notes


class Fwctl(object):
    """Runs fwctl with what the module's options say."""

    def __init__(self, module):
        self.module = module
        self.params = module.params
        self.secrets = Secrets(module.params.get("params_secret") or {})
        self.files = []
        self.warnings = []

    # Files that only this user reads; gone when the module is through.

    def temporary(self, suffix, text=None):
        """The path of a new file, mode 0600, in the module's own folder (0700)."""
        handle, path = tempfile.mkstemp(suffix, "fwctl-", self.module.tmpdir)
        self.files.append(path)
        with os.fdopen(handle, "wb") as file:
            if text is not None:
                file.write(to_bytes(text))
        return path

    def remove_files(self):
        for path in self.files:
            try:
                os.unlink(path)
            except OSError:
                pass
        self.files = []

    # Command lines. No parameter's value is on one: ps shows those to everybody.

    def globals(self, plan_file=False):
        words = ["--json"]
        for option in ("state_dir", "policy", "model", "model_state"):
            value = self.params[option]
            if value is not None:
                words += ["--" + option.replace("_", "-"), value]
        # A plan file has the definitions it was made with.
        for path in [] if plan_file else self.params["definitions"]:
            words += ["--definitions", path]
        return words

    def ceilings(self, signed=True):
        words = []
        for option in ("max_scope", "max_effect", "parallel"):
            value = self.params[option]
            if value is not None:
                words += ["--" + option.replace("_", "-"), str(value)]
        if self.params["allow_taint"]:
            words.append("--allow-taint")
        if signed and self.params["trust"] is not None:
            words += ["--trust", self.params["trust"]]
        if signed and self.params["require_signed"]:
            words.append("--require-signed")
        return words

    def given(self, recipes):
        """The option that names the file with the recipe's parameters."""
        values = dict(self.params["params"])
        for name in self.params["params_secret"]:
            if name in values:
                raise Trouble(dict(
                    code="UsageError",
                    message="Parameter %s is in params and in params_secret" % name,
                    hint="Give it once",
                ))
        values.update(self.params["params_secret"])
        if not values:
            return []
        if not self.params["require_signed"] and any(untyped(v) for v in values.values()):
            values = self.typed(values, recipes)
        return ["--params", self.temporary(".json", json.dumps(values))]

    def typed(self, values, recipes):
        """A template makes text of everything: what the recipe takes says what was meant."""
        specs = {}
        for recipe in recipes:
            # An error is the next command's to tell, which tells more.
            ended = self.run("params", ["plan", recipe, "--params-help"], may_fail=True)
            if ended is not None and ended.code == DONE:
                for name, spec in ended.body.get("params", {}).items():
                    specs.setdefault(name, spec.get("type"))
        return dict((name, as_type(value, specs.get(name))) for name, value in values.items())

    # Running.

    def run(self, schema, words, may_fail=False, writes=False, plan_file=False):
        """One command to its end.

        The object it prints must be of the schema, or an error, and of a major
        version that is known. An error raises Trouble, unless may_fail.
        """
        code, out, err = self.execute(words + self.globals(plan_file), writes)
        notes = [line for line in to_text(err).splitlines() if line.strip()]
        for line in notes:
            match = re.match(r"warning: (.*)", line)
            if match and match.group(1) not in self.warnings:
                self.warnings.append(match.group(1))
        body = self.parsed(words[0], code, out, notes, schema)
        if body["schema"] == "fwctl/error" and not may_fail:
            raise Trouble(dict(body["error"]), exit_code=code)
        return Ended(code, body, notes)

    def parsed(self, command, code, out, notes, schema):
        try:
            body = json.loads(to_text(out, errors="surrogate_or_strict"))
            name, version = body["schema"], body["version"]
        except (ValueError, TypeError, KeyError):
            raise Trouble(dict(
                code="ModuleError",
                message="fwctl %s ended with %s and did not answer in JSON: %s"
                % (command, code, " / ".join(notes[-3:]) or "it said nothing"),
                hint="Run %s on the host by hand" % self.params["executable"],
            ), exit_code=code)
        if str(version).split(".")[0] != MAJOR:
            raise Trouble(dict(
                code="ModuleError",
                message="fwctl answers in version %s of %s, and these modules read %s.x"
                % (version, name, MAJOR),
                hint="Install the collection and the bundle of one release",
            ), exit_code=code)
        if name not in ("fwctl/" + schema, "fwctl/error"):
            raise Trouble(dict(
                code="ModuleError",
                message="fwctl %s answered %s where fwctl/%s was to be" % (command, name, schema),
                hint="Install the collection and the bundle of one release",
            ), exit_code=code)
        return body

    def execute(self, words, writes):
        argv = [self.params["executable"]] + words
        environment = dict(os.environ, NO_COLOR="1", LC_ALL="C.UTF-8")
        try:
            with open(os.devnull, "rb") as nothing:
                # A group of its own: what ends this module does not end a write half way.
                process = subprocess.Popen(
                    [to_bytes(word) for word in argv],
                    stdin=nothing,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    env=environment,
                    start_new_session=True,
                )
        except OSError as error:
            raise Trouble(dict(
                code="ModuleError",
                message="%s cannot be run: %s" % (argv[0], error.strerror),
                hint="Install it with the role fwctl.fwctl.install, or say with executable where it is",
            ))
        timeout = self.params["timeout"]
        try:
            out, err = process.communicate(timeout=timeout)
            return process.returncode, out, err
        except subprocess.TimeoutExpired:
            return self.overdue(process, words[0], timeout, writes)

    def overdue(self, process, command, timeout, writes):
        """A write is told to end, takes back what it has done, and says so; it is never killed."""
        process.send_signal(signal.SIGINT)
        try:
            out, err = process.communicate(timeout=timeout if writes else 10)
            if writes:
                return process.returncode, out, err
        except subprocess.TimeoutExpired:
            if writes:
                raise Trouble(dict(
                    code="ModuleError",
                    message="fwctl %s did not end in %d seconds, nor in as many after it was told to; "
                    "it still runs as process %d" % (command, timeout, process.pid),
                ))
            process.kill()
            process.communicate()
        raise Trouble(dict(
            code="ModuleError",
            message="fwctl %s did not end in %d seconds; it only reads, and was stopped" % (command, timeout),
            hint="Raise timeout, or see what the device waits for: fwctl doctor",
        ))

    # Results.

    def finish(self, result):
        """Ends the module; nothing that is secret is in the result."""
        self.remove_files()
        hide = self.secrets.hide
        for line in self.warnings:
            self.module.warn(hide(line))
        failed = result.pop("failed", False)
        result = hide(result)
        if failed:
            self.module.fail_json(**result)
        self.module.exit_json(**result)

    def trouble(self, trouble, **result):
        """Ends the module with what went wrong."""
        error = trouble.error
        code = trouble.more.get("exit_code")
        result.update(trouble.more)
        result.setdefault("changed", False)
        result.update(
            failed=True,
            error=error,
            msg=sentence(error, code, result.get("outcome")),
            stale=code == STALE,
            refused=code == REFUSED,
            undone=code == UNDONE,
            not_undone=code == NOT_UNDONE,
        )
        self.finish(result)


def run_module(module, body):
    """Runs body(fwctl), which gives the result; every end of it is a proper one."""
    fwctl = Fwctl(module)
    try:
        fwctl.secrets.check()
        result = body(fwctl)
    except Trouble as trouble:
        fwctl.trouble(trouble)
    finally:
        fwctl.remove_files()
    fwctl.finish(result)


def new_module(own, **more):
    """A module with the options that all have, and those of its own."""
    arguments = dict(COMMON_ARGS)
    arguments.update(own)
    return AnsibleModule(argument_spec=arguments, supports_check_mode=True, **more)


def sentence(error, code=None, outcome=None):
    """An error as one line: what happened, its code, what that means, what to do next."""
    what = error.get("code", "Error")
    if code is not None:
        what += ", exit code %d" % code
        if code in MEANING and outcome not in ("applied", "unknown"):
            what += ": " + MEANING[code]
    line = "%s (%s)" % (error.get("message", "fwctl failed"), what)
    for finding in error.get("findings") or error.get("refusals") or []:
        if finding not in line:
            line += "; " + finding
    if error.get("hint"):
        line += ". Next: " + error["hint"]
    return line


class Secrets(object):
    """What must not be seen, and the ways it could be written."""

    def __init__(self, params):
        self.values = list(leaves(params))
        texts = set()
        for value in self.values:
            texts.update(spellings(value))
        # Longest first: a secret may be part of another.
        self.texts = sorted(texts, key=len, reverse=True)

    def check(self):
        for value in self.values:
            if isinstance(value, bool) or len(to_text(value)) < LEAST_SECRET:
                raise Trouble(dict(
                    code="UsageError",
                    message="A value in params_secret has fewer than %d characters" % LEAST_SECRET,
                    hint="It would be found by chance in everything that is shown; put it into params",
                ))

    def hide(self, value):
        """The same data without secrets, in keys too."""
        if not self.texts:
            return value
        if isinstance(value, dict):
            return dict((self.hide(key), self.hide(item)) for key, item in value.items())
        if isinstance(value, (list, tuple)):
            return [self.hide(item) for item in value]
        if isinstance(value, bool) or value is None:
            return value
        if isinstance(value, (int, float)):
            return HIDDEN if str(value) in self.texts else value
        return self.hide_text(to_text(value))

    def hide_text(self, text):
        for secret in self.texts:
            text = text.replace(secret, HIDDEN)
            # Messages cut long values: "begin…".
            at = text.find(u"\u2026")
            while at >= 0:
                for length in range(min(at, len(secret) - 1), LEAST_SECRET - 1, -1):
                    if text.endswith(secret[:length], 0, at):
                        text = text[:at - length] + HIDDEN + text[at:]
                        break
                at = text.find(u"\u2026", text.find(u"\u2026", at) + 1)
        return text


def leaves(value):
    """Every value in nested data."""
    if isinstance(value, dict):
        for item in value.values():
            for leaf in leaves(item):
                yield leaf
    elif isinstance(value, (list, tuple)):
        for item in value:
            for leaf in leaves(item):
                yield leaf
    elif value is not None:
        yield value


def spellings(value):
    """A secret as messages may have it: as it is, as JSON has it, a number in hex."""
    text = to_text(value)
    found = set([text, json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]])
    number = as_integer(value)
    if number is not None:
        found.update([str(number), "0x%x" % number, "0x%X" % number])
    # The fields of a text such as key=0x1234,other=5.
    for part in re.split(r"[,=\s]+", text):
        if len(part) >= LEAST_SECRET and part != text and as_integer(part) is not None:
            found.update(spellings(part))
    return set(each for each in found if len(each) >= LEAST_SECRET)


INTEGER = re.compile(r"^(?:[0-9]+|0[xX][0-9a-fA-F]+)$")


def as_integer(value):
    """A whole number that is one or is written as one; None when it is not."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    text = to_text(value)
    if not INTEGER.match(text):
        return None
    return int(text, 16) if text[:2] in ("0x", "0X") else int(text)


def untyped(value):
    """Whether a value may be meant as something else than it is."""
    if isinstance(value, dict):
        return any(untyped(item) for item in value.values())
    if isinstance(value, list):
        return any(untyped(item) for item in value)
    if isinstance(value, (int, float)):
        return not isinstance(value, bool)
    return as_integer(value) is not None or to_text(value).lower() in BOOLEANS


BOOLEANS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


def as_type(value, kind):
    """A value as a recipe's parameter of that type has it; what does not fit stays for fwctl to refuse."""
    if kind == "integer":
        number = as_integer(value)
        return value if number is None else number
    if kind == "boolean" and not isinstance(value, bool):
        return BOOLEANS.get(to_text(value).lower(), value)
    if kind == "integer-list" and isinstance(value, list):
        return [as_type(item, "integer") for item in value]
    if kind == "fields" and isinstance(value, dict):
        return dict((field, as_type(item, "integer")) for field, item in value.items())
    if kind in ("string", "choice") and isinstance(value, int) and not isinstance(value, bool):
        return to_native(value)
    return value
