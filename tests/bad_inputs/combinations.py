"""Flags that are good by themselves and bad together, or for the command."""

from tests.bad_inputs.cases import NEW, RUN, SMALL, Case

_SEARCH = (
    (("--warmup_epochs=2",), "warmup_epochs"),
    (("--batch_size=33",), "batch_size"),
    (("--batch_size=4096",), "batch_size"),
    (("--batch_size=2147483648",), "batch_size"),
    (("--max_examples=20",), "batch_size"),
    (("--energy_budget_uj=5",), "energy"),
    (("--energy_weight=0.5", "--target=stm32h743", "--lut=none"), "none"),
    (("--through=warmup", "--warmup_epochs=0"), "warmup"),
    (("--target=stm32h743", "--core=eve"), "core"),
    (("--target=ethos-u55",), "--lut"),
    (("--bundle=tidl", "--formats=int8"), "--formats"),
    (("--bundle=micro", "--formats=float"), "--formats"),
    (("--bundle=tidl", "--target=stm32h743"), "--target"),
    (("--bundle=tidl", "--include_preprocessing"), "preprocessing"),
    (("--stem_kernel=4",), "stem"),
    (("--operations=dw3d2",), "operation"),
    (("--operations=dw3,dw3",), "operation"),
    (("--task=detection",), "task"),
    (("--train_split=train",), "split"),
    (("--test_split=test",), "split"),
    (("--sample_rate=16000",), "sample_rate"),
    (("--augment=flip",), "flip"),
    (("--augment=crop=4,crop=3",), "crop"),
    (("--augment=none,crop",), "none"),
    (("--warmup_from={room}/none",), "warmup_from"),
    (("--warmup_from={room}/run/train.csv",), "train.csv"),
    (("--warmup_from={room}/run", "--space=resnet8"), "warmup_from"),
    (("digits",), "digits"),
    (("--searchepochs=3",), "search_epochs"),
    (("--search_epochs",), "search_epochs"),
    (("--flagfile=demo.flag",), "demo.flags"),
    (("--flagfile={room}",), "flagfile"),
    (("--flagfile",), "flagfile"),
)
_BUDGETS = (
    ("--latency_budget_us=1", "latency"),
    ("--memory_budget_kib=0.001", "memory"),
    ("--ram_budget_kib=0.001", "ram"),
    ("--macs_budget=1", "macs"),
)
_ON_THE_RUN = (
    ("search", ("--search_epochs=3",), "search_epochs"),
    ("search", ("--space=resnet8",), "space"),
    ("search", ("--overwrite", "--batch_size=33"), "batch_size"),
    ("search", ("--warmup_from={room}/run", "--overwrite"), "warmup_from"),
    ("search", ("--formats=float",), "formats"),
    ("search", ("--train_epochs=3",), "train_epochs"),
    ("train", ("--train_epochs=5",), "train_epochs"),
    ("train", ("--image_size=16",), "image_size"),
    ("train", ("--overwrite", "--batch_size=999"), "batch_size"),
    ("train", ("--overwrite", "--seed=5"), "seed"),
    ("export", ("--formats=float",), "formats"),
    ("export", ("--image_size=16", "--overwrite"), "image_size"),
    ("export", ("--overwrite", "--seed=5"), "seed"),
    ("export", ("--target=ethos-u55", "--bundle=tidl"), "target"),
    ("evaluate", ("--image_size=16",), "image_size"),
    ("evaluate", ("--seed=5",), "seed"),
    ("evaluate", ("--max_examples=200",), "max_examples"),
    ("evaluate", ("--task=multilabel",), "task"),
    ("sweep", (), "memory_budgets_kib"),
    ("sweep", ("--energy_weights=0,1",), "energy"),
    ("sweep", ("--memory_budgets_kib=0.01,50%", "--batch_size=33"), "batch"),
)
_ON_NOTHING = (
    ("train", (), "architecture.json"),
    ("export", (), "model.keras"),
    ("evaluate", (), "architecture.json"),
    ("report", (), "new"),
)
_TABLES = (
    ((), "--action=import", "--input"),
    (("--input={room}/run/train.csv",), "--action=import", "--output"),
    ((), "--action=check", "--lut"),
    ((), "--action=measure", "--output"),
    (("--lut={room}/run/search.json",), "--action=show", "search.json"),
    (("--lut={room}/run/search.json",), "--action=check", "search.json"),
    (("--lut={room}/run/train.csv",), "--action=show", "train.csv"),
    (("--lut={room}/run",), "--action=show", "run"),
    (("--core=arm",), "--action=show", "core"),
    (("--target=ethos-u55",), "--action=show", "--lut"),
)


def cases():
    """Yields the cases."""
    for given, word in _SEARCH:
        yield _case("search", (f"--workdir={NEW}", *given), word, given)
    for flag, word in _BUDGETS:
        given = (f"--workdir={NEW}", flag)
        yield _case("search", given, word, (flag,), (3,))
        given = (f"--workdir={RUN}", "--overwrite", flag)
        yield _case("search", given, word, given[1:], (3,))
    for command, given, word in _ON_THE_RUN:
        yield _case(command, (f"--workdir={RUN}", *given), word, given)
    for command, given, word in _ON_NOTHING:
        yield _case(command, (f"--workdir={NEW}", *given), word, ("nothing",))
    for given, action, word in _TABLES:
        yield _case("lut", (action, *given), word, (action, *given))


def _case(command, arguments, word, shown, codes=(1,)):
    """Returns the case of a command line.

    Args:
        command: Name of the command.
        arguments: Its flags, after those of a small run.
        word: What the error must name.
        shown: What tells the case from others.
        codes: The exit codes that are right.
    """
    text = " ".join(shown) or "without lists"
    return Case(
        f"{command} together",
        text,
        command,
        (*SMALL, *arguments),
        (word,),
        codes=codes,
    )
