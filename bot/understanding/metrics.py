"""Which metrics were meant: weak words give way to strong ones, speed and statistics pick theirs, the rest is asked back."""

from __future__ import annotations

from analytics.catalogue import METRICS
from bot.understanding.draft import Ask, Draft

GOALS = {
    "hire": "avg_time_to_hire", "fill": "time_to_fill", "start": "time_to_start", "offer": "time_to_offer",
    "approve": "time_to_approve", "propose": "time_to_first_proposal", "onboard": "onboarding_time",
    "last": "avg_contract_duration",
}  # fmt: skip
STATS = {
    ("median", "avg_time_to_hire"): "median_time_to_hire", ("median", "avg_hourly_rate"): "median_hourly_rate",
    ("median", "time_to_fill"): "median_time_to_fill", ("p90", "avg_time_to_hire"): "p90_time_to_hire",
    ("average", "median_hourly_rate"): "avg_hourly_rate", ("average", "median_time_to_hire"): "avg_time_to_hire",
}  # fmt: skip
FUNNEL = ["proposals", "shortlisted", "offers", "hires"]
SAVINGS = [
    ("Savings against staffing", "savings_vs_staffing", "savings_vs_staffing"),
    ("Budget variance", "budget_variance", "budget_variance"),
]
HEADCOUNTS = [("Employees", "headcount", "headcount"), ("Freelancers", "freelancers", "freelancers")]
AVERAGES = [("Average spend per contract", "avg_spend_per_contract", "avg_spend_per_contract"),
            ("Spend per freelancer", "spend_per_freelancer", "spend_per_freelancer"),
            ("Spend per full-time employee", "spend_per_fte", "spend_per_fte")]  # fmt: skip
RATES = [(METRICS[key].label, key, key) for key in ("avg_hourly_rate", "fill_rate", "hire_rate", "offer_acceptance")]
BUDGET_WORDS = frozenset({"budget", "the budget", "our budget", "their budget", "budgets"})


def choose_metrics(d: Draft, context: tuple[str, ...]) -> None:
    """Settle the metrics of a draft; `context` are those of the question that it follows up."""
    _speed(d)
    _weak(d)
    _targets(d)
    if "funnel" in d.flags:
        d.metrics = list(FUNNEL)
    if not d.metrics:
        d.metrics = _implied(d, context)
    _statistic(d)
    _ambiguous(d)


def _speed(d: Draft) -> None:
    """As in "How fast do we fill", "slowest to approve": the time metric of what is done."""
    strong = [key for key in d.metrics if key not in d.weak]
    if not strong and ("speed" in d.flags or d.sup in {"fastest", "slowest"}) and (d.goal or "hires" in d.metrics):
        d.metrics, d.weak, d.goal = [GOALS[d.goal or "hire"]], set(), None
    elif not d.metrics and d.sup in {"fastest", "slowest"} and d.groups and not d.change and not d.goal:
        d.metrics = ["avg_time_to_hire"]


def _weak(d: Draft) -> None:
    """As in "spend on contracts" is about spend; "spend and contracts" about both; what has a threshold stays."""
    d.weak -= {condition.metric for condition in d.conditions if condition.metric}
    strong = [key for key in d.metrics if key not in d.weak]
    ranked = d.sup or d.top or d.conditions or d.rank or "listed" in d.flags
    others = [key for key in d.metrics if key != "freelancers"]
    if "freelancers" in d.weak and others and "freelancers" not in d.joined_metrics:
        subject = d.metrics[0] == "freelancers" or (d.sup and strong[:1] == ["rating"])
        if ranked and not d.groups and subject and (strong or d.sup):
            d.groups = ["freelancer"]
        d.metrics = others
    elif d.metrics == ["freelancers"] and "by name" in d.flags and not (d.groups or "howmany" in d.flags):
        d.groups = ["freelancer"]
    if strong:
        d.metrics = [key for key in d.metrics if key not in d.weak or key in d.joined_metrics]
    if d.metrics == ["offers"] and "posted" in d.flags:
        d.metrics = ["jobs_posted"]
    _posters(d)


def _posters(d: Draft) -> None:
    """As in "posters with over 10 jobs", "who are the posters": people to list, not to count."""
    others = [key for key in d.metrics if key != "unique_posters"]
    if "unique_posters" in d.metrics and (
        "who" in d.flags or (others and any(x.metric in others for x in d.conditions))
    ):
        d.metrics = others or ["jobs_posted"]
        if "who" not in d.flags:
            d.groups = d.groups or ["poster"]


