"""Reads a report of `schemactl` from standard input as the programs that it is made for do, and
prints its notes as JSON lines: [level, path, line, first line of the text]. A report that such a
program would refuse ends in a traceback. The argument is the format."""

import json
import re
import sys
import xml.etree.ElementTree as ElementTree


def github(text):
    """Workflow commands, by the runner's own rules: a line each, `::name key=value,…::data`."""

    def decoded(value, codes):
        for code, char in codes:
            value = value.replace(code, char)
        return value

    for line in text.split("\n"):
        if "::" not in line:
            continue
        found = re.fullmatch(r"::(error|warning) ([^\n]*?)::(.*)", line)
        assert found, f"this is no command: {line!r}"
        name, properties, data = found.groups()
        values = dict(pair.split("=", 1) for pair in properties.split(","))
        assert set(values) <= {"file", "line", "endLine", "col", "endColumn", "title"}, values
        path = decoded(
            values["file"],
            [("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")],
        )
        data = decoded(data, [("%0D", "\r"), ("%0A", "\n"), ("%25", "%")])
        yield name, path, int(values.get("line", 1)), data.split("\n")[0]


def gitlab(text):
    """GitLab's documented keys, of which the fingerprint must be unique."""
    issues = json.loads(text)
    prints = [issue["fingerprint"] for issue in issues]
    assert len(set(prints)) == len(prints), "a fingerprint comes twice"
    for issue in issues:
        severity = issue["severity"]
        assert severity in ("info", "minor", "major", "critical", "blocker"), severity
        assert issue["check_name"] and issue["fingerprint"]
        path, line = issue["location"]["path"], issue["location"]["lines"]["begin"]
        assert not path.startswith("./") and line >= 1
        level = "warning" if severity == "minor" else "error"
        yield level, path, line, issue["description"]


def junit(text):
    """Test cases; what a case says beside its failure are warnings."""
    suites = ElementTree.fromstring(text)
    cases = suites.findall("./testsuite/testcase")
    assert int(suites.get("tests")) == len(cases)
    failed = suites.findall("./testsuite/testcase/failure")
    assert int(suites.get("failures")) == len(failed)
    assert int(suites.get("errors")) == len(suites.findall("./testsuite/testcase/error"))
    for case in cases:
        for element, level in (("failure", "error"), ("error", "error"), ("system-out", "warning")):
            for found in case.findall(element):
                for told in found.text.split("\n\n"):
                    place, message = told.split("\n")[:2]
                    line = re.search(r":(\d+):\d+$", place)
                    yield level, case.get("name"), int(line[1]) if line else 1, message


def sarif(text):
    """The object model that is generated from the schema of SARIF 2.1.0 and refuses other keys."""
    from urllib.parse import unquote

    from pydantic_sarif.model import StaticAnalysisResultsFormatSarifVersion210JsonSchema as Log

    log = Log.model_validate_json(text)
    (run,) = log.runs
    for result in run.results:
        rule = run.tool.driver.rules[result.ruleIndex]
        assert rule.id == result.ruleId and rule.shortDescription.text
        (location,) = result.locations
        physical = location.physicalLocation
        level = result.level.value
        level = "error" if level == "none" and result.kind.value == "open" else level
        path = unquote(physical.artifactLocation.uri)
        yield level, path, physical.region.startLine, result.message.text.split("\n")[0]


def markdown(text):
    """The rows of the one table, as a parser with GitHub's tables sees them."""
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    inside = [token for token in tokens if token.type == "inline" and token.level == 4]
    cells = [shown(token) for token in inside][3:]
    assert len(cells) % 3 == 0, cells
    for weight, place, what in zip(*[iter(cells)] * 3):
        path, line = re.fullmatch(r"(.*?)(?::(\d+):\d+)?", place, re.S).groups()
        level = "warning" if weight == "warning" else "error"
        yield level, path, int(line or 1), what.split("<br>")[0]


def shown(token):
    """What a reader sees of a cell, but for line breaks."""
    text = ""
    for child in token.children:
        if child.type in ("text", "code_inline", "text_special"):
            text += child.content
        elif child.type == "html_inline":
            assert child.content in ("<br>", "<code>", "</code>"), child.content
            text += "<br>" if child.content == "<br>" else ""
        else:
            assert child.type in ("strong_open", "strong_close"), child.type
    return text


FORMATS = [github, gitlab, junit, sarif, markdown]
READERS = {reader.__name__: reader for reader in FORMATS}

if __name__ == "__main__":
    sys.stdin.reconfigure(newline="")
    for note in READERS[sys.argv[1]](sys.stdin.read()):
        print(json.dumps(note))
