"""`report.html`: one file that opens offline and prints well."""

from ednas_tf.reporting.page.run_page import run_page, write_run

__all__ = ["run_page", "write_run"]
