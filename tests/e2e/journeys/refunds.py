"""What the refund journeys share: a firm that handles refunds, a client that paid, and the steps up to the offer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import expect

from saas.kernel.months import months_after
from tests.e2e.conftest import Person
from tests.e2e.journeys.office import found_firm, invite, set_up_second_factor, write_letterhead
from tests.e2e.journeys.steps import deed, path_of, refused, submit, today

People = Callable[..., Person]
CLIENT = "杭州澄屿茶业有限公司"
PAPER = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@dataclass
class Office:
    """Paula owns, Mara manages, Quinn reviews, Ben keeps the books, Cash pays; Cleo is the client; Otto a stranger."""

    paula: Person
    mara: Person
    quinn: Person
    ben: Person
    cash: Person
    cleo: Person
    otto: Person
    papers: Path
    client: str = ""
    refund: str = ""

    def stranger_is_refused(self) -> None:
        """The other firm's owner, at this step."""
        for path in (self.refund, f"{self.refund}/payment"):
            refused(self.otto, path)

    def paper(self, name: str) -> Path:
        path = self.papers / name
        path.write_bytes(PAPER)
        return path


def open_office(person: People, tmp_path: Path) -> Office:
    """A firm whose people may handle and approve refunds, and a client with a paid contract of this year."""
    office = Office(
        person("周以宁"), person("马若兰"), person("沈知微"), person("陆予安"), person("何静"),
        person("许承泽", phone=True), person("奥托"), tmp_path,
    )  # fmt: skip
    paula, ben = office.paula, office.ben
    found_firm(paula, "衡溪会计")
    write_letterhead(paula)
    found_firm(office.otto, "别家会计")
    people = ((office.mara, "manager"), (office.quinn, "reviewer"), (ben, "bookkeeper"), (office.cash, "cashier"))
    for colleague, role in people:
        invite(paula, colleague, role)
    for approver in (office.mara, office.quinn):
        set_up_second_factor(approver)
    _qualify(paula, ben, "refunds.handle")
    _qualify(paula, office.mara, "refunds.approve")
    ben.inside("/clients/new")
    ben.fill(name=CLIENT, uscc="91110000600037341L")
    ben.page.locator("[name=bookkeeper_id]").select_option(label=ben.name)
    submit(ben, "/clients/new")
    office.client = path_of(ben)
    deed(ben, "contact", name=office.cleo.name, email=office.cleo.email, may_approve="yes")
    starts, ends = _first_of(-4), _first_of(8) - timedelta(days=1)
    deed(ben, "contract", number=f"DLJZ-{starts:%Y}-001", starts_on=str(starts), ends_on=str(ends), paid_months="12",
         price="3600.00", list_month="400.00")  # fmt: skip
    ben.open(office.client)
    ben.page.locator("button[commandfor^='receipt-']").first.click()
    dialog = ben.page.locator("dialog[open]")
    dialog.locator("[name=received_on]").fill(str(starts))
    dialog.locator("[name=amount]").fill("3600.00")
    dialog.locator("[name=payer]").fill(CLIENT)
    dialog.locator("form:not([method=dialog]) button").last.click()
    ben.sees("3,600.00")
    return office


def _first_of(months: int) -> date:
    """The first day of the month so many months from now: five of the contract’s twelve are always served."""
    return months_after(today().replace(day=1), months)


def _qualify(owner: Person, colleague: Person, code: str) -> None:
    owner.inside("/settings/people")
    owner.page.get_by_role("link", name=colleague.name).first.click()
    form = owner.page.locator("form[action$='/qualifications']")
    form.locator("[name=code]").select_option(code)
    form.locator("[name=valid_until]").fill(str(date(today().year + 1, 12, 31)))
    form.locator("button").last.click()
    owner.page.wait_for_load_state()


