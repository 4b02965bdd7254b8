"""Copies the matching book and its tests, with all planted bugs behind a switch.

plant.py ROOT COPY                 writes the copy, a Swift package of its own
plant.py ROOT COPY --list [PART]   numbers and names the bugs whose name has one of the parts
"""

import pathlib
import re
import sys

TARGETS = {
    "TradingModel": ("Sources/Core/TradingModel", []),
    "LowLatency": ("Sources/Core/LowLatency", []),
    "MatchingEngine": ("Sources/Core/MatchingEngine", ["TradingModel", "LowLatency"]),
}
TESTS = "Tests/MatchingEngineTests"

SWITCH = """import Foundation

/// The bug that is on: its number, or 0.
@usableFromInline
let plantedBug = Int(ProcessInfo.processInfo.environment["NEEDLETAIL_PLANTED_BUG"] ?? "") ?? 0
"""


def fail(message):
    sys.exit(f"planted bugs: {message}")


def read_bugs(path):
    bugs = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if line.startswith("bug: "):
            bugs.append({"name": line[5:].strip(), "in": None, "-": [], "+": []})
        elif line.startswith("in: ") and bugs:
            bugs[-1]["in"] = line[4:].strip()
        elif line[:1] in ("-", "+") and bugs:
            bugs[-1][line[0]].append(line[1:])
        elif line.strip() and not line.startswith("#"):
            fail(f"{path.name}:{number}: not understood: {line}")
    names = [bug["name"] for bug in bugs]
    if len(set(names)) != len(names):
        fail("two bugs have one name")
    return bugs


def marked(text, name):
    """What stands before the mark, in it, behind it; and whether it is an expression."""
    for pattern, is_expression in ((r"\[\[(.*)\]\]", True), (r"\{\{(.*)\}\}", False)):
        found = re.search(pattern, text, re.DOTALL)
        if found:
            return text[: found.start()], found.group(1), text[found.end() :], is_expression
    fail(f"{name}: nothing is marked")


def place_of(bug):
    """The text that a bug stands in; where the marked part is in that; what stands there instead."""
    before, original, behind, is_expression = marked("\n".join(bug["-"]), bug["name"])
    other_before, mutated, other_behind, other_kind = marked("\n".join(bug["+"]), bug["name"])
    if (before, behind, is_expression) != (other_before, other_behind, other_kind):
        fail(f"{bug['name']}: the two differ in more than what is marked")
    text = before + original + behind
    return text, len(before), len(text) - len(behind), mutated, is_expression


def plant(sources, bugs):
    """Exchanges every planted place; several bugs may stand in one."""
    edits = {}
    misplaced = []
    for number, bug in enumerate(bugs, 1):
        text = sources.get(bug["in"], "")
        place, start, end, mutated, is_expression = place_of(bug)
        count = text.count(place)
        if count != 1:
            misplaced.append(f"{bug['name']}: its text stands {count} times in {bug['in']}")
            continue
        first = text.index(place)
        span = (first + start, first + end, is_expression)
        edits.setdefault(bug["in"], {}).setdefault(span, []).append((number, mutated))
    if misplaced:
        fail("\nplanted bugs: ".join(misplaced))
    for name, spans in edits.items():
        sources[name] = exchanged(sources[name], spans, name)


def exchanged(text, spans, name):
    start_of_last = len(text)
    for (start, end, is_expression), bugs in sorted(spans.items(), reverse=True):
        if end > start_of_last:
            fail(f"{name}: two marked parts overlap: {text[start:end]}")
        part = text[start:end]
        for number, mutated in bugs:
            if is_expression:
                part = f"(plantedBug == {number} ? ({mutated}) : ({part}))"
            else:
                part = f"if plantedBug == {number} {{ {mutated} }} else {{ {part} }}"
        text = text[:start] + part + text[end:]
        start_of_last = start
    return text


def write(path, text):
    """Only what is new, so that a build has little to do."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def manifest():
    targets = [
        f'    .target(name: "{name}", dependencies: {list_of(needs)}, path: "{path}"),'
        for name, (path, needs) in TARGETS.items()
    ]
    return "\n".join(
        ["// swift-tools-version: 6.2", "import PackageDescription", "", "let package = Package("]
        + ['  name: "planted-bugs",', "  targets: ["]
        + targets
        + ['    .testTarget(name: "MatchingEngineTests",']
        + [f'      dependencies: {list_of(TARGETS)}, path: "{TESTS}"),']
        + ["  ],", "  swiftLanguageModes: [.v6])", ""]
    )


def list_of(names):
    return "[" + ", ".join(f'"{name}"' for name in names) + "]"


def copy_all(root, copy, bugs):
    sources = {}
    for path in sorted((root / "Sources/Core").rglob("*.swift")):
        if path.relative_to(root / "Sources/Core").parts[0] in TARGETS:
            sources[str(path.relative_to(root / "Sources"))] = path.read_text()
    plant(sources, bugs)
    for folder in {pathlib.PurePath(bug["in"]).parent for bug in bugs}:
        sources[str(folder / "PlantedBug.swift")] = SWITCH
    wanted = {copy / "Sources" / name: text for name, text in sources.items()}
    for path in (root / TESTS).rglob("*.swift"):
        wanted[copy / path.relative_to(root)] = path.read_text()
    for folder in (copy / "Sources", copy / "Tests"):
        for path in folder.rglob("*.swift"):
            if path not in wanted:
                path.unlink()
    for path, text in wanted.items():
        write(path, text)
    write(copy / "Package.swift", manifest())


def main():
    root, copy = (pathlib.Path(argument) for argument in sys.argv[1:3])
    bugs = read_bugs(root / "Tests/PlantedBugs/bugs.txt")
    if sys.argv[3:4] == ["--list"]:
        parts = sys.argv[4:]
        for number, bug in enumerate(bugs, 1):
            if not parts or any(part in bug["name"] for part in parts):
                print(number, bug["name"])
    else:
        copy_all(root, copy, bugs)


main()
