"""Finding submissions: the query language, what of a submission is indexed, and what makes a document match. Every index follows these rules."""
