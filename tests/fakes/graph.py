"""A small honest directory: users with managers, exact `$select`, pages, changes by revision, and faults on demand."""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiohttp import web

PROPERTIES = {
    "id", "displayName", "userPrincipalName", "mail", "department", "country", "usageLocation", "employeeId", "employeeType",
    "employeeHireDate", "employeeOrgData", "userType", "accountEnabled", "createdDateTime",
}  # fmt: skip
Fault = Callable[[web.Request], Awaitable[web.StreamResponse]]


def user(number: int, manager: int | None = None, **more: Any) -> dict[str, Any]:
    """An employee, with the properties a directory usually fills."""
    return {
        "id": f"id-{number:05}",
        "displayName": f"Person {number}",
        "userPrincipalName": f"p{number}@contoso.example",
        "mail": f"p{number}@contoso.example",
        "department": "Brand Studio",
        "country": "Germany",
        "usageLocation": "DE",
        "employeeId": str(1000 + number),
        "employeeType": None,
        "employeeHireDate": "2020-02-01T00:00:00Z",
        "employeeOrgData": {"division": "Marketing", "costCenter": "CC-1042"},
        "userType": "Member",
        "accountEnabled": True,
        "createdDateTime": "2019-12-01T08:00:00Z",
        "manager": None if manager is None else f"id-{manager:05}",
        **more,
    }


@dataclass
class FakeGraph:
    """`faults` are taken one a request before it is answered. `log` holds path and query of every request, `mails` every letter."""

    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    groups: dict[str, list[str]] = field(default_factory=dict)
    token: str = "secret-token"
    page: int = 999
    faults: list[Fault] = field(default_factory=list)
    log: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    changes: list[tuple[int, str]] = field(default_factory=list)
    forgotten: bool = False
    revision: int = 0
    mailboxes: set[str] = field(default_factory=set)
    mails: list[EmailMessage] = field(default_factory=list)
    lost: int = 0

    def add(self, *users: dict[str, Any]) -> None:
        """Add users, or replace them."""
        for one in users:
            self.users[one["id"]] = one
            self._changed(one["id"])

    def remove(self, person: str) -> None:
        """Delete a user."""
        del self.users[person]
        self._changed(person)

    def _changed(self, person: str) -> None:
        self.revision += 1
        self.changes.append((self.revision, person))

    def app(self) -> web.Application:
        """The server."""
        app = web.Application()
        app.router.add_post("/v1.0/users/{sender}/sendMail", self._send)
        app.router.add_get("/v1.0/users", self._users)
        app.router.add_get("/v1.0/users/delta", self._delta)
        app.router.add_get("/v1.0/groups/{group}/transitiveMembers/microsoft.graph.user", self._members)
        return app

    async def _send(self, request: web.Request) -> web.StreamResponse:
        """Takes a letter as MIME in base64. `lost` letters are taken, and then the connection breaks."""
        if trouble := await self._trouble(request):
            return trouble
        if request.match_info["sender"] not in self.mailboxes or request.content_type != "text/plain":
            return _error(403, "ErrorAccessDenied")
        self.mails.append(message_from_bytes(base64.b64decode(await request.read()), policy=policy.default))
        if self.lost:
            self.lost -= 1
            return await reset(request)
        return web.Response(status=202)

    async def _users(self, request: web.Request) -> web.StreamResponse:
        if trouble := await self._trouble(request):
            return trouble
        top = int(request.query.get("$top", "100"))
        skip = int(request.query.get("$skiptoken", "0"))
        names = request.query.get("$select", "").split(",")
        if not set(names) <= PROPERTIES or top > 999:
            return _error(400, "Request_BadRequest")
        found = sorted(self.users.values(), key=lambda one: str(one["id"]))
        if wanted := re.fullmatch(r"id in \((.*)\)", request.query.get("$filter", "")):
            ids = [text.strip("'") for text in wanted[1].split(",")]
            if len(ids) > 15:
                return _error(400, "Request_UnsupportedQuery")
            found = [one for one in found if one["id"] in ids]
        size = min(top, self.page)
        expand = request.query.get("$expand") == "manager($select=id)"
        reply: dict[str, Any] = {"value": [_shown(one, names, expand) for one in found[skip : skip + size]]}
        if skip + size < len(found):
            query = dict(request.query) | {"$skiptoken": str(skip + size)}
            reply["@odata.nextLink"] = str(request.url.with_query(query))
        return web.json_response(reply)

    async def _members(self, request: web.Request) -> web.StreamResponse:
        if trouble := await self._trouble(request):
            return trouble
        members = self.groups.get(request.match_info["group"])
        if members is None:
            return _error(404, "Request_ResourceNotFound")
        skip, size = int(request.query.get("$skiptoken", "0")), min(int(request.query.get("$top", "100")), self.page)
        reply: dict[str, Any] = {"value": [{"id": one} for one in members[skip : skip + size]]}
        if skip + size < len(members):
            query = dict(request.query) | {"$skiptoken": str(skip + size)}
            reply["@odata.nextLink"] = str(request.url.with_query(query))
        return web.json_response(reply)

    async def _delta(self, request: web.Request) -> web.StreamResponse:
        if trouble := await self._trouble(request):
            return trouble
        token = request.query["$deltatoken"]
        if self.forgotten and token != "latest":
            return _error(410, "resyncRequired")
        since = self.revision if token == "latest" else int(token)
        ids = dict.fromkeys(person for revision, person in self.changes if revision > since)
        value = [
            {"id": person} if person in self.users else {"id": person, "@removed": {"reason": "deleted"}}
            for person in ids
        ]
        link = str(request.url.with_query({"$deltatoken": str(self.revision)}))
        return web.json_response({"value": value, "@odata.deltaLink": link})

    async def _trouble(self, request: web.Request) -> web.StreamResponse | None:
        self.log.append((request.path, dict(request.query)))
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return _error(401, "InvalidAuthenticationToken")
        return await self.faults.pop(0)(request) if self.faults else None


def status(code: int, *, wait: str | None = None, error: str = "tooManyRequests") -> Fault:
    """A reply with this status."""

    async def fault(_: web.Request) -> web.StreamResponse:
        reply = _error(code, error)
        if wait is not None:
            reply.headers["Retry-After"] = wait
        return reply

    return fault


def text(body: str) -> Fault:
    """A reply of status 200 that is no JSON, or other JSON than asked for."""

    async def fault(_: web.Request) -> web.StreamResponse:
        return web.Response(text=body)

    return fault


async def reset(request: web.Request) -> web.StreamResponse:
    """The connection breaks."""
    assert request.transport is not None
    request.transport.close()
    await asyncio.sleep(0)
    return web.Response()


def _error(code: int, error: str) -> web.Response:
    return web.json_response({"error": {"code": error, "message": "..."}}, status=code)


def _shown(one: dict[str, Any], names: list[str], expand: bool) -> dict[str, Any]:
    shown = {name: one[name] for name in names}
    if expand and one["manager"]:
        shown["manager"] = {"@odata.type": "#microsoft.graph.user", "id": one["manager"]}
    return shown
