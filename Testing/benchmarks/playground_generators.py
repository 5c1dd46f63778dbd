"""How soon the playground's generators are good: prints what its promises ask for.

Processor time on one core is measured rather than wall time, so that other work on the machine does
not tell in the figures.

    python Testing/benchmarks/playground_generators.py [--seeds 5] [--seconds 10]
"""

from __future__ import annotations

import argparse
import statistics
import time

MODES, FIFTH = 7, 0.2
CHUNK = 100
GAN_CHUNK, GAN_STEPS, VAE_STEPS = 500, 2000, 2000


def diffusion(seed: int, seconds: float) -> tuple[float, float, float]:
    """Learn eight clouds; return when the goal was reached, and distance and modes at the end."""
    from ELMEDPlaygroundLib.generative.models import begin

    begun, reached = time.process_time(), float("inf")
    experiment = begin({"kind": "eight-gaussians", "seed": seed})
    while (spent := time.process_time() - begun) < seconds:
        experiment.advance(steps=CHUNK)
        row = experiment.history[-1]
        good = row["energy"] <= FIFTH * row["energy_noise"] and row["modes"] >= MODES
        if good and reached > spent:
            reached = time.process_time() - begun
    row = experiment.history[-1]
    return reached, row["energy"] / row["energy_noise"], row["modes"]


def guidance(seed: int, steps: int) -> None:
    """Print how guidance changes the share of points that hit the mode, and their spread."""
    from ELMEDPlaygroundLib.generative.models import begin
    from ELMEDPlaygroundLib.generative.views import generated

    experiment = begin({"kind": "moons", "seed": seed})
    experiment.advance(steps=steps)
    for strength in (0.0, 1.0, 8.0):
        shown = [generated(experiment, {"mode": mode, "guidance": strength}) for mode in (0, 1)]
        hits = statistics.mean(one["hits"] for one in shown)
        spread = statistics.mean(one["spread"] for one in shown)
        print(f"  guidance {strength:g}: {100 * hits:.1f} % hit, spread {spread:.3f}")


def gan_settings() -> dict[str, dict[str, float]]:
    """Return the presets, and the one that collapses with one cure at a time, by name."""
    from ELMEDPlaygroundLib.generative.gan_experiment import PRESETS

    collapses, covers = PRESETS["collapses"], PRESETS["covers"]
    cures = {name: {**collapses, name: covers[name]} for name in covers}
    return {**PRESETS, **{f"collapses, but {name} of covers": one for name, one in cures.items()}}


def gan(settings: dict[str, float], seed: int, steps: int) -> tuple[list[int], list[float], float]:
    """Let a GAN play; return modes and shares of noise's distance every so often, and seconds."""
    from ELMEDPlaygroundLib.generative.models import begin

    begun = time.process_time()
    experiment = begin({"model": "gan", "seed": seed, **settings})
    modes, shares = [], []
    for _ in range(steps // GAN_CHUNK):
        experiment.advance(steps=GAN_CHUNK)
        row = experiment.history[-1]
        modes.append(row["modes"])
        shares.append(row["energy"] / row["energy_noise"])
    return modes, shares, time.process_time() - begun


def vae(preset: str, seed: int, steps: int) -> str:
    """Let a variational autoencoder learn; return what came of it, in words."""
    from ELMEDPlaygroundLib.generative.models import begin
    from ELMEDPlaygroundLib.generative.vae_experiment import PRESETS
    from ELMEDPlaygroundLib.generative.vae_views import latent_space, latent_walk, reconstruction

    begun = time.process_time()
    experiment = begin({"model": "vae", "seed": seed, **PRESETS[preset]})
    experiment.advance(steps=steps)
    row = experiment.history[-1]
    return (
        f"{row['modes']} of 8 modes, {100 * row['energy'] / row['energy_noise']:.0f} % of noise's "
        f"distance, reconstructions {reconstruction(experiment, {})['distance']:.3f} away, "
        f"{row['divergence']:.2f} nats, {latent_space(experiment, {})['in_use']} of 2 numbers in "
        f"use, {100 * latent_walk(experiment, {})['off']:.0f} % of the way off the data, "
        f"{time.process_time() - begun:.1f} s"
    )


def main() -> None:
    """Measure everything, one after the other."""
    import torch

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=10.0)
    options = parser.parse_args()
    torch.set_num_threads(1)
    print(f"diffusion, eight clouds, {options.seconds:g} s of one core each:")
    for seed in range(options.seeds):
        reached, share, modes = diffusion(seed, options.seconds)
        print(
            f"  seed {seed}: a fifth of noise's distance and 7 modes after {reached:.1f} s; at the "
            f"end {100 * share:.0f} % of noise's distance, {modes} of 8 modes"
        )
    print("diffusion, two moons:")
    guidance(0, 1500)
    for name, settings in gan_settings().items():
        print(f"GAN, eight clouds, '{name}', every {GAN_CHUNK} steps:")
        for seed in range(options.seeds):
            modes, shares, seconds = gan(settings, seed, GAN_STEPS)
            told = ", ".join(f"{100 * share:.0f} %" for share in shares)
            print(f"  seed {seed}: modes {modes}; of noise's distance {told}; {seconds:.1f} s")
    for preset in ("balanced", "exact", "unused"):
        print(f"variational autoencoder, eight clouds, '{preset}', {VAE_STEPS} steps:")
        for seed in range(options.seeds):
            print(f"  seed {seed}: {vae(preset, seed, VAE_STEPS)}")


if __name__ == "__main__":
    main()