def _targets(d: Draft) -> None:
    beyond = next((f.removeprefix("beyond ") for f in d.flags if f.startswith("beyond ")), None)
    if "setting" in d.flags and d.flagged_compare == "target" and d.action is None:
        d.action = "target"
    if d.action == "target":
        d.conditions, d.flagged_compare = [], None
    if beyond and d.flagged_compare == "budget" and (d.groups or d.action == "alert"):
        d.metrics, d.flagged_compare = ["budget_variance"], None
        d.having = [("budget_variance", beyond, 0)]


def _implied(d: Draft, context: tuple[str, ...]) -> list[str]:
    """The metric that is meant when none was named."""
    people = d.flags & {"people", "workers"}
    if "posted" in d.flags:
        return ["jobs_posted"]
    if d.goal == "hire":
        return ["hires"]
    if context:
        return ["freelancers"] if people and d.flags & {"howmany", "share"} else []
    if d.flagged_compare == "budget" and "ambiguous savings" not in d.flags and d.action != "target":
        named = any(said.casefold() in BUDGET_WORDS and kind == "compareto" for said, kind in d.filled)
        if named and "versus" not in d.flags and d.action is None:
            d.flagged_compare = None
            return ["budget"]
        return ["spend"]
    if "workers" in d.flags or (people and d.flags & {"howmany", "share"}) or "temps" in d.flags:
        return ["freelancers"]
    return ["spend"] if "charge_type" in d.flags and not d.record else []


def _statistic(d: Draft) -> None:
    if not d.stat or not d.metrics:
        return
    swapped = [STATS.get((d.stat, key), key) for key in d.metrics]
    if d.stat == "average" and d.grain and _summed(swapped):
        d.asks.append(
            Ask("average_over_time", "", [(f"By {d.grain}", "by", d.grain), ("In total", "total", None)], "grain")
        )
    elif d.stat == "average" and swapped == ["open_ageing"] and "age" in d.typed("open_ageing"):
        d.unread.append(d.typed("stat"))
    elif d.stat == "average":
        population = [key for key in swapped if METRICS[key].at in {"any", "end"} and METRICS[key].unit == "count"]
        if population and len(swapped) == 1:
            d.at = d.at or "average"
        elif swapped == ["spend"] and "ambiguous rate" not in d.flags:
            d.asks.append(Ask("average_cost", "average_cost", list(AVERAGES), "metric"))
        elif len(swapped) == 1 and METRICS[swapped[0]].unit == "count" and not population:
            d.unread.append(d.typed("stat"))
    elif swapped == d.metrics and not any(d.stat in key for key in swapped):
        d.unread.append(d.typed("stat"))
    d.metrics = swapped


def _summed(keys: list[str]) -> bool:
    """Whether these are sums and counts of a period: their mean over several periods is no metric."""
    return any(METRICS[key].additive and not METRICS[key].at for key in keys)


def _ambiguous(d: Draft) -> None:
    if "ambiguous headcount" in d.flags and not d.metrics and "staffing" in d.sources:
        d.metrics = ["freelancers"]
    elif "ambiguous headcount" in d.flags and not d.metrics:
        d.asks.append(Ask("headcount", "headcount", list(HEADCOUNTS), "metric"))
    if "ambiguous savings" in d.flags and (not d.metrics or d.metrics == ["spend"]):
        staffing = "staffing" in d.sources
        if staffing:
            d.metrics, d.sources = ["savings_vs_staffing"], []
        else:
            d.metrics = []
            d.asks.append(Ask("savings", "savings", list(SAVINGS), "metric"))
    implied = {"freelancers"} if "workers" in d.flags else set()
    if "ambiguous rate" in d.flags and not (set(d.metrics) - d.weak - implied):
        skilled = "skill" in d.groups or any(e.dimension == "skill" for n in d.named for e in n.entries)
        if skilled or d.flags & {"workers"} or "freelancers" in d.metrics or d.stat == "median":
            d.metrics = ["median_hourly_rate" if d.stat == "median" else "avg_hourly_rate"]
        elif d.sup and set(d.metrics) <= {"contracts", "proposals"} and d.metrics and not d.groups:
            d.measure = "rate"
        else:
            d.metrics = []
            d.asks.append(Ask("rate", "rate", list(RATES), "metric"))
