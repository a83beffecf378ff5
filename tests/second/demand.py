"""Jobs, positions, proposals, offers, hires, and how long each step took."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta

from tests.second.numbers import kaplan_meier, mean, quantile, ratio
from tests.second.records import Asked, Hire, Job, Log, Number
from tests.second.work import full_time_average, running

DAY_SECONDS = 86400


def posted(log: Log, asked: Asked) -> list[Job]:
    """Jobs made visible in the span; drafts never are."""
    return [job for job in log.jobs if asked.holds(job.posted_on)]


def hires_of(log: Log) -> dict[str, list[Hire]]:
    """The hires of every job, in order; the company's, whatever part of it was asked for."""
    found: dict[str, list[Hire]] = defaultdict(list)
    for hire in sorted(log.company.hires, key=lambda h: (h.hired_on, h.contract)):
        found[hire.job].append(hire)
    return found


def jobs_posted(log: Log, asked: Asked) -> Number:
    return len(posted(log, asked))


def hires(log: Log, asked: Asked) -> Number:
    return sum(c.status != "cancelled" and asked.holds(c.hired_on) for c in log.contracts)


def unique_posters(log: Log, asked: Asked) -> Number:
    return len({job.by["poster"] for job in posted(log, asked)} - {None})


def teams_active(log: Log, asked: Asked) -> Number:
    return len({job.by["team"] for job in posted(log, asked)} - {None})


def adoption(log: Log, asked: Asked) -> Number:
    shown = {job.by["poster"] for job in log.jobs if job.posted_on and asked.start <= job.posted_on < asked.known_end}
    held = {c.by["owner"] for c in log.contracts if running(c, asked.start, asked.known_end)}
    return ratio(len((shown | held) - {None}), full_time_average(log, asked))


def _days(from_: Callable[[Hire], float]) -> Callable[[Log, Asked], list[float]]:
    def days(log: Log, asked: Asked) -> list[float]:
        every = [from_(hire) for hire in log.hires if asked.holds(hire.hired_on)]
        return [d for d in every if d >= 0]

    return days


wait = _days(lambda h: (h.hired - h.opened).total_seconds() / DAY_SECONDS)
fill = _days(lambda h: (h.hired - h.created).total_seconds() / DAY_SECONDS)
start = _days(lambda h: (h.started_on - h.created_on).days)
onboarding = _days(lambda h: (h.started_on - h.hired_on).days)


def avg_time_to_hire(log: Log, asked: Asked) -> Number:
    return mean(wait(log, asked))


def median_time_to_hire(log: Log, asked: Asked) -> Number:
    return quantile(wait(log, asked), 0.5)


def p90_time_to_hire(log: Log, asked: Asked) -> Number:
    return quantile(wait(log, asked), 0.9)


def time_to_fill(log: Log, asked: Asked) -> Number:
    return mean(fill(log, asked))


def median_time_to_fill(log: Log, asked: Asked) -> Number:
    return quantile(fill(log, asked), 0.5)


def time_to_start(log: Log, asked: Asked) -> Number:
    return mean(start(log, asked))


def onboarding_time(log: Log, asked: Asked) -> Number:
    return mean(onboarding(log, asked))


def time_to_hire_km(log: Log, asked: Asked) -> Number:
    hired = {job: min(h.hired for h in found) for job, found in hires_of(log).items()}
    cases = []
    for job in posted(log, asked):
        until = hired.get(job.job) or min(job.closed or asked.now, asked.now)
        cases.append((max((until - job.published).total_seconds(), 0) / DAY_SECONDS, job.job in hired))
    return kaplan_meier(cases)


def time_to_approve(log: Log, asked: Asked) -> Number:
    spans = [(j.approved - j.created).total_seconds() for j in log.jobs if j.approved and asked.holds(j.approved_on)]
    return mean(s / DAY_SECONDS for s in spans if s >= 0)


def time_to_offer(log: Log, asked: Asked) -> Number:
    spans = [
        (o.sent - o.published).total_seconds() for o in log.offers if o.sent and o.published and asked.holds(o.sent_on)
    ]
    return mean(s / DAY_SECONDS for s in spans if s >= 0)


