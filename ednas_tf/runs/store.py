"""A folder of files, each of which is whole or not there."""

import csv
import io
import pathlib

from ednas_tf import errors
from ednas_tf.runs import files
from ednas_tf.untrusted import csv_text


class Store:
    """Reads and writes the files of a folder.

    Args:
        folder: Path of the folder.
    """

    def __init__(self, folder):
        self.folder = pathlib.Path(folder).expanduser()

    def path(self, name):
        """Returns the path of a file in the folder."""
        return self.folder / name

    def has(self, *names):
        """Whether all these files exist."""
        return all(self.path(name).exists() for name in names)

    def remove(self, name):
        """Deletes a file or folder in it, if it is there."""
        with files.told(self.path(name), "deleted"):
            files.remove(self.path(name))

    def read_text(self, name, limit=64_000_000):
        """Returns the text of a file in it; raises `UserError`."""
        return files.read_text(self.path(name), limit)

    def write_text(self, name, text):
        """Writes a file whole or not at all."""
        files.write_text(self.path(name), text)

    def write_json(self, name, values):
        """Writes values as JSON, whole or not at all."""
        self.write_text(name, files.to_json(values))

    def opened(self, name):
        """Opens a file that grows, at its end, for bytes."""
        with files.told(self.path(name), "written"):
            return open(self.path(name), "ab")

    def write_rows(self, name, rows):
        """Writes dictionaries as CSV; the first names the columns."""
        buffer = io.StringIO()
        if rows:
            columns = list(dict.fromkeys(key for row in rows for key in row))
            writer = csv.DictWriter(buffer, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        self.write_text(name, buffer.getvalue())

    def read_rows(self, name):
        """Returns the rows of a CSV file, empty when there is none."""
        if not self.has(name):
            return []
        return csv_text.rows(self.read_text(name))

    def seconds(self, name):
        """Returns the time of all epochs of a history, broken runs included."""
        try:
            found = [float(row["seconds"]) for row in self.read_rows(name)]
        except (KeyError, ValueError) as error:
            raise errors.UserError(
                f"Expected seconds in each row of {self.path(name)}: "
                f"{errors.first_line(error)}. Use --overwrite to start again."
            ) from error
        return round(sum(found), 1)

    def write_with(self, name, write, size=0):
        """Lets `write(path)` make a file or folder, then renames it.

        Args:
            name: Name in the run folder.
            write: Function of a path that ends in the same suffix.
            size: Bytes that it will take, as far as known.
        """
        files.check_space(self.folder, size)
        target = self.path(name)
        partial = target.with_name(files.PARTIAL + target.name)
        with files.told(target, "written"):
            files.remove(partial)
            partial.parent.mkdir(parents=True, exist_ok=True)
            try:
                write(str(partial))
                files.sync(partial)
                if target.is_dir() or partial.is_dir():
                    files.remove(target)
                partial.replace(target)
            finally:
                files.remove(partial)
