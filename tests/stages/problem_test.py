"""Which figures a search is held to, for each device."""

import pathlib

import pytest

from ednas_tf import search
from tests import commands

_ROOT = pathlib.Path(__file__).parents[2]
_DATA = _ROOT / "../shared/data/tfds"
SMALL = (
    "--dataset=digits",
    "--image_size=8",
    "--max_examples=300",
    "--batch_size=32",
    "--stem_kernel=3",
    "--dry_run",
)


def described(*given):
    code, printed, told = commands.run(search, *SMALL, *given)
    assert (code, told) == (0, []), printed
    return printed


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("--target=tda2",), "tda2, c66x (figures modelled, "),
        (("--target=tda2", "--core=eve"), "tda2, eve (figures modelled"),
        (("--target=am5729",), "am5729, c66x"),
        (("--target=tda2-paper",), "tda2-paper"),
        (("--target=stm32h743",), "stm32h743"),
        (("--target=stm32h743", "--energy_budget_uj=9999"), "budget 9,999"),
        (("--ram_budget_kib=8",), "budget 8,192"),
    ],
)
def test_figures_name_device_core_and_status(given, expected):
    assert expected in described(*given)


def test_stem_above_the_limit_of_the_device_costs_its_tiles():
    def macs(*given):
        lines = described("--operations=dw3", *given).splitlines()
        (line,) = [line for line in lines if line.startswith("MACs")]
        return int(line.split()[1].replace(",", ""))

    # 8x8 outputs of 4 maps: four tiles of 7x7 in place of 11x11.
    stem = "--stem_kernel=11"
    more = macs(stem) - macs(stem, "--target=tda2-paper")
    assert more == 64 * 4 * (4 * 49 - 121)


@pytest.mark.parametrize(
    ("given", "code", "expected"),
    [
        (("--ram_budget_kib=0.5",), 3, "peak_ram_bytes <= 512"),
        (("--energy_budget_uj=5",), 1, "no figures for energy_uj"),
        (("--target=stm32h743", "--energy_budget_uj=5"), 3, "energy_uj <= 5"),
        (("--target=ethos-u55",), 1, "--lut"),
        (("--target=am5729", "--core=dsp"), 1, "eve"),
        (("--target=tda2", "--stem_kernel=15"), 1, "--stem_kernel"),
    ],
)
def test_what_cannot_be_met_is_told_in_one_line(given, code, expected):
    received, _, told = commands.run(search, *SMALL, *given)
    assert received == code
    assert len(told) == 1
    assert expected in told[0]


@pytest.mark.skipif(not _DATA.exists(), reason=f"{_DATA} is not here.")
@pytest.mark.parametrize("name", ["cifar10", "tda2", "stm32h743"])
def test_budgets_of_our_flagfiles_can_be_met(name):
    code, printed, told = commands.run(
        search,
        f"--flagfile={_ROOT / 'flags' / name}.flags",
        f"--data_dir={_DATA}",
        "--max_examples=2000",
        "--dry_run",
    )
    assert (code, told) == (0, [])
    assert "budget" in printed
