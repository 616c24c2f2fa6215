"""What is known about providers, programs and modules, as rows of data."""