def ask_by_link(office: Office, reason: str = "cancel", asked: str = "1500", papers: tuple[str, ...] = ()) -> None:
    """Ben hands the link on; Cleo asks on her phone, step by step."""
    ben, cleo = office.ben, office.cleo
    ben.open(office.client)
    ben.page.locator("button[commandfor='refund-link']").click()
    dialog = ben.page.locator("dialog#refund-link")
    dialog.locator("[name=channel][value=email]").check(force=True)
    dialog.locator("form:not([method=dialog]) button").last.click()
    ben.page.wait_for_load_state()
    cleo.mail()
    cleo.follow_mail()
    _choose(cleo, "contract")
    _choose(cleo, "reason", reason)
    cleo.fill(asked=asked, reason_text="公司不再需要这项服务。", signed_name=cleo.name)
    for name in papers:
        cleo.page.set_input_files(f"[name='paper-{name}']", office.paper(f"{name}.pdf"))
    cleo.is_accessible()
    cleo.page.locator("[name=understood]").check()
    _send(cleo)
    cleo.sees("已记录")


def _choose(cleo: Person, field: str, value: str = "") -> None:
    """One of the first screens; it is left out where there is only one answer."""
    wanted = f"[name={field}][value='{value}']" if value else f"[name={field}]"
    card = cleo.page.locator(f"#request-form input[type=radio]{wanted}")
    if card.count():
        card.first.check(force=True)
        _send(cleo)


def _send(cleo: Person) -> None:
    cleo.page.locator("button[form='request-form']").click()
    cleo.page.wait_for_load_state()


def talk_and_check(office: Office, said: str) -> None:
    """Ben telephones, checks who asks and for what, and the file is complete."""
    ben = office.ben
    deed(ben, "exchange", channel="phone", summary=said)
    for what in ("identity", "contract", "policy_explained"):
        if ben.page.locator("button[commandfor='check']").count():
            deed(ben, "check", what=what, how="回拨登记的手机核对")
    submit(ben, "/complete")


def reckon(office: Office) -> None:
    """The ladder by the policy, proposed by Ben."""
    ben = office.ben
    ben.open(f"{office.refund}/assessment")
    ben.page.locator("#assessment-form button").last.click()
    ben.page.wait_for_load_state()
    submit(ben, "/assess")


def find_refund(office: Office) -> None:
    """Ben finds the newest request in the list."""
    office.ben.inside("/refunds")
    office.ben.page.locator("#refunds tbody a").first.click()
    office.ben.page.wait_for_load_state()
    office.refund = path_of(office.ben)
    office.stranger_is_refused()


def see_signals(reviewer: Person) -> None:
    """Every open signal of the refund that is shown, in words."""
    while (forms := reviewer.page.locator("form[action*='/signals/']")).count():
        forms.first.locator("textarea").fill("已核对，属正常申请")
        forms.first.locator("button").last.click()
        reviewer.page.wait_for_load_state()


def countersign(office: Office) -> None:
    """Quinn looks at the signals and countersigns; the offer goes out by itself."""
    quinn = office.quinn
    quinn.open(office.refund)
    see_signals(quinn)
    submit(quinn, "/countersign")
    office.stranger_is_refused()


def open_letter(office: Office, subject: str) -> None:
    """Cleo opens a letter by the link of its mail."""
    office.cleo.mail(subject)
    office.cleo.follow_mail()
    office.cleo.sees(CLIENT)


def answer_letter(cleo: Person, text: str = "", choice: str = "") -> None:
    """The human act: a choice, words, the typed name, the button."""
    form = cleo.page.locator("#answer-form")
    if choice:
        form.locator(f"[name=choice][value={choice}]").check(force=True)
    if text:
        form.locator("[name=text]").fill(text)
    form.locator("[name=signed_name]").fill(cleo.name)
    cleo.page.locator("button[form='answer-form'], #answer-form button").first.click()
    cleo.page.wait_for_load_state()


def stands(person: Person, office: Office, words: str) -> None:
    """The refund's page says where it stands."""
    person.open(office.refund)
    expect(person.page.locator("main")).to_contain_text(words)
