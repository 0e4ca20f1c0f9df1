"""The case file: complete, sealed by a manifest of hashes, and noted in the audit trail."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from hashlib import sha256
from io import BytesIO
from zipfile import ZipFile

import pytest
from sqlalchemy import select

from saas.cases import export, queries
from saas.cases.talk import note
from saas.kernel import clock
from saas.kernel.audit import AuditEntry
from tests.cases import story
from tests.cast import Browser, Cast

People = Callable[[str], Awaitable[Browser]]


async def test_the_file_holds_everything_and_its_manifest_fits(cast: Cast, as_person: People) -> None:
    case, _client, _contact = await story.analysed(cast)
    ben, at = await as_person("ben"), f"/f/{cast.firm.slug}/cases/{case.id}"
    files = {"files": ("回单.pdf", b"%PDF-1.7 slip", "application/pdf")}
    assert (await ben.post(f"{at}/evidence", {"vouchers": "2026-09 记-2"}, files=files)).status_code == 303
    async with cast.transaction() as session:
        await note(session, cast.ben, await queries.case(session, case.id), "先核对银行回单", clock.now())
    for name, status in (("ben", 403), ("otto", 404), ("nobody", 303), ("ada", 200), ("quinn", 200)):
        answer = await (await as_person(name)).get(f"{at}/case-file")
        assert answer.status_code == status, name
    assert "attachment" in answer.headers["content-disposition"]
    with ZipFile(BytesIO(answer.content)) as file:
        names = set(file.namelist())
        manifest = json.loads(file.read("manifest.json"))
        assert names == {"manifest.json", *(member["name"] for member in manifest["members"])}
        for member in manifest["members"]:
            content = file.read(member["name"])
            assert (member["size"], member["sha256"]) == (len(content), sha256(content).hexdigest())
        assert {"case.json", "timeline.json", "stages.json", "communications.json", "questions.json"} <= names
        finding = json.loads(file.read("findings/01-N01.json"))
        assert [line["account"] for line in finding["lines"]["2026-09 记-3"]] == ["5602", "1002"]
        assert json.loads(file.read("notes.json"))[0]["text"] == "先核对银行回单"
        assert json.loads(file.read("communications.json"))[0]["summary"] == "问清用途"
        assert next(e["action"] for e in json.loads(file.read("timeline.json"))) == "case.start"
        [attached] = [name for name in names if name.startswith("files/")]
        assert file.read(attached) == b"%PDF-1.7 slip"
        assert "firm_id" not in json.loads(file.read("case.json"))
    async with cast.transaction() as session:
        query = select(AuditEntry).where(AuditEntry.action == "cases.export").order_by(AuditEntry.position.desc())
        last = (await session.scalars(query.limit(1))).one()
        assert last.detail["sha256"] == sha256(answer.content).hexdigest()


def test_the_same_members_give_the_same_bytes() -> None:
    members = [("b.json", b"{}"), ("a.pdf", b"%PDF")]
    about = {"case": "YC-2026-0001"}
    assert export.sealed(members, about) == export.sealed(members[::-1], about)
    with pytest.raises(ValueError, match="same name"):
        export.sealed([("a", b""), ("a", b"")], about)
