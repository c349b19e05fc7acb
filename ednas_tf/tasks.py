"""What a network is to tell of an image."""

CLASSIFICATION = "classification"
"""The one class that it shows."""
MULTILABEL = "multilabel"
"""Which of the classes it shows, any number of them."""
DETECTION = "detection"
"""Where objects are, and of which class."""
TASKS = (CLASSIFICATION, MULTILABEL, DETECTION)
HEADLINES = {
    CLASSIFICATION: "accuracy",
    MULTILABEL: "mean_average_precision",
    DETECTION: "mean_average_precision",
}
"""The figure by which networks are compared, by task."""