def time_to_first_proposal(log: Log, asked: Asked) -> Number:
    first: dict[str, datetime] = {}
    for proposal in log.company.proposals:
        first[proposal.job] = min(first.get(proposal.job, proposal.created), proposal.created)
    spans = [(first[j.job] - j.published).total_seconds() for j in posted(log, asked) if j.job in first]
    return mean(s / 3600 for s in spans if s >= 0)


def fill_rate(log: Log, asked: Asked) -> Number:
    ripe = [job for job in posted(log, asked) if job.posted_on and job.posted_on <= asked.as_of - timedelta(days=30)]
    filled = hires_of(log)
    return ratio(sum(min(len(filled[j.job]), j.positions) for j in ripe), sum(j.positions for j in ripe))


def hire_rate(log: Log, asked: Asked) -> Number:
    filled = hires_of(log)
    return ratio(sum(bool(filled[j.job]) for j in posted(log, asked)), len(posted(log, asked)))


def cancel_rate(log: Log, asked: Asked) -> Number:
    filled = hires_of(log)
    lost = sum(j.status == "cancelled" and not filled[j.job] for j in posted(log, asked))
    return ratio(lost, len(posted(log, asked)))


def jobs_cancelled(log: Log, asked: Asked) -> Number:
    return sum(j.status == "cancelled" and asked.holds(j.closed_on) for j in log.jobs)


def positions_left(job: Job, filled: list[Hire], day: date) -> int:
    """Positions of a job still open at the end of a day."""
    if job.posted_on is None or job.posted_on > day:
        return 0
    over = job.status in {"cancelled", "expired"} or (job.status == "filled" and not job.keep_open)
    if over and (job.closed_on or job.posted_on) <= day:
        return 0
    if job.keep_open and job.status == "filled" and job.closed_on and job.closed_on <= day:
        return 0
    return max(job.positions - sum(h.hired_on <= day for h in filled), 0)


def open_ageing(log: Log, asked: Asked) -> Number:
    return sum(is_open(job, hires_of(log)[job.job], asked.last) for job in log.jobs)


def is_open(job: Job, filled: list[Hire], day: date) -> bool:
    """Whether a job waits at the end of a day; one kept open after a hire waits while a position is left."""
    if job.posted_on is None or job.posted_on > day:
        return False
    if job.status == "filled" and job.keep_open:
        return positions_left(job, filled, day) > 0
    over = job.status in {"cancelled", "expired", "filled"}
    return not (over and (job.closed_on or job.posted_on) <= day)


def positions_open(log: Log, asked: Asked) -> Number:
    filled = hires_of(log)
    return sum(positions_left(job, filled[job.job], asked.last) for job in log.jobs)


def proposals(log: Log, asked: Asked) -> Number:
    return sum(asked.holds(p.created_on) for p in log.proposals)


def shortlisted(log: Log, asked: Asked) -> Number:
    return sum(asked.holds(p.created_on) and p.status in {"shortlisted", "hired"} for p in log.proposals)


def shortlist_rate(log: Log, asked: Asked) -> Number:
    return ratio(shortlisted(log, asked), proposals(log, asked))


def _per_job(log: Log, asked: Asked, *, qualified: bool) -> Number:
    wanted = {job.job for job in posted(log, asked)}
    found = [p for p in log.company.proposals if p.job in wanted and (p.qualified or not qualified)]
    return ratio(len(found), len(wanted))


def proposals_per_job(log: Log, asked: Asked) -> Number:
    return _per_job(log, asked, qualified=False)


def supply_per_job(log: Log, asked: Asked) -> Number:
    return _per_job(log, asked, qualified=True)


def offers(log: Log, asked: Asked) -> Number:
    return sum(asked.holds(o.sent_on) for o in log.offers)


def offer_acceptance(log: Log, asked: Asked) -> Number:
    answered = [o.state for o in log.offers if asked.holds(o.responded_on)]
    decided = [state for state in answered if state in {"accepted", "declined", "expired"}]
    return ratio(decided.count("accepted"), len(decided))


def supply_coverage(log: Log, asked: Asked) -> Number:
    good: dict[str, int] = defaultdict(int)
    for proposal in log.company.proposals:
        good[proposal.job] += proposal.qualified
    supply: dict[str, int] = defaultdict(int)
    for row in log.job_skills:
        if asked.holds(row.posted_on):
            supply[row.skill] += good[row.job]
    return ratio(sum(n >= 3 for n in supply.values()), len(supply))
