"""Event files of TensorBoard."""

import io
import itertools
import os
import socket
import time

import numpy as np
from absl import logging
from tensorboard.compat.proto import (
    event_pb2,
    summary_pb2,
    tensor_pb2,
    types_pb2,
)
from tensorboard.plugins.histogram import summary_v2 as histograms
from tensorboard.plugins.image import metadata as images
from tensorboard.plugins.scalar import summary_v2 as scalars
from tensorboard.plugins.text import summary_v2 as texts
from tensorboard.summary.writer import record_writer

_files = itertools.count()


class Events:
    """Writes what TensorBoard shows into files below a folder.

    A disk that is full or gone costs the events alone: it is told once, and
    no more are written.

    Args:
        folder: Folder of the event files.
    """

    def __init__(self, folder):
        self.folder = folder
        self.waiting = {}
        self.paths = {}
        self.silent = False

    def begin(self, below, step):
        """Says that figures from this step on replace any there were.

        Args:
            below: Folder of the file, below that of all.
            step: The step.
        """
        status = event_pb2.SessionLog.START
        log = event_pb2.SessionLog(status=status)
        self._add(below, event_pb2.Event(session_log=log, step=step))

    def add(self, below, step, *summaries):
        """Keeps summaries for the next `flush`.

        Args:
            below: Folder of the file, below that of all.
            step: The step that they belong to.
            *summaries: What the functions below return.
        """
        for summary in summaries:
            self._add(below, event_pb2.Event(summary=summary, step=step))

    def flush(self):
        """Appends what waits to the files."""
        waiting, self.waiting = self.waiting, {}
        if self.silent:
            return
        try:
            for below, events in waiting.items():
                self._append(below, events)
        except OSError as error:
            self.silent = True
            logging.warning(
                "TensorBoard shows no more of this run: %s cannot be written "
                "(%s). The run goes on.",
                self.folder,
                error.strerror or error,
            )

    def _add(self, below, event):
        event.wall_time = time.time()
        self.waiting.setdefault(below, []).append(event)

    def _append(self, below, events):
        buffer = io.BytesIO()
        writer = record_writer.RecordWriter(buffer)
        if below not in self.paths:
            folder = os.path.join(self.folder, below)
            os.makedirs(folder, exist_ok=True)
            self.paths[below] = os.path.join(folder, _name())
            version = "brain.Event:2"
            first = event_pb2.Event(file_version=version, wall_time=time.time())
            events = [first, *events]
        for event in events:
            writer.write(event.SerializeToString())
        # Opened for each epoch: nothing to close when a training breaks off.
        with open(self.paths[below], "ab") as file:
            file.write(buffer.getvalue())


def scalar(tag, value):
    """Returns a summary of a number."""
    return scalars.scalar_pb(tag, float(value))


def histogram(tag, values):
    """Returns a summary of many numbers."""
    return histograms.histogram_pb(tag, np.asarray(values))


def text(tag, markdown):
    """Returns a summary of a text in Markdown."""
    return texts.text_pb(tag, markdown)


def image(tag, picture):
    """Returns a summary of a PIL image."""
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    width, height = picture.size
    parts = [str(width).encode(), str(height).encode(), buffer.getvalue()]
    tensor = tensor_pb2.TensorProto(dtype=types_pb2.DT_STRING, string_val=parts)
    tensor.tensor_shape.dim.add(size=len(parts))
    metadata = images.create_summary_metadata(
        display_name=None, description=None
    )
    summary = summary_pb2.Summary()
    summary.value.add(tag=tag, tensor=tensor, metadata=metadata)
    return summary


def _name():
    """Returns the name of a file that sorts behind those before it."""
    now, host = f"{int(time.time()):010}", socket.gethostname()
    return f"events.out.tfevents.{now}.{host}.{os.getpid()}.{next(_files):04}"
