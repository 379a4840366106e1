"""Features for the churn model: one place, so that notebook and production compute them alike."""

from __future__ import annotations

import pandas as pd

NUMERIC = ["tenure_months", "monthly_charge", "support_calls", "charge_per_year_of_tenure", "late_share"]
CATEGORIES = ["contract", "payment"]


def add_features(customers: pd.DataFrame) -> pd.DataFrame:
    """The customers with the derived columns the model uses; the input stays as it is."""
    enriched = customers.copy()
    enriched["charge_per_year_of_tenure"] = enriched["monthly_charge"] * 12 / (enriched["tenure_months"] / 12 + 1)
    enriched["late_share"] = enriched["late_payments"] / enriched["tenure_months"].clip(lower=1)
    return enriched


def churn_rate_by(customers: pd.DataFrame, column: str) -> pd.Series:
    """Share of customers who left, per value of a column, highest first."""
    return customers.groupby(column, observed=True)["churned"].mean().sort_values(ascending=False)
