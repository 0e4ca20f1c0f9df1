"""The isolation matrix: every route × person × kind of id, made from the router and asked of the real application."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx

from saas.kernel.web import MEMBER, PUBLIC, SIGNED_IN
from tests.trust.addresses import Route, Watcher
from tests.trust.asking import Person, plain
from tests.trust.fields import filled, form_of, ids_of
from tests.trust.filling import mark_of
from tests.trust.world import World

NOBODYS = uuid4()
OPEN = {PUBLIC, SIGNED_IN, MEMBER}


Learned = dict[str, str]  # the address up to an id, or a page and its filter → the table that the id names


@dataclass(slots=True)
class Matrix:
    """Who asks, in which world, and what was learned of the routes."""

    world: World
    persons: Mapping[str, Person]
    watcher: Watcher
    routes: Sequence[Route]
    learned: Learned
    asked: int = 0

    @property
    def slug(self) -> str:
        return self.world.cast.firm.slug

    def may(self, name: str, route: Route) -> bool:
        return route.permission in OPEN or self.world.cast.actors[name].may(route.permission)

    async def ask(
        self, name: str, route: Route, ids: Mapping[str, Any], fields: Mapping[str, Any] | None = None, slug: str = ""
    ) -> httpx.Response:
        self.asked += 1
        address = route.at(slug or self.slug, ids, self.world.file)
        return await self.persons[name].ask(route.method, address, fields)

    async def learn_all(self) -> None:
        for route in self.routes:
            await self._learn(route)

    def table(self, route: Route, name: str) -> str:
        """The table an id names; the same for all addresses that begin alike."""
        return self.learned.get(_up_to(route, name), "")

    def ours(self, route: Route) -> dict[str, UUID]:
        """Our own row for every id of a route; nobody's where its table is not known. Optional filters stay empty."""
        return self._ids(route, self.world.ours)

    def theirs(self, route: Route) -> dict[str, UUID]:
        return self._ids(route, self.world.theirs)

    def _ids(self, route: Route, rows: Mapping[str, UUID]) -> dict[str, UUID]:
        return {
            name: rows[self.table(route, name)] if self.table(route, name) else NOBODYS
            for name in route.ids
            if self.table(route, name) or f"{{{name}:" in route.path
        }

    async def _learn(self, route: Route) -> None:
        """From the SQL a route sends when it is asked with ids that nobody has. An inner id may be looked for first."""
        form_type = form_of(route.path, route.handler) if route.method == "POST" else None
        form = filled(form_type) if form_type else {}
        for again in range(2):
            for name in (name for name in route.ids if not self.table(route, name)):
                probe = {**dict.fromkeys(route.ids, NOBODYS), **self.ours(route), name: uuid4()}
                with self.watcher.watching():
                    await self.ask("paula", route, probe, form)
                table = self.watcher.table_of(probe[name]) or (self._placed(route, name) if again else "")
                if table in self.world.ours:
                    self.learned[_up_to(route, name)] = table

    async def strangers(self, name: str, route: Route) -> AsyncIterator[str]:
        """Faults: where a row of another firm is answered otherwise than one that does not exist."""
        form_type, ours = form_of(route.path, route.handler) if route.method == "POST" else None, self.ours(route)
        form = filled(form_type) if form_type else {}
        for each in (each for each in route.ids if self.table(route, each)):
            foreign = await self.ask(name, route, {**ours, each: self.world.theirs[self.table(route, each)]}, form)
            unknown = await self.ask(name, route, {**ours, each: uuid4()}, form)
            for fault in self._compared(f"{name}: {route} ({each})", foreign, unknown):
                yield fault

    async def hidden(self, name: str, route: Route) -> AsyncIterator[str]:
        """The same for every id that the route's form carries, shown or hidden."""
        form_type, ours = form_of(route.path, route.handler), self.ours(route)
        if form_type is None:
            return
        meant = {each: self._meant(each) for each in ids_of(form_type)}
        form = {**filled(form_type), **{each: str(self.world.ours[table]) for each, table in meant.items()}}
        for each, table in meant.items():
            foreign = await self.ask(name, route, ours, {**form, each: str(self.world.theirs[table])})
            unknown = await self.ask(name, route, ours, {**form, each: str(uuid4())})
            for fault in self._compared(f"{name}: {route} (field {each})", foreign, unknown):
                yield fault

    def _placed(self, route: Route, name: str) -> str:
        """The table that the word before an id speaks of, for a route that reads its form first."""
        before = route.path.partition(f"/{{{name}:")[0].rpartition("/")[2].replace("-", "_")
        return next((t for t in self.world.ours if t == before or t.endswith(f"_{before}")), "")

    def _meant(self, name: str) -> str:
        """The table a field's name speaks of; a member where it says nothing."""
        stem = name.removesuffix("s").removesuffix("_id")
        return next((t for t in self.world.ours if t == f"{stem}s" or t.endswith(f"_{stem}s")), "memberships")

    def _compared(self, said: str, foreign: httpx.Response, unknown: httpx.Response) -> Iterator[str]:
        if mark_of(self.world.cast.other_firm.id) in foreign.text:
            yield f"{said}: shows the other firm's words"
        if plain(foreign) != plain(unknown):
            yield f"{said}: {foreign.status_code} is not {unknown.status_code}, or the page differs"
        if foreign.headers.get("location", "").startswith("/sign-in"):
            yield f"{said}: was signed out"
        if foreign.status_code >= 500:
            yield f"{said}: {foreign.status_code}"


def _up_to(route: Route, name: str) -> str:
    before, found, _after = route.path.partition(f"{{{name}:")
    return before if found else f"{route.path}?{name}"
