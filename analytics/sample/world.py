"""The whole sample enterprise in memory: made part by part from one seed, before anything is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analytics.sample import activity, contracts, ledger, people, requests, seats, teams, words, workers
from analytics.sample import jobs as job_part
from analytics.sample import proposals as proposal_part
from analytics.sample.activity import Entries, Milestones
from analytics.sample.base import DAY, NONE, Ints, Story
from analytics.sample.book import Book, Charges
from analytics.sample.contracts import Contracts, Ownership
from analytics.sample.fx import Rates, daily_rates
from analytics.sample.jobs import Hires, Jobs
from analytics.sample.people import People, Spans
from analytics.sample.proposals import Offers, Proposals
from analytics.sample.requests import Requests
from analytics.sample.seats import Seats
from analytics.sample.teams import Teams
from analytics.sample.words import Market
from analytics.sample.workers import Workers


@dataclass(frozen=True)
class World:
    """Everything that is, was and happened in the sample enterprise."""

    story: Story
    market: Market
    teams: Teams
    seats: Seats
    spans: Spans
    people: People
    requests: Requests
    jobs: Jobs
    hires: Hires
    contracts: Contracts
    ownership: Ownership
    workers: Workers
    proposals: Proposals
    offers: Offers
    milestones: Milestones
    entries: Entries
    charges: Charges
    rates: Rates
    suppliers: Ints
    """Supplier of every contract, -1 for independent."""
    contract_team: Ints
    contract_owner: Ints
    """Team and owner of every contract on its first day."""
    contract_country: Ints
    job_day: Ints
    """The day a job counts by: published, else created."""
    job_poster: Ints
    job_team: Ints
    job_team_given: Ints
    """Team of every job, and the team as its platform states it: -1 where that is left to the poster's team."""
    job_country: Ints

    @property
    def office(self) -> int:
        """The team that runs the program."""
        return self.teams.index(teams.PROGRAM_TEAM)


def build(story: Story, progress: Callable[[str], None]) -> World:
    """Make the world. Raises ValueError for sizes that make no company."""
    market, divisions = words.market(), words.divisions()
    progress("people and teams")
    tree, places, spans = _company(story, market, divisions)
    who = requests.desks(story, tree, places)
    progress("jobs, proposals and contracts")
    wanted = requests.build(story, market, divisions, tree, who)
    posted, hires = job_part.build(story, market, wanted)
    made = contracts.build(story, market, wanted, hires, tree, places, who)
    done, made = activity.milestones(story, wanted, made)
    pool = workers.build(story, market, wanted, made, places)
    owned = Ownership(made, places, tree)
    team, owner = _attribution(wanted, made, owned, spans)
    country = tree.country[contracts.team_of_seat(places, tree, made.seat, made.start)]
    progress("hours and charges")
    worked = activity.weeks(story, wanted, made)
    stretches = activity.stretches(story, wanted, made)
    suppliers = pool.supplier[pool.of_contract]
    book = Book(story, market, wanted, made, country, suppliers, tree.index(teams.PROGRAM_TEAM))
    day, poster, job_team, given = _posting(story, wanted, posted, places, tree, spans)
    return World(
        story=story,
        market=market,
        teams=tree,
        seats=places,
        spans=spans,
        people=people.build(story, places, spans),
        requests=wanted,
        jobs=posted,
        hires=hires,
        contracts=made,
        ownership=owned,
        workers=pool,
        proposals=proposal_part.proposals(story, market, wanted, posted, hires, made, pool),
        offers=proposal_part.offers(story, wanted, hires, made, pool),
        milestones=done,
        entries=activity.entries(wanted, made, worked),
        charges=ledger.build(book, done, worked, stretches),
        rates=daily_rates(story, market),
        suppliers=suppliers,
        contract_team=team,
        contract_owner=owner,
        contract_country=country,
        job_day=day,
        job_poster=poster,
        job_team=job_team,
        job_team_given=given,
        job_country=tree.country[contracts.team_of_seat(places, tree, wanted.seat[posted.request], day)],
    )


def _company(story: Story, market: Market, divisions: tuple[words.Division, ...]) -> tuple[Teams, Seats, Spans]:
    tree = teams.build(story, market, divisions)
    places = seats.build(story, market, tree)
    return tree, places, people.spans(places, tree)


def _attribution(wanted: Requests, made: Contracts, owned: Ownership, spans: Spans) -> tuple[Ints, Ints]:
    """Team and owner of every contract when it started; Toptal leaves the team to the owner's team of that day."""
    every = np.arange(len(made), dtype=np.int64)
    owner, team = owned.owner(every, made.start), owned.team(every, made.start)
    silent = (wanted.platform[made.request] == requests.TOPTAL) & (owner >= 0)
    return np.where(silent, spans.team_of(owner, made.start), team), owner


def _posting(
    story: Story,
    wanted: Requests,
    posted: Jobs,
    places: Seats,
    tree: Teams,
    spans: Spans,
) -> tuple[Ints, Ints, Ints, Ints]:
    """Day, poster and team of every job, and the team as stated; a few posters have no account that anyone knows."""
    rng = story.rng("posting")
    day = np.where(posted.published == NONE, posted.created, posted.published) // DAY
    seat = wanted.seat[posted.request]
    poster = np.where(rng.random(len(posted)) < 0.009, -1, places.holder(seat, day))
    team = contracts.team_of_seat(places, tree, seat, day)
    team[(poster < 0) & (rng.random(len(posted)) < 0.5)] = -1
    silent = (wanted.platform[posted.request] == requests.TOPTAL) & (poster >= 0)
    return day, poster, np.where(silent, spans.team_of(poster, day), team), np.where(silent, -1, team)
