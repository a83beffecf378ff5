"""Words people use that this data cannot answer: refused by name, with the nearest answer, never matched to another."""

from __future__ import annotations

from analytics.catalogue.kinds import Absent

ABSENT: tuple[Absent, ...] = (
    Absent("attrition", ("employee attrition", "attrition of employees", "employee turnover", "staff attrition", "attrition"), "Employees who leave are not in this data.", "turnover"),
    Absent("cost_per_hire", ("cost per hire", "cph", "recruiting cost", "recruitment cost", "cost of hiring"), "Recruiting costs are not in this data.", "fee_share"),
    Absent("savings_vs_employee", ("savings against employees", "savings versus employees", "cheaper than employees", "saved against employees", "employee cost"), "Employee costs are not in this data.", "savings_vs_staffing"),
    Absent("spend_under_management", ("spend under management", "managed spend"), "The finance ledger is not connected.", "spend"),
    Absent("payment_terms", ("payment terms", "days payable", "dpo"), "Payment terms are not in this data."),
    Absent("diversity", ("diversity", "gender", "female", "women", "men", "ethnicity", "age of freelancers", "minority"), "Personal characteristics are not in this data."),
    Absent("compliance", ("onboarding compliance", "background check", "background checks", "compliance rate"), "Compliance records are not in this data.", "tenure_flags"),
    Absent("conversion", ("conversion to employee", "converted to employee", "temp to perm", "conversion rate", "conversions"), "Conversions to employment are not in this data."),
    Absent("nps", ("nps", "net promoter score", "promoter score"), "Promoter scores are not in this data.", "rating"),
    Absent("retention", ("retention", "retention rate", "employee retention"), "Retention is not in this data.", "repeat_hire_rate"),
    Absent("revenue", ("revenue", "roi", "return on investment", "profit", "margin", "ebit"), "Revenue and profit are not in this data.", "spend"),
    Absent("productivity", ("productivity", "utilization", "utilisation", "output per hour"), "Output is not in this data.", "on_time_rate"),
    Absent("carbon", ("carbon", "co2", "emissions", "sustainability"), "Emissions are not in this data."),
)  # fmt: skip
