"""Serves a company as Upwork would: tokens that rotate, tenants, pages, errors inside good answers, and scripted faults."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from aiohttp import web

from tests.canaries import NOW
from tests.fakes.upwork.company import Company, Node
from tests.fakes.upwork.language import BadDocument, Operation, Var, read
from tests.fakes.upwork.language import Node as Asked
from tests.fakes.upwork.schema import TYPES, wrong_input

CLIENT, SECRET, CODE = "key-1", "secret-1", "code-1"
HTML = "<!DOCTYPE html><html><body>Just a moment...</body></html>"


@dataclass
class Fault:
    """Something that goes wrong with the next `times` requests of an operation ("" = any), after `skip` good ones."""

    kind: str
    operation: str = ""
    times: int = 1
    skip: int = 0
    retry_after: str = ""


@dataclass
class FakeUpwork:
    """`clock` is the time tokens and arrivals are counted by. Everything a test may want to see or change is a field."""

    company: Company
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    faults: list[Fault] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    most_offers: int = 50
    most_page: int = 100
    zero_cursor: bool = True
    compact_dates: bool = False
    stuck_cursor: str = ""
    empty_page: str = ""
    doubled: str = ""
    moving: str = ""
    wrong_total: str = ""
    expires_in: Any = "86400"
    arrivals: list[tuple[datetime, str, dict[str, Any]]] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    token_calls: list[dict[str, str]] = field(default_factory=list)
    mutations: list[str] = field(default_factory=list)
    refresh: str = ""
    access: dict[str, float] = field(default_factory=dict)
    _numbers: Any = field(default_factory=lambda: itertools.count(1))
    _page_reads: dict[str, int] = field(default_factory=dict)

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/api/v3/oauth2/token", self.token)
        app.router.add_post("/graphql", self.graphql)
        return app

    async def token(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.token_calls.append(form)
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT, SECRET):
            return web.json_response({"error": "invalid_client"}, status=401)
        grant = form.get("grant_type")
        good = {
            "authorization_code": form.get("code") == CODE,
            "refresh_token": bool(self.refresh) and form.get("refresh_token") == self.refresh,
            "client_credentials": True,
        }
        if not good.get(grant or ""):
            return web.json_response({"error": "invalid_grant"}, status=400)
        access = f"access-{next(self._numbers)}"
        NOW.secret(access, "an access token of Upwork")
        self.access[access] = self.clock().timestamp() + float(self.expires_in or 3_600)
        answer = {"access_token": access, "token_type": "Bearer", "expires_in": self.expires_in}
        if grant != "client_credentials":
            self.refresh = f"refresh-{next(self._numbers)}"
            NOW.secret(self.refresh, "a refresh token of Upwork")
            answer["refresh_token"] = self.refresh
        if self.expires_in is None:
            del answer["expires_in"]
        return web.json_response(answer)

    async def graphql(self, request: web.Request) -> web.StreamResponse:
        body = json.loads(await request.read())
        self.agents.add(request.headers.get("User-Agent", ""))
        try:
            operation = read(body["query"])
        except BadDocument as problem:
            return _errors(str(problem))
        if operation.kind != "query":
            self.mutations.append(body["query"])
            return _errors("A mutation reached the server")
        self.arrivals.append((self.clock(), operation.name, body.get("variables") or {}))
        if (fault := self._fault(operation.name)) and (answer := await self._faulty(request, fault)):
            return answer
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if self.access.get(token, 0) <= self.clock().timestamp():
            return web.json_response({"message": "Unauthorized"}, status=401)
        if request.headers.get("X-Upwork-API-TenantId") != self.company.organization:
            return web.json_response({"message": "unknown tenant"}, status=403)
        try:
            return web.json_response({"data": self._answer(operation, body.get("variables") or {})})
        except BadDocument as problem:
            return _errors(str(problem))

    def _fault(self, operation: str) -> Fault | None:
        for fault in self.faults:
            if fault.operation in {"", operation} and fault.times:
                if fault.skip:
                    fault.skip -= 1
                    continue
                fault.times -= 1
                return fault
        return None

    async def _faulty(self, request: web.Request, fault: Fault) -> web.StreamResponse | None:
        headers = {"Retry-After": fault.retry_after} if fault.retry_after else {}
        if fault.kind.isdecimal():
            return web.json_response({"message": "fault"}, status=int(fault.kind), headers=headers)
        if fault.kind == "redirect":
            return web.Response(status=302, headers={"Location": "/graphql"})
        if fault.kind == "html":
            return web.Response(text=HTML, content_type="text/html", status=200)
        if fault.kind == "blocked":
            return web.Response(text=HTML, content_type="text/html", status=403)
        if fault.kind == "internal":
            return _errors("Internal server error")
        if fault.kind == "partial":
            return web.json_response(
                {"data": {"organization": None}, "errors": [{"message": "Exception while fetching data"}]}
            )
        if fault.kind == "reset":
            assert request.transport
            request.transport.abort()
            await asyncio.sleep(0.01)
            return web.Response()
        if fault.kind == "hang":
            await asyncio.sleep(30)
            return web.Response()
        assert fault.kind == "drip", fault.kind
        answer = web.StreamResponse()
        await answer.prepare(request)
        for _ in range(300):
            await answer.write(b" ")
            await asyncio.sleep(0.1)
        return answer

    # -- answering ---------------------------------------------------------------------------------------------------

    def _answer(self, operation: Operation, given: Node) -> Node:
        for name in given:
            if name not in operation.variables:
                raise BadDocument(f"Variable {name!r} was not declared")
        for name, type_name in operation.variables.items():
            if wrong := wrong_input(type_name, given.get(name)):
                raise BadDocument(f"Variable {name!r}: {wrong}")
        refused = sorted(_named("Query", operation.fields) & self.refused)
        if refused:
            raise BadDocument(f"The client or authentication token doesn't have enough oauth2 permissions/scopes to access: [{', '.join(refused)}]")  # fmt: skip
        return self._object("Query", None, operation.fields, given)

    def _object(self, type_name: str, value: Any, fields: list[Asked], given: Node) -> Node:
        found = {}
        for one in fields:
            if one.name not in TYPES[type_name]:
                raise BadDocument(f"Cannot query field {one.name!r} on type {type_name!r}")
            inner, arguments = TYPES[type_name][one.name]
            if bool(inner) != bool(one.fields):
                raise BadDocument(f"Field {one.name!r} of type {type_name!r}: wrong selection")
            said = self._arguments(one, arguments, given)
            held = (
                self._root(type_name, one.name, said)
                if type_name in {"Query", "CurrentOrganization"}
                else value.get(one.name)
            )
            found[one.name] = self._held(inner, held, one.fields, given)
        return found

    def _held(self, inner: str, held: Any, fields: list[Asked], given: Node) -> Any:
        if isinstance(held, list):
            return [self._held(inner, one, fields, given) for one in held]
        return self._object(inner, held, fields, given) if inner and held is not None else held

    def _arguments(self, one: Asked, declared: dict[str, str], given: Node) -> Node:
        said = {
            name: given.get(value.name) if isinstance(value, Var) else value for name, value in one.arguments.items()
        }
        for name in said:
            if name not in declared:
                raise BadDocument(f"Unknown argument {name!r} on field {one.name!r}")
        for name, type_name in declared.items():
            if wrong := wrong_input(type_name, said.get(name)):
                raise BadDocument(f"Argument {name!r} of {one.name!r}: {wrong}")
        return said

    def _root(self, type_name: str, name: str, said: Node) -> Any:
        company = self.company
        if name == "organization":
            return {"id": company.organization}
        if type_name == "CurrentOrganization" and name not in {
            "jobPosting",
            "clientOffers",
            "clientContractTimeReport",
        }:
            return {"id": company.organization, "name": "Contoso"}.get(name)
        if name == "contractList":
            return {"contracts": [self.company.contracts[one] for one in said["ids"] if one in company.contracts]}
        if name == "contractByTerm":
            return self._by_term(said["termId"])
        if name == "accountingEntity":
            return [{"id": one} for one in company.accounts]
        if name == "transactionHistory":
            return {"transactionDetail": {"transactionHistoryRow": self._ledger(said["transactionHistoryFilter"])}}
        if name == "clientProposals":
            return self._page(
                "proposals", company.proposals.get(said["jobPostingId"], []), said.get("pagination"), self.most_page
            )
        if name == "jobPosting":
            return self._jobs(said["jobPostingFilter"])
        if name == "clientOffers":
            return self._page("offers", company.offers, said.get("pagination"), self.most_offers)
        return self._time(said)

    def _by_term(self, term: str) -> Node | None:
        for contract in self.company.contracts.values():
            if any(one["id"] == term for kind in contract["terms"].values() for one in kind or ()):
                return contract
        raise BadDocument("No contract of this term")

    def _ledger(self, asked: Node) -> list[Node]:
        if set(asked["aceIds_any"]) != set(self.company.accounts):
            return []
        start, end = (_moment(asked["transactionDateTime_bt"][name]) for name in ("rangeStart", "rangeEnd"))
        return [line for line in self.company.ledger if start <= _moment(line["transactionCreationDate"]) <= end]

    def _jobs(self, asked: Node) -> Node:
        jobs = self.company.jobs
        if start := asked.get("createdDateTimeFrom_eq"):
            jobs = [job for job in jobs if _moment(job["info"]["auditTime"]["createdDateTime"]) >= _moment(start)]
        return self._page("jobs", jobs, asked.get("pagination_eq"), self.most_page)

    def _time(self, said: Node) -> Node:
        dates = [said["timeReportDate_bt"][name] for name in ("rangeStart", "rangeEnd")]
        if any(("-" in one) == self.compact_dates for one in dates):
            raise BadDocument("Argument 'timeReportDate_bt': wrong date format")
        start, end = (date.fromisoformat(one).isoformat() for one in dates)
        found = [one for one in self.company.time if start <= one["dateWorkedOn"] <= end]
        return self._page("time", found, said.get("pagination"), self.most_page)

    def _page(self, name: str, nodes: list[Node], asked: Node | None, most: int) -> Node:
        asked = asked or {"first": most}
        if asked["first"] > most:
            raise BadDocument(f"Argument 'first' must be at most {most}")
        after = asked.get("after")
        if after == "0" and not self.zero_cursor:
            raise BadDocument("Argument 'after' is not a cursor")
        start = int(after or 0)
        reads = self._page_reads[name] = self._page_reads.get(name, 0) + 1
        if self.moving == name and reads == 2:
            # Somebody changed a record while the pages were read: the first becomes the last.
            nodes.append(nodes.pop(0))
        shown = nodes[start : start + asked["first"]]
        end, more = start + len(shown), start + len(shown) < len(nodes)
        if self.empty_page == name and reads == 2:
            shown, end, more = [], start, True
            cursor = f"0{start}"
        else:
            cursor = "50" if self.stuck_cursor == name else str(end)
        if self.doubled == name:
            shown = [*shown, *reversed(shown[:5])]
        total = len(nodes) + (7 if self.wrong_total == name else 0)
        edges = [{"cursor": str(start + place), "node": node} for place, node in enumerate(shown)]
        return {
            "totalCount": total,
            "edges": edges,
            "pageInfo": {"endCursor": cursor, "hasNextPage": more or self.stuck_cursor == name},
        }


def _named(type_name: str, fields: list[Asked]) -> set[str]:
    found = set()
    for one in fields:
        found.add(f"{type_name}.{one.name}")
        found |= _named(TYPES.get(type_name, {}).get(one.name, ("", {}))[0], one.fields)
    return found


def _moment(said: str) -> datetime:
    moment = datetime.fromisoformat(said)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _errors(said: str) -> web.Response:
    return web.json_response({"errors": [{"message": said}]})
