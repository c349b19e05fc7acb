"""What a killed run may leave, and what it must end with."""
