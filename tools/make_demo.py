"""Makes the demo in demo/churn: the customers, and the notebook with the outputs that running it really gives.

Run it with the Python of the default image release, so that the outputs are that release's:

    RELEASE/bin/python tools/make_demo.py
"""

from __future__ import annotations

import csv
import math
import random
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

DEMO = Path(__file__).parents[1] / "demo" / "churn"
ROWS = 2000

CELLS: list[tuple[str, str, str]] = [
    (
        "intro",
        "markdown",
        """# Which customers are about to leave?

Every month about a quarter of our telecom customers cancel. If we know who is likely to go, the retention team can call
them first. This notebook loads the customers, looks at what goes together with leaving, and fits a small model.

**Data**: `customers.csv`, 2,000 customers, one line each, as of the end of October (synthetic).
**Features** live in `features.py`, so that production can compute them in the same way.""",
    ),
    (
        "imports",
        "code",
        """import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score, roc_curve
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from features import CATEGORIES, NUMERIC, add_features, churn_rate_by

SEED = 7
pd.set_option("display.precision", 3)""",
    ),
    ("load-title", "markdown", "## Load"),
    (
        "load",
        "code",
        """customers = pd.read_csv("customers.csv")
print(f"{len(customers):,} customers, {customers['churned'].mean():.1%} left")
customers.head()""",
    ),
    ("describe", "code", "customers.describe()"),
    (
        "transform-title",
        "markdown",
        """## Transform

Two derived columns: what a customer pays in relation to how long they have been with us, and how often they pay late.""",
    ),
    (
        "transform",
        "code",
        """enriched = add_features(customers)
enriched[[*NUMERIC, "churned"]].corr()["churned"].drop("churned").sort_values()""",
    ),
    ("rates", "code", """churn_rate_by(enriched, "contract").to_frame("left")"""),
    ("look-title", "markdown", "## Look"),
    (
        "plot",
        "code",
        """fig, (left, right) = plt.subplots(1, 2, figsize=(10, 3.6))

churn_rate_by(enriched, "contract").plot.bar(ax=left, color="tab:blue", rot=0)
left.set(title="Who leaves, by contract", xlabel="", ylabel="share that left")

bins = np.linspace(0, 72, 13)
for churned, label in ((0, "stayed"), (1, "left")):
    right.hist(enriched.loc[enriched["churned"] == churned, "tenure_months"], bins=bins, alpha=0.6, label=label)
right.set(title="Tenure", xlabel="months", ylabel="customers")
right.legend()
fig.tight_layout()""",
    ),
    (
        "model-title",
        "markdown",
        """## Model

A logistic regression: quick, and the retention team can read its coefficients. A quarter of the customers is held back.""",
    ),
    (
        "fit",
        "code",
        """X_train, X_test, y_train, y_test = train_test_split(
    enriched[NUMERIC + CATEGORIES], enriched["churned"], test_size=0.25, random_state=SEED, stratify=enriched["churned"]
)
model = make_pipeline(
    ColumnTransformer([("numbers", StandardScaler(), NUMERIC), ("categories", OneHotEncoder(drop="first"), CATEGORIES)]),
    LogisticRegression(max_iter=1000),
)
model.fit(X_train, y_train)
scores = model.predict_proba(X_test)[:, 1]
print(f"AUC on customers the model has not seen: {roc_auc_score(y_test, scores):.3f}")""",
    ),
    (
        "coefficients",
        "code",
        """names = model[0].get_feature_names_out()
pd.Series(model[1].coef_[0], index=names).sort_values(ascending=False).to_frame("coefficient")""",
    ),
    (
        "roc",
        "code",
        """false_positives, true_positives, _ = roc_curve(y_test, scores)
fig, ax = plt.subplots(figsize=(4.2, 3.8))
ax.plot(false_positives, true_positives)
ax.plot([0, 1], [0, 1], linestyle=":", color="gray")
ax.set(title="ROC", xlabel="called in vain", ylabel="leavers found")
fig.tight_layout()""",
    ),
    (
        "use-title",
        "markdown",
        """## Use

If the retention team can call 100 of these customers, how many leavers do they reach?""",
    ),
    (
        "use",
        "code",
        """ranked = y_test.iloc[np.argsort(-scores)]
called = 100
print(f"calling the {called} highest scores reaches {ranked.head(called).sum()} of {y_test.sum()} leavers")
print(f"calling {called} at random would reach about {called * y_test.mean():.0f}")""",
    ),
]


def write_customers(path: Path) -> None:
    """Synthetic customers whose leaving depends on contract, tenure, price, late payments and support calls."""
    chance = random.Random(20261031)
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(
            [
                "customer",
                "contract",
                "payment",
                "tenure_months",
                "monthly_charge",
                "support_calls",
                "late_payments",
                "churned",
            ]
        )
        for number in range(1, ROWS + 1):
            contract = chance.choices(["monthly", "one year", "two years"], [55, 25, 20])[0]
            payment = chance.choices(["card", "transfer", "direct debit"], [35, 25, 40])[0]
            tenure = min(
                72, int(chance.expovariate(1 / {"monthly": 16, "one year": 30, "two years": 42}[contract])) + 1
            )
            charge = round(max(15.0, chance.gauss(62, 22)), 2)
            calls = min(9, int(chance.expovariate(1 / 1.4)))
            late = sum(chance.random() < (0.12 if payment == "transfer" else 0.05) for _ in range(tenure))
            score = {"monthly": 0.1, "one year": -1.1, "two years": -2.2}[contract] - 0.035 * tenure
            score += 0.018 * (charge - 62) + 0.33 * calls + 2.0 * late / max(tenure, 1) - 0.75
            left = int(chance.random() < 1 / (1 + math.exp(-score)))
            table.writerow([f"C{number:05d}", contract, payment, tenure, charge, calls, late, left])


def make_notebook() -> nbformat.NotebookNode:
    """The notebook before it has run, with stable cell ids."""
    book = nbformat.v4.new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}}
    )
    for name, kind, source in CELLS:
        make = nbformat.v4.new_code_cell if kind == "code" else nbformat.v4.new_markdown_cell
        book.cells.append(make(source, id=name))
    return book


def main() -> int:
    write_customers(DEMO / "customers.csv")
    book = make_notebook()
    NotebookClient(
        book, timeout=120, kernel_name="python3", record_timing=False, resources={"metadata": {"path": str(DEMO)}}
    ).execute()
    nbformat.validate(book)
    nbformat.write(book, DEMO / "churn.ipynb")
    for cell in book.cells:
        for output in cell.get("outputs", []):
            print(cell.id, output.get("text", "") or output.get("data", {}).get("text/plain", "")[:300])
    return 0


if __name__ == "__main__":
    sys.exit(main())
