"""Which features say the same: correlations, ordered and cut into clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ELMEDRadiomicsLib.cohort.analyses import charts
from ELMEDRadiomicsLib.cohort.analyses.finding import Cohort, Finding, about_size
from ELMEDRadiomicsLib.cohort.columns import readable
from ELMEDRadiomicsLib.cohort.libraries import pandas

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

TITLE = "Correlated features"

ALIKE = 0.8
"""Features of a cluster have this mean correlation or more, in either direction."""

MOST_NAMED = 40
FEWEST_PATIENTS = 4


def correlation_clusters(cohort: Cohort) -> Finding:
    """Correlate all features (Spearman), and join those that say the same (average linkage)."""
    features = cohort.features
    complete = cohort.table[features].dropna()
    if len(features) < 2 or len(complete) < FEWEST_PATIENTS:  # noqa: PLR2004
        return Finding("correlation", TITLE, "There are too few features or patients to correlate.")
    values = complete.loc[:, complete.nunique() > 1]
    if values.shape[1] < 2:  # noqa: PLR2004
        return Finding("correlation", TITLE, "There are too few features that vary to correlate.")
    matrix = values.corr(method="spearman").to_numpy()
    order, clusters = _clusters(matrix)
    names = [values.columns[i] for i in order]
    table = pandas().DataFrame(
        {
            "cluster": clusters[order],
            "feature": names,
            "stands for it": _representatives(matrix, clusters)[order],
        }
    )
    sizes = table["cluster"].value_counts()
    largest = table[table["cluster"] == sizes.index[0]]
    first = largest.loc[largest["stands for it"], "feature"].iloc[0]
    sentence = f"No two of the {len(names)} features say the same."
    if len(largest) > 1:
        sentence = (
            f"The {len(names)} features fall into {len(sizes)} clusters that say the same (mean "
            f"correlation of {ALIKE:.1f} or more); the largest has {sizes.iloc[0]} features, for "
            f"which {readable(first)} can stand."
        )
    caveats = about_size(len(values))
    if len(values) < len(cohort.table):
        caveats += (
            f"{len(cohort.table) - len(values)} patients with missing values are left out.",
        )
    return Finding(
        "correlation",
        TITLE,
        sentence,
        caveats,
        table,
        _chart(matrix[np.ix_(order, order)], names, clusters[order]),
        "Heat map of the correlations between features, ordered so that clusters lie together.",
    )


def _clusters(matrix: NDArray[np.float64]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return an order in which clusters lie together, and each feature's cluster from 1."""
    from scipy.cluster.hierarchy import fcluster, leaves_list, linkage
    from scipy.spatial.distance import squareform

    distance = np.clip(1 - np.abs(matrix), 0, 1)
    np.fill_diagonal(distance, 0)
    tree = linkage(squareform((distance + distance.T) / 2, checks=False), "average")
    order = leaves_list(tree)
    found = fcluster(tree, 1 - ALIKE, "distance")
    numbers = {cluster: n for n, cluster in enumerate(dict.fromkeys(found[order]), start=1)}
    return order, np.array([numbers[cluster] for cluster in found])


def _representatives(matrix: NDArray[np.float64], clusters: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Return which feature of each cluster is most like the others of it."""
    chosen = np.zeros(len(clusters), bool)
    for cluster in np.unique(clusters):
        members = np.flatnonzero(clusters == cluster)
        likeness = np.abs(matrix[np.ix_(members, members)]).sum(axis=0)
        chosen[members[np.argmax(likeness)]] = True
    return chosen


def _chart(matrix: NDArray[np.float64], names: list[str], clusters: NDArray[np.intp]) -> bytes:
    named = len(names) <= MOST_NAMED
    drawn = charts.figure(max(4.5, 0.17 * len(names) + 1.2) if named else 6.5)
    axes = drawn.subplots()
    image = axes.imshow(matrix, vmin=-1, vmax=1, cmap="RdBu_r", interpolation="nearest")
    start = 0
    for end in [*np.flatnonzero(np.diff(clusters)) + 1, len(clusters)]:
        if end - start > 1:
            corner, width = (start - 0.5, start - 0.5), end - start
            axes.add_patch(_square(corner, width))
        start = int(end)
    axes.set_xticks([])
    axes.set_yticks(range(len(names)) if named else [])
    if named:
        texts = [charts.shortened(readable(name), 52) for name in names]
        axes.set_yticklabels(texts, fontsize=6)
    drawn.colorbar(image, ax=axes, shrink=0.6, label="Spearman's rho")
    return charts.png(drawn)


def _square(corner: tuple[float, float], width: float) -> object:
    from matplotlib.patches import Rectangle

    return Rectangle(corner, width, width, fill=False, edgecolor="black", linewidth=1.2)


def representatives(finding: Finding) -> pd.Series | None:
    """Return the features that stand for their clusters, None when there are no clusters."""
    table = finding.table
    return None if table is None else table.loc[table["stands for it"], "feature"]
