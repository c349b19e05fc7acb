"""Files of `ednas-lut/1` as plain values: JSON, and CSV with `# key: value`.

Values are read as they come; `table` checks what they mean.
"""

import csv
import io
import json

from ednas_tf import errors
from ednas_tf.untrusted import json_text

SECTIONS = ("target", "tool", "unit", "provenance")
_NUMBERS = (
    "overhead_us",
    "target.cores",
    "target.freq_mhz",
    "target.power_mw",
    "target.ram_kib",
    "target.flash_kib",
)
_TEXTS = ("op", "act", "dtype", "status")


def dump_json(values):
    """Returns the JSON text of a table's values, an entry on each line."""
    head = {key: value for key, value in values.items() if key != "entries"}
    rows = ",\n".join("    " + json.dumps(row) for row in values["entries"])
    opening = json.dumps(head, indent=2).removesuffix("\n}")
    return f'{opening},\n  "entries": [\n{rows}\n  ]\n}}\n'


def parse_csv(text):
    """Returns the values of CSV text with a head of `# key: value` lines."""
    values = {"entries": []}
    rows = []
    text = text.removeprefix("\ufeff")  # Spreadsheets put it there.
    for line in io.StringIO(text, newline=""):
        if line.startswith("#"):
            _put(values, line[1:])
        elif line.strip():
            rows.append(line)
    try:
        reader = csv.DictReader(
            rows, restkey="", strict=True, skipinitialspace=True
        )
        values["entries"] = [_entry(row) for row in reader]
        columns = reader.fieldnames or ()
    except csv.Error as error:
        raise errors.UserError(f"Not CSV: {error}.") from error
    if len(set(columns)) < len(columns):
        raise errors.UserError(
            f"Expected each column once. Received: {list(columns)!r:.200}"
        )
    return values


def dump_csv(values):
    """Returns the CSV text of a table's values."""
    lines = []
    for key, value in values.items():
        if key in SECTIONS:
            lines += [_comment(f"{key}.{k}", v) for k, v in value.items()]
        elif key != "entries":
            lines.append(_comment(key, value))
    stream = io.StringIO(newline="")
    rows = values["entries"]
    writer = csv.DictWriter(stream, rows[0], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return "".join(lines) + stream.getvalue()


def _comment(key, value):
    """Returns one line of the head; unclear texts are quoted as in JSON."""
    if value is None:
        return ""
    shown = str(value)
    plain = shown.isprintable() and shown == shown.strip()
    if isinstance(value, str) and (not plain or shown[:1] in ("", '"')):
        shown = json.dumps(value)
    return f"# {key}: {shown}\n"


def _put(values, line):
    """Stores one `key: value` of the head, where the key may have a dot."""
    key, separator, text = line.partition(":")
    key, text = key.strip(), text.strip()
    if not separator:
        return  # A remark, not a value.
    value = json_text.parse(text) if text.startswith('"') else text
    if key in _NUMBERS:
        value = number(text)
    section, _, name = key.partition(".")
    if section in SECTIONS:
        if not name:
            raise errors.UserError(
                f"Expected lines as '# {section}.name: value'. Received: "
                f"'# {line.strip():.60}'"
            )
        values.setdefault(section, {})[name] = value
    else:
        values[key] = value


def _entry(row):
    if "" in row or None in row.values():
        raise errors.UserError(
            "Expected a value or nothing in each column of the first row. "
            f"Received: {list(row.values())!r:.60}"
        )
    return {
        key: text if key in _TEXTS else number(text)
        for key, text in row.items()
        if text != ""
    }


def number(text):
    """Returns an int or a float, or the text itself for the checks to name."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
