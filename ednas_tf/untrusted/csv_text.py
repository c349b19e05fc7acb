"""CSV that comes from elsewhere, as rows of text."""

import csv
import io

from ednas_tf import errors


def rows(text):
    """Returns the rows of CSV text as dictionaries by column.

    Raises:
        UserError: If it is no CSV, or a row has more or fewer values than
            there are columns.
    """
    reader = csv.DictReader(io.StringIO(text, newline=""))
    try:
        found = list(reader)
    except csv.Error as error:
        raise errors.UserError(f"Not CSV: {error}.") from error
    for place, row in enumerate(found, start=1):
        if None in row or None in row.values():
            raise errors.UserError(
                f"Expected {len(reader.fieldnames)} values in row {place}, as "
                "in the first line. Received more or fewer."
            )
    return found
