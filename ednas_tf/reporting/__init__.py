"""Tables and plots of what is in run folders."""
