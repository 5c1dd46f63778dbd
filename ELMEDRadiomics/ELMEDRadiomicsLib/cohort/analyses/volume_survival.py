"""Does a larger tumour go with a shorter life?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ELMEDRadiomicsLib.cohort.analyses import charts
from ELMEDRadiomicsLib.cohort.analyses.finding import (
    SIGNIFICANT,
    Cohort,
    Finding,
    about_size,
    p_text,
)
from ELMEDRadiomicsLib.cohort.columns import readable, volume_columns
from ELMEDRadiomicsLib.cohort.libraries import pandas

if TYPE_CHECKING:
    import pandas as pd

TITLE = "Volume against survival"
FEWEST = 5
RHO = "Spearman's rho"


def volume_against_survival(cohort: Cohort) -> Finding:
    """Correlate volumes with the time of survival (Spearman), of patients who have died."""
    clinical = cohort.clinical
    volumes = _volumes(cohort)
    if clinical.survival is None or clinical.died is None or volumes.empty:
        missing = "time of survival" if clinical.survival is None else "volume"
        return Finding("volume-survival", TITLE, f"No {missing} is known.")
    dead = clinical.survival[clinical.died & clinical.survival.notna()].index
    if len(dead) < FEWEST:
        return Finding(
            "volume-survival", TITLE, f"Only {len(dead)} patients have a known time of death."
        )
    table = pandas().DataFrame(
        [_line(volumes.loc[dead, name], clinical.survival[dead]) for name in volumes]
    )
    whole = table.iloc[-1]
    found = "Tumour volume and survival do not clearly go together"
    if whole["p"] < SIGNIFICANT:
        found = f"Larger tumours go with a {'shorter' if whole[RHO] < 0 else 'longer'} survival"
    numbers = f"{RHO} {whole[RHO]:.2f}, p {p_text(whole['p'])}, {whole['patients']} patients"
    sentence = f"{found} ({numbers})."
    censored = int((~clinical.died & clinical.survival.notna()).sum())
    caveats = about_size(len(dead))
    if censored:
        alive = f"{censored} patients who were alive at the last contact are drawn as rings"
        caveats += (f"{alive} and left out of the correlation; the Cox model uses them.",)
    return Finding(
        "volume-survival",
        TITLE,
        sentence,
        caveats,
        table,
        _chart(volumes, clinical.survival, clinical.died, clinical.survival_title),
        "Scatter plot of survival against tumour volume; rings are patients still alive.",
    )


def _volumes(cohort: Cohort) -> pd.DataFrame:
    """Return volumes in ml by readable name, the whole tumour last."""
    columns = volume_columns(cohort.table.columns)
    volumes = cohort.table[columns].fillna(0) / 1000
    volumes.columns = [readable(column).rpartition(" ")[0] for column in columns]
    if len(columns) != 1:
        volumes["all labels"] = volumes.sum(axis=1)
    return volumes if columns else volumes.iloc[:, :0]


def _line(volume: pd.Series, survival: pd.Series) -> dict[str, Any]:
    from scipy.stats import spearmanr

    found = spearmanr(volume, survival)
    return {
        "volume of": volume.name,
        "patients": len(volume),
        "median in ml": volume.median(),
        RHO: float(found.statistic),
        "p": float(found.pvalue),
    }


def _chart(volumes: pd.DataFrame, survival: pd.Series, died: pd.Series, title: str) -> bytes:
    drawn = charts.figure(3.4)
    axes = charts.plain(drawn.subplots())
    whole = volumes.iloc[:, -1]
    dead = died & survival.notna()
    alive = ~died & survival.notna()
    axes.plot(whole[dead], survival[dead], "o", color=charts.COLOURS[0], label="died")
    if alive.any():
        axes.plot(
            whole[alive],
            survival[alive],
            "o",
            fillstyle="none",
            color=charts.COLOURS[1],
            label="alive at last contact",
        )
    axes.set_xlabel("tumour volume in ml", fontsize=9)
    axes.set_ylabel(charts.shortened(title, 30), fontsize=9)
    axes.legend(fontsize=8, frameon=False)
    return charts.png(drawn)
