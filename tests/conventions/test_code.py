"""How the product's Python is written (STYLE.md). Every failure names file, line and what to do instead."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

import pytest
from importlinter.cli import lint_imports

LONGEST_FILE, LONGEST_FUNCTION = 300, 40
CLOCK = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today")}
CLOCK |= {("time", "time"), ("time", "time_ns"), ("dt", "now"), ("time", "localtime"), ("time", "gmtime")}
NAMELESS = {"utils", "util", "helpers", "helper", "common", "misc"}

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def test_no_file_is_long(sources: list[Any]) -> None:
    long = [f"{s.name}: {len(s.lines)} lines; split it by meaning" for s in sources if len(s.lines) > LONGEST_FILE]
    assert not long, "\n".join(long)


def test_no_function_is_long(sources: list[Any]) -> None:
    lengths = [(f.end_lineno - f.lineno + 1, s, f) for s in sources for f in s.functions()]
    long = [
        s.at(f, f"{f.name} has {n} lines; the limit is {LONGEST_FUNCTION}")
        for n, s, f in lengths
        if n > LONGEST_FUNCTION
    ]
    assert not long, "\n".join(long)


def test_files_are_named_after_what_they_hold(tracked: list[Any]) -> None:
    nameless = [str(path) for path in tracked if path.stem.strip("_") in NAMELESS and "vendor" not in path.parts]
    assert not nameless, "\n".join(nameless)


def test_only_the_clock_asks_what_time_it_is(sources: list[Any]) -> None:
    found = [
        s.at(node, f"{node.value.id}.{node.attr}: take `now` as an argument, or kernel.clock.now()")
        for s in sources
        if s.name != "src/saas/kernel/clock.py"
        for node in s.nodes
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and (node.value.id, node.attr) in CLOCK
    ]
    assert not found, "\n".join(found)


def test_only_perform_changes_a_state(sources: list[Any]) -> None:
    found = []
    for s in sources:
        if s.name == "src/saas/kernel/perform.py":
            continue
        for node in s.nodes:
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            if any(_is_state(t) for target in targets if target is not None for t in ast.walk(target)):
                found.append(s.at(node, ".state is assigned: make it an action of the workflow"))
            if isinstance(node, ast.Call) and _sets_state(node):
                found.append(s.at(node, "state is written past the workflow: make it an action"))
    assert not found, "\n".join(found)


def _is_state(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "state" and isinstance(node.ctx, ast.Store)


def _sets_state(call: ast.Call) -> bool:
    if isinstance(call.func, ast.Name) and call.func.id == "setattr":
        name = call.args[1] if len(call.args) > 1 else None
        return isinstance(name, ast.Constant) and name.value == "state"
    in_update = isinstance(call.func, ast.Attribute) and call.func.attr == "values"
    return in_update and any(keyword.arg == "state" for keyword in call.keywords)


def test_only_the_kernel_commits(sources: list[Any]) -> None:
    found = [
        s.at(node, "commit(): the request's or the job's transaction ends by itself")
        for s in sources
        if not s.in_kernel
        for node in s.nodes
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    ]
    assert not found, "\n".join(found)


def test_imports_stand_at_the_top(sources: list[Any]) -> None:
    """An import inside a function needs a comment that says why, on its line or the one above."""
    found = []
    for s in sources:
        inside = {n for f in s.functions() for n in ast.walk(f) if isinstance(n, ast.Import | ast.ImportFrom)}
        for node in sorted(inside, key=lambda n: n.lineno):
            first = node.lineno - 1  # of the imports that stand together
            while s.lines[first - 1].strip().startswith(("import ", "from ")):
                first -= 1
            if "#" not in s.lines[node.end_lineno - 1] and not s.lines[first - 1].strip().startswith("#"):
                found.append(s.at(node, "an import inside a function, without a comment that says why"))
    assert not found, "\n".join(found)


def test_queries_name_what_they_load(sources: list[Any]) -> None:
    found = [
        s.at(node, 'a relationship without lazy="raise"')
        for s in sources
        for node in s.nodes
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "relationship"
        and not any(
            k.arg == "lazy" and isinstance(k.value, ast.Constant) and k.value.value == "raise" for k in node.keywords
        )
    ]
    assert not found, "\n".join(found)


def test_nothing_is_left_for_later(sources: list[Any]) -> None:
    words = ("TO" + "DO", "FIX" + "ME", "XX" + "X:")
    found = [
        f"{s.name}:{number}: {word}"
        for s in sources
        for number, line in enumerate(s.lines, 1)
        for word in words
        if word in line
    ]
    assert not found, "\n".join(found)


def test_our_own_code_is_never_mocked(test_sources: list[Any]) -> None:
    found = [
        s.at(node, "unittest.mock: replay the real action, or fake only the outside world by hand")
        for s in test_sources
        for node in s.nodes
        if isinstance(node, ast.Import | ast.ImportFrom)
        and any("mock" in name for name in [getattr(node, "module", None) or "", *(alias.name for alias in node.names)])
    ]
    assert not found, "\n".join(found)


def test_browser_tests_never_sleep(test_sources: list[Any]) -> None:
    found = [
        f"{s.name}:{number}: {line.strip()}"
        for s in test_sources
        if "/e2e/" in s.name
        for number, line in enumerate(s.lines, 1)
        if "wait_for_timeout(" in line or "time.sleep(" in line
    ]
    assert not found, "\n".join(found)


def test_no_test_asks_the_time_while_it_is_loaded(test_sources: list[Any]) -> None:
    """What was today when the tests began is yesterday at midnight."""
    found = []
    for s in test_sources:
        later = {n for f in s.nodes if isinstance(f, FUNCTIONS) for n in ast.walk(f)}
        now = (n for n in s.nodes if isinstance(n, ast.Call) and ast.unparse(n.func) in ("clock.now", "clock.today"))
        found += [s.at(node, "the time, asked once for all: ask in a function") for node in now if node not in later]
    assert not found, "\n".join(found)


def test_a_module_imports_only_earlier_ones(capsys: Any) -> None:
    """The layers of pyproject.toml; run `lint-imports` for the same answer with its chains."""
    broken = lint_imports(no_cache=True)
    assert broken == 0, capsys.readouterr().out


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (test_no_file_is_long, "x = 1\n" * 301),
        (test_no_function_is_long, "def f():\n" + "    x = 1\n" * 60),
        (test_only_the_clock_asks_what_time_it_is, "now = datetime.now(UTC)"),
        (test_only_the_clock_asks_what_time_it_is, "day = date.today()"),
        (test_only_the_clock_asks_what_time_it_is, "seconds = time.time()"),
        (test_only_perform_changes_a_state, "case.state = 'closed'"),
        (test_only_perform_changes_a_state, "case.state: str = 'closed'"),
        (test_only_perform_changes_a_state, "a, case.state = 1, 'closed'"),
        (test_only_perform_changes_a_state, "setattr(case, 'state', 'closed')"),
        (test_only_perform_changes_a_state, "update(Case).values(state='closed')"),
        (test_only_the_kernel_commits, "async def f(s):\n    await s.commit()"),
        (test_imports_stand_at_the_top, "def f():\n    import os"),
        (test_queries_name_what_they_load, "cases = relationship('Case', lazy='joined')"),
        (test_nothing_is_left_for_later, "x = 1  # TO" + "DO"),
        (test_our_own_code_is_never_mocked, "from unittest.mock import patch"),
        (test_no_test_asks_the_time_while_it_is_loaded, "TODAY = clock.today()"),
        (test_our_own_code_is_never_mocked, "from unittest import mock"),
    ],
)
def test_the_rules_find_what_they_forbid(rule: Any, text: str, written: Callable[[str], list[Any]]) -> None:
    with pytest.raises(AssertionError, match=r"src/saas/cases/invented\.py:"):
        rule(written(text))


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (test_only_the_clock_asks_what_time_it_is, "now = clock.now()\nlast = time.perf_counter()"),
        (test_only_perform_changes_a_state, "if case.state == 'closed':\n    stated = case.state"),
        (
            test_imports_stand_at_the_top,
            "def f():\n    # slow, and only PDFs need it\n    import os\n    import re",
        ),
        (test_queries_name_what_they_load, "cases = relationship('Case', lazy='raise')"),
    ],
)
def test_the_rules_leave_the_rest_alone(rule: Any, text: str, written: Callable[[str], list[Any]]) -> None:
    rule(written(text))
