"""Every metric a second time: plain Python over plain records, written from the definitions, sharing nothing with the engine.

A `Log` (records.py) is what happened: lists of jobs, hires, contracts, charges and so on. Every record already knows
what it belonged to on its own day: `by` maps a dimension to the id of its member, None where nobody knows, and
"skill" to a set of names. Days are calendar days in the reporting zone, moments are naive UTC, money is whole minor
units of the reporting currency (None where no exchange rate was known), rates are per hour.

Whoever holds an event log can fill a Log; `reading.read` fills one from tables in the import format (lists of dicts
of text), attributing every row to its team, owner and manager without a line of SQL.

`answers.METRICS[key](log, asked)` gives one number: an int where it counts or adds up whole units, a float else, None
for "no number". Groups are not computed apart: `log.narrow(dimension, value)` leaves only the records of one group,
and keeps the whole company at hand (`log.company`) for what a definition asks of the whole, such as whether somebody
had worked for the company before.
"""
