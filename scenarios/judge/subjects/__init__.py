"""One file a subject: each builds the dossiers of one kind from the joined evidence."""
