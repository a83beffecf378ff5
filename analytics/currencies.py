"""Currencies: how many digits their money has."""

from __future__ import annotations

from analytics.model import Number

# ISO 4217 currencies whose minor unit is not a hundredth.
DECIMALS = {
    "BHD": 3, "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "IQD": 3, "ISK": 0, "JOD": 3, "JPY": 0, "KMF": 0, "KRW": 0,
    "KWD": 3, "LYD": 3, "OMR": 3, "PYG": 0, "RWF": 0, "TND": 3, "UGX": 0, "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0,
    "XOF": 0, "XPF": 0,
}  # fmt: skip


def decimals(currency: str) -> int:
    """Digits after the decimal point of the currency's minor unit (ISO 4217)."""
    return DECIMALS.get(currency, 2)


def in_major(value: Number, unit: str, currency: str) -> Number:
    """A number as it leaves the program: money in major units, every other unit as it is."""
    if value is None or unit != "money":
        return value
    return float(round(value / 10 ** decimals(currency), 6))
