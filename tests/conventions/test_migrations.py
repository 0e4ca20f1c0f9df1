"""A release can run beside the one before it: migrations expand, and contract only what an earlier release let go.

deploy/README.md tells operators the rules. A revision that must break one says `maintenance = "what stands still"`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

# The newest revision from before anybody ran two releases side by side. Later ones keep the rules.
FIRST_RULED = "0009"
DROPS = {"drop_table", "drop_column", "drop_constraint", "rename_table"}
ALTERS = {"type_": "changes a type", "new_column_name": "renames a column", "nullable": "makes a column NOT NULL"}
LOCKING = {"create_foreign_key", "create_check_constraint", "create_unique_constraint"}


def versions(root: Path) -> list[Path]:
    found = sorted((root / "src/saas/migrations/versions").glob("[0-9]*.py"))
    assert len(found) > 30
    return [path for path in found if path.name >= FIRST_RULED]


def faults(source: str) -> list[str]:
    """What a revision does that a release running beside it could not stand."""
    tree = ast.parse(source)
    said = {t.id: ast.unparse(n.value) for n in tree.body if isinstance(n, ast.Assign)
            for t in n.targets if isinstance(t, ast.Name)}  # fmt: skip
    if len(said.get("maintenance", "")) > 20:  # a sentence
        return []
    contracts = said.get("contracts", "''").strip("'\"")
    found = list(_in_upgrade(tree, contracted=bool(contracts)))
    if contracts and contracts >= said["revision"].strip("'\""):
        found.append("contracts what no earlier revision let go")
    return found


def _in_upgrade(tree: ast.Module, *, contracted: bool) -> Iterator[str]:
    upgrade = next(n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "upgrade")
    calls = [n for n in ast.walk(upgrade) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)]
    made = {ast.unparse(c.args[0]) for c in calls if c.func.attr == "create_table"}  # type: ignore[attr-defined]
    for call in calls:
        name, words = call.func.attr, {k.arg: ast.unparse(k.value) for k in call.keywords}  # type: ignore[attr-defined]
        if name in DROPS and not contracted:
            yield f"{name}: the release before still reads it; contract it in a later release"
        elif name == "alter_column":
            yield from _altered(words, contracted=contracted)
        elif (
            name == "add_column" and "nullable=False" in ast.unparse(call) and "server_default" not in ast.unparse(call)
        ):
            yield "add_column: NOT NULL without a server default; the release before cannot insert"
        elif name in LOCKING and ast.unparse(call.args[1]) not in made and words.get("postgresql_not_valid") != "True":
            yield f"{name}: reads a filled table under a lock; add it NOT VALID and validate it later"
        elif name == "execute" and any(word in ast.unparse(call).upper() for word in ("DROP ", "LOCK TABLE", "VACUUM")):
            yield "execute: drops or locks"


def _altered(words: dict[str | None, str], *, contracted: bool) -> Iterator[str]:
    for word, what in ALTERS.items():
        if word in words and not (word == "nullable" and (words[word] == "True" or contracted)):
            yield f"alter_column: {what}"


def test_every_revision_can_run_beside_the_release_before(root: Path) -> None:
    assert {path.name: found for path in versions(root) if (found := faults(path.read_text()))} == {}


HEAD = 'revision = "0042"\n'
UPGRADE = HEAD + "def upgrade():\n    "


@pytest.mark.parametrize(
    "bad",
    [
        'op.drop_column("clients", "fax")',
        'op.drop_table("faxes")',
        'op.rename_table("faxes", "letters")',
        'op.alter_column("clients", "fax", new_column_name="phone")',
        'op.alter_column("clients", "fax", existing_type=sa.String(), type_=sa.Integer())',
        'op.alter_column("clients", "fax", nullable=False)',
        'op.add_column("clients", sa.Column("fax", sa.String(), nullable=False))',
        'op.create_foreign_key("fk", "clients", "firms", ["a"], ["b"])',
        'op.create_unique_constraint("uq", "clients", ["a"])',
        'op.execute("LOCK TABLE clients")',
        'op.execute("ALTER TABLE clients DROP CONSTRAINT x")',
    ],
)
def test_what_breaks_the_rules_is_found(bad: str) -> None:
    assert faults(UPGRADE + bad)
    assert (
        faults(HEAD + 'maintenance = "pages stand still for a minute while clients are rewritten"\n' + UPGRADE + bad)
        == []
    )


@pytest.mark.parametrize(
    "good",
    [
        'op.create_table("faxes", sa.Column("a", sa.Uuid()))\n    op.create_unique_constraint("uq", "faxes", ["a"])',
        'op.add_column("clients", sa.Column("fax", sa.String(), nullable=True))',
        'op.add_column("clients", sa.Column("fax", sa.String(), nullable=False, server_default=""))',
        'op.alter_column("clients", "fax", nullable=True)',
        'op.create_check_constraint("ck", "clients", "a > 0", postgresql_not_valid=True)',
    ],
)
def test_what_keeps_the_rules_passes(good: str) -> None:
    assert faults(UPGRADE + good) == []


def test_a_later_release_contracts_what_an_earlier_one_let_go() -> None:
    drop = 'op.drop_column("clients", "fax")'
    assert faults(HEAD + 'contracts = "0041"\n' + UPGRADE + drop) == []
    assert faults(HEAD + 'contracts = "0042"\n' + UPGRADE + drop) == ["contracts what no earlier revision let go"]
