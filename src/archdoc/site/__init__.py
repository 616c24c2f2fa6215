"""The pages of the site, and the careful writing of files."""
