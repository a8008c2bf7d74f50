"""Opening, migrating and reading the database."""
